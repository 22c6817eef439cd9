/**
 * Callers that start and destroy a domain by the library, each killed at another of the system calls that it makes
 * meanwhile. What that leaves is judged by another process: the container runs or is gone, and its name starts again.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { TslxcError, connect } from 'tslxc';
import type { Connection, Domain } from 'tslxc';
import { runPaths, statePaths } from '../../../lib/host/state/state-paths';
import { expectShell } from '../console/console-answer';
import { expectGone, monitorsOf, untilGone } from '../world/container-traces';
import { domainXml } from '../domain/domain-xml';
import { eventually } from '../time/eventually';
import { libraryWords } from '../process/library-child';
import { runProgram } from '../process/run-command';
import { makeTestRoot } from '../root/test-root';
import type { TestRoot } from '../root/test-root';

export type CallerOutcome = 'running' | 'gone' | 'unreached';

/** Milliseconds in which a start or an end has to finish without further calls. */
const patience = 6000;

interface Parts {
  readonly root: TestRoot;
  readonly connection: Connection;
  readonly domain: Domain;
  /** With the tracer in it. */
  readonly folder: string;
}

export class CallerSweep implements AsyncDisposable {
  readonly #parts: Parts;

  private constructor(parts: Parts) {
    this.#parts = parts;
  }

  static async make(name: string): Promise<CallerSweep> {
    const folder = mkdtempSync('/var/tmp/tslxc-tracer-');
    const source = join(__dirname, 'caller-tracer.cc');
    const words = ['g++', '-std=gnu++20', '-O2', source, '-o', join(folder, 'tracer')];
    const { code, stderr } = await runProgram(words, { timeout: 120_000 });
    if (code !== 0) throw new Error(`the tracer does not compile\n${stderr}`);
    const root = await makeTestRoot();
    const connection = await connect(undefined, { root: root.path });
    const target = join(root.path, 'missing/target');
    const filesystems = [{ source: '/etc', target }];
    const domain = await connection.defineDomain(domainXml({ name, filesystems }));
    return new CallerSweep({ root, connection, domain, folder });
  }

  /** How many system calls a start and a destroy are, over all threads. */
  async record(): Promise<number> {
    await this.#run(0);
    await this.#expectGone();
    return Number(/^calls (\d+)$/m.exec(this.#log())?.[1]);
  }

  /** @throws Error when the container is neither fully there nor fully gone, or doesn't start again. */
  async kill(index: number): Promise<CallerOutcome> {
    await this.#run(index);
    if (!this.#log().includes('killed')) {
      await this.#expectGone();
      return 'unreached';
    }
    const { domain } = this.#parts;
    await this.#untilQuiet();
    const outcome = (await this.#outcome()) === 'running' ? await this.#destroy() : 'gone';
    await this.#expectGone();
    await domain.start();
    expect(monitorsOf(domain.name)).toHaveLength(1);
    await domain.destroy();
    await this.#expectGone();
    return outcome;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#parts.connection.close();
    await this.#parts.root.remove();
    rmSync(this.#parts.folder, { recursive: true });
  }

  async #run(index: number): Promise<void> {
    const { folder, root, domain } = this.#parts;
    rmSync(join(folder, 'log'), { force: true });
    const code = `
      const mark = () => process.kill(process.pid, 'SIGUSR2');
      const connection = await connect();
      const domain = await connection.lookupDomainByName(${JSON.stringify(domain.name)});
      mark();
      await domain.start();
      await domain.destroy();
      mark();
      await connection.close();`;
    const tracer = [join(folder, 'tracer'), String(index), join(folder, 'log')];
    const ran = await runProgram([...tracer, ...libraryWords(code)], { root: root.path });
    if (ran.code !== 0 && ran.code !== 137) throw new Error(`${ran.code}: ${ran.stderr}`);
  }

  #log(): string {
    return readFileSync(join(this.#parts.folder, 'log'), 'utf8');
  }

  /** A monitor that is left has either got its container to run, or ends. */
  async #untilQuiet(): Promise<void> {
    await eventually(() => {
      if (monitorsOf(this.#parts.domain.name).length === 0) return;
      if (!existsSync(this.#files().running)) throw new Error('a monitor hangs');
    }, patience);
  }

  async #outcome(): Promise<'running' | 'gone'> {
    return await eventually(async () => {
      const { state } = await this.#parts.domain.state();
      if (state === 'running') return 'running';
      if (!existsSync(this.#files().start)) return 'gone';
      throw new Error(`it is ${state}, and not cleaned up`);
    }, patience);
  }

  /** What the caller had asked for when it was killed may end it before. */
  async #destroy(): Promise<'running' | 'gone'> {
    const { domain } = this.#parts;
    try {
      await expectShell(domain);
      await domain.destroy();
      return 'running';
    } catch (error) {
      // Also while its shell was asked: then the console has ended without the answer.
      const isRunning = (await domain.state()).state === 'running';
      if (isRunning && !TslxcError.is(error, 'OPERATION_INVALID')) throw error;
      // Its monitor, or what that executes, may still be cleaning up.
      await untilGone(domain.name);
      return 'gone';
    }
  }

  async #expectGone(): Promise<void> {
    const { domain, root } = this.#parts;
    await expectGone(domain.name);
    const files = this.#files();
    const left = [files.start, files.running, files.control, join(root.path, 'missing')];
    expect(left.filter((path) => existsSync(path))).toEqual([]);
  }

  #files(): ReturnType<typeof runPaths> {
    return runPaths(statePaths(this.#parts.root.path), this.#parts.domain.name);
  }
}
