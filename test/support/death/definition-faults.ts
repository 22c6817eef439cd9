/** Changes of stored definitions whose system calls fail: what is on the disk afterwards, and what was said. */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { domainXml } from '../domain/domain-xml';
import { ChildGone, DrivenChild } from '../process/driven-child';
import type { Outcome } from '../process/driven-child';
import { withFault } from './fault';
import type { Fault } from './fault';

const uuid = '7b1f3a52-6c7e-4e6b-9d60-f1d2c5a1b001';

/** What is done to the domain `web`, with the names and titles that there may be afterwards. */
export const changes = {
  retitle: {
    code: `await (await connection.lookupDomainByName('web')).setTitle('new')`,
    allowed: ['web old', 'web new'],
  },
  redefine: {
    code: `await connection.defineDomain(${JSON.stringify(xmlOf('web', 'new'))})`,
    allowed: ['web old', 'web new'],
  },
  rename: {
    code: `await (await connection.lookupDomainByName('web')).rename('site')`,
    allowed: ['web old', 'site old'],
  },
  undefine: {
    code: `await (await connection.lookupDomainByName('web')).undefine()`,
    allowed: ['web old', ''],
  },
  autostart: {
    code: `await (await connection.lookupDomainByName('web')).setAutostart('on')`,
    allowed: ['web old'],
  },
} as const;

export type Change = keyof typeof changes;

function xmlOf(name: string, title: string): string {
  // More than a page, so that half of it would be seen.
  const filling = `<description>${'text '.repeat(1500)}</description>`;
  return domainXml({ name, uuid, elements: `<title>${title}</title>${filling}` });
}

/** What came of one change with one fault. */
export interface FaultResult {
  readonly injected: boolean;
  /** Undefined when the process died of it. */
  readonly outcome: Outcome | undefined;
}

export class FaultyDefinitions implements AsyncDisposable {
  readonly #root: string;
  #child: DrivenChild;
  /** Faults that came about. */
  tried = 0;
  /** Those of them that the caller was told of. */
  told = 0;

  private constructor(root: string, child: DrivenChild) {
    this.#root = root;
    this.#child = child;
  }

  static async make(root: string): Promise<FaultyDefinitions> {
    return new FaultyDefinitions(root, await startChild(root));
  }

  /** One change with one fault, and all that has to hold afterwards. */
  async check(change: Change, fault: Fault): Promise<FaultResult> {
    await this.#reset();
    const { code, allowed } = changes[change];
    const label = `${change} with ${fault.call} ${fault.nth} ${fault.error}`;
    const { outcome, injected } = await this.#attempt(code, fault);
    if (injected) this.tried += 1;
    const found = await this.#domains();
    expect({ label, found: allowed.includes(found as never) ? 'one of them' : found }).toEqual({
      label,
      found: 'one of them',
    });
    this.#checkWhole(label);
    if (outcome?.error !== undefined) {
      this.told += 1;
      expect({ label, ...outcome.error }).toMatchObject({
        label,
        code: 'SYSTEM_ERROR',
        errno: expect.any(Number) as number,
        syscall: expect.any(String) as string,
      });
      expect({ label, step: typeof outcome.error.step }).toEqual({ label, step: 'string' });
    }
    // Without the fault the change succeeds, even after what the fault has left.
    if (found === allowed[0]) await this.#child.run(code);
    const last = allowed.at(-1);
    expect({ label, found: await this.#domains() }).toEqual({ label, found: last });
    return { injected, outcome };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#child[Symbol.asyncDispose]();
  }

  get #directory(): string {
    return join(this.#root, 'etc/tslxc/lxc');
  }

  async #reset(): Promise<void> {
    await this.#child.run(`
      for (const domain of await connection.listDomains()) await domain.undefine();
      await connection.defineDomain(${JSON.stringify(xmlOf('web', 'old'))});`);
  }

  async #attempt(code: string, fault: Fault): Promise<FaultResult> {
    try {
      const { result, injected } = await withFault(this.#child.pid, fault, () =>
        this.#child.try(code),
      );
      return { outcome: result, injected };
    } catch (error) {
      if (!(error instanceof ChildGone)) throw error;
      await this.#child[Symbol.asyncDispose]();
      this.#child = await startChild(this.#root);
      return { outcome: undefined, injected: true };
    }
  }

  /** Names and titles, as another connection sees them. */
  async #domains(): Promise<unknown> {
    return this.#child.run(`
      const other = await connect();
      const found = [];
      for (const domain of await other.listDomains()) found.push(domain.name + ' ' + (await domain.getTitle()));
      await other.close();
      return found.join(', ');`);
  }

  /** Each file is a whole definition. */
  #checkWhole(label: string): void {
    for (const file of readdirSync(this.#directory)) {
      const path = join(this.#directory, file);
      if (!file.endsWith('.xml') || !existsSync(path)) continue;
      const text = readFileSync(path, 'utf8');
      expect({ label, whole: /^<!--[\s\S]*<\/domain>\n$/.test(text) }).toEqual({
        label,
        whole: true,
      });
    }
  }
}

/** One thread for files, so that each of its calls has one number. */
function startChild(root: string): Promise<DrivenChild> {
  return DrivenChild.start(root, { env: { UV_THREADPOOL_SIZE: '1', UV_USE_IO_URING: '0' } });
}
