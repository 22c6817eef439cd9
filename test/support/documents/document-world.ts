/**
 * What a page of the documents finds when its blocks are run, one after the other: a root of its own, a domain `web` that is
 * defined and runs unless the page makes its own, and a root shell in an empty folder that has `tslxc` in its PATH.
 */
import { mkdirSync, mkdtempSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { inspect } from 'node:util';
import * as library from 'tslxc';
import type { Connection, Domain } from 'tslxc';
import { FollowedOutput } from './followed-output';
import { PtySession } from '../console/pty-session';
import { busyboxLayer, makeLayout } from '../image/image-layout';
import { removeTree } from '../root/remove-tree';
import { packageRoot, runProgram } from '../process/run-command';
import { makeTestRoot } from '../root/test-root';
import type { TestRoot } from '../root/test-root';
import { blocksOf, placeOf } from './blocks';
import type { Block } from './blocks';
import { typedCommands } from './transcript';

const requireBuiltIn = createRequire(__filename);

/** A function that is made of the text of an example. */
type Example = (...values: unknown[]) => Promise<void>;
const AsyncFunction = (async () => Promise.resolve()).constructor as new (
  ...names: string[]
) => Example;

/** The domain `web`. */
export interface WebDomain {
  readonly xml: string;
  /** Output of its console by which it is known to be ready. */
  readonly ready: RegExp;
}

interface Parts {
  readonly root: TestRoot;
  readonly folder: string;
  readonly connection: Connection;
  readonly domain: Domain | undefined;
  readonly shell: PtySession;
}

async function startWeb(connection: Connection, { xml, ready }: WebDomain): Promise<Domain> {
  const domain = await connection.defineDomain(xml);
  await domain.start();
  await domain.waitFor({ console: ready });
  return domain;
}

export class DocumentWorld implements AsyncDisposable {
  readonly #parts: Parts;

  private constructor(parts: Parts) {
    this.#parts = parts;
  }

  static async make(web?: WebDomain): Promise<DocumentWorld> {
    const root = await makeTestRoot();
    const folder = mkdtempSync('/var/tmp/tslxc-documents-');
    for (const name of ['bin', 'work', 'export/helloworld', 'export/shop']) {
      mkdirSync(join(folder, name), { recursive: true });
    }
    makeLayout(join(folder, 'export/layout'), { layers: [busyboxLayer()] });
    const connection = await library.connect(undefined, { root: root.path });
    const domain = web === undefined ? undefined : await startWeb(connection, web);
    const shell = PtySession.start(['/bin/sh', '-i'], {
      cwd: join(folder, 'work'),
      columns: 200,
      env: {
        PATH: `${join(folder, 'bin')}:${process.env['PATH'] ?? ''}`,
        TSLXC_ROOT: root.path,
      },
    });
    const world = new DocumentWorld({ root, folder, connection, domain, shell });
    await world.#untilPrompt();
    // A shell takes only the first of them from its environment.
    shell.enter("PS1='# ' PS2=''");
    await world.#untilPrompt();
    await world.#link();
    return world;
  }

  /** Types what a block of `console` types; resolves with all that stood on the terminal, as the document shows it. */
  async typed({ text }: Block): Promise<string> {
    let shown = '';
    for (const { lines } of typedCommands(text)) {
      for (const line of lines) this.#parts.shell.enter(this.#moved(line));
      shown += `# ${await this.#untilPrompt()}`;
    }
    return this.#movedBack(shown);
  }

  /** Runs a block of `sh`; resolves with what it printed. */
  async ran({ text }: Block): Promise<string> {
    const { code, stdout, stderr } = await runProgram(['sh', '-euc', this.#moved(text)], {
      cwd: packageRoot,
      root: this.#parts.root.path,
    });
    return `${stdout}${stderr}${code === 0 ? '' : `exit code ${code}\n`}`;
  }

  /**
   * Runs a block of `js` with `connection`, `domain`, and a `signal` that ends what is followed; resolves with what it
   * printed.
   */
  async performed(block: Block): Promise<string> {
    using printed = new FollowedOutput();
    const write = (chunk: string | Uint8Array): void => {
      printed.add(typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString());
    };
    const log = (...values: readonly unknown[]): void => {
      const words = values.map((one) => (typeof one === 'string' ? one : inspect(one)));
      write(`${words.join(' ')}\n`);
    };
    const { connection, domain } = this.#parts;
    const known = {
      connection,
      domain,
      signal: printed.signal,
      console: { log },
      process: {
        stdout: { write },
        // What is to happen at a signal does once there has been enough to see.
        once: (_signal: string, listener: () => void) =>
          printed.signal.addEventListener('abort', listener),
      },
      ...this.#library(),
      require: (name: string): unknown =>
        name === 'tslxc' ? this.#library() : requireBuiltIn(name),
    };
    const example = new AsyncFunction(...Object.keys(known), `{\n${this.#moved(block.text)}}`);
    try {
      await example(...Object.values(known));
    } catch (error) {
      throw new Error(`${placeOf(block)}: ${inspect(error)}\nprinted: ${printed.text}`, {
        cause: error,
      });
    }
    return this.#movedBack(printed.text);
  }

  /** Runs a block of `js` that is a whole program; resolves with what it printed. */
  async executed({ text }: Block): Promise<string> {
    const program = text.replace("require('tslxc')", `require('${packageRoot}')`);
    const argv = [process.execPath, '-e', program];
    const { code, stdout, stderr } = await runProgram(argv, { root: this.#parts.root.path });
    return `${stdout}${stderr}${code === 0 ? '' : `exit code ${code}\n`}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const { shell, connection, root, folder } = this.#parts;
    await shell.close();
    await connection.close();
    await root.remove();
    await removeTree(folder);
  }

  /** The package, whose connections are to this world's root. */
  #library(): typeof library {
    const { path } = this.#parts.root;
    const connect = (uri?: string, options?: library.ConnectOptions): Promise<Connection> =>
      library.connect(uri, { root: path, ...options });
    return { ...library, connect };
  }

  /** Puts `tslxc` onto the PATH as README.md does. */
  async #link(): Promise<void> {
    const link = blocksOf('README.md').find(({ text }) => text.startsWith('ln -sf '));
    if (link === undefined) throw new Error('README.md does not say how tslxc gets onto the PATH');
    expect(await this.ran(link)).toBe('');
  }

  async #untilPrompt(): Promise<string> {
    const [, text = ''] = await this.#parts.shell.expect(/^([^]*\n)?# $/, 20_000);
    return text.replaceAll('\r\n', '\n');
  }

  /** Folders of the host that examples write to are below this world's, and those of the settings below its root. */
  #moved(text: string): string {
    const { folder, root } = this.#parts;
    return text
      .replaceAll('/export/', `${folder}/export/`)
      .replaceAll('/usr/local/bin/', `${folder}/bin/`)
      .replaceAll('/etc/tslxc/', `${root.path}/etc/tslxc/`);
  }

  #movedBack(text: string): string {
    return text.replaceAll(`${this.#parts.folder}/export/`, '/export/');
  }
}
