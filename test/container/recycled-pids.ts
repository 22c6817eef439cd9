/** Pids on record that another process has by now, and a process that tells whether it was signalled. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runPaths, statePaths } from '../../lib/host/state/state-paths';
import type { RunPaths } from '../../lib/host/state/state-paths';
import { expectGone, initOf } from '../support/world/container-traces';
import { eventually } from '../support/time/eventually';
import { hasEnded } from '../support/process/processes';
import { TestDomain } from '../support/domain/test-domain';

/** SIGRTMAX. */
const asking = 64;

/** A process that has nothing to do with it, and writes down every signal. */
export class Innocent implements AsyncDisposable {
  readonly pid: number;
  readonly #folder = mkdtempSync(join(tmpdir(), 'tslxc-innocent-'));
  readonly #child;
  #asked = 0;

  private constructor() {
    // One after the other: in a handler it could note one that came later before that which it is about to note.
    const code =
      'import signal,sys\n' +
      'numbers=set(signal.valid_signals())-{signal.SIGKILL,signal.SIGSTOP}\n' +
      'signal.pthread_sigmask(signal.SIG_BLOCK,numbers)\n' +
      'print("ready",flush=True)\n' +
      'while True:\n' +
      '  number=signal.sigwait(numbers)\n' +
      '  with open(sys.argv[1],"a") as log: log.write(f"{number:d} ")';
    const words = ['-c', code, this.#log];
    this.#child = spawn('python3', words, { stdio: ['ignore', 'pipe', 'inherit'] });
    this.pid = this.#child.pid ?? -1;
  }

  static async make(): Promise<Innocent> {
    const innocent = new Innocent();
    await once(innocent.#child.stdout, 'data');
    return innocent;
  }

  get #log(): string {
    return join(this.#folder, 'signals');
  }

  /** Numbers of the signals that it got before it was asked; `killed` when it is gone. */
  async signals(): Promise<string> {
    // What was sent before this one has been noted when it is: of two that are pending the lower number is taken first.
    if (!this.#isGone) process.kill(this.pid, asking);
    this.#asked += 1;
    return eventually(() => {
      if (this.#isGone) return 'killed';
      const noted = readFileSync(this.#log, 'utf8').split(`${asking} `);
      expect(noted).toHaveLength(this.#asked + 1);
      return noted.join('');
    });
  }

  get #isGone(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill('SIGKILL');
    await once(this.#child, 'close');
    rmSync(this.#folder, { recursive: true });
  }
}

export function json(path: string): Record<string, unknown> {
  return JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
}

/** Gives every pid on record to that process. */
export function recycle(files: RunPaths, pid: number): void {
  writeFileSync(files.running, JSON.stringify({ ...json(files.running), id: pid, init: pid }));
  writeFileSync(files.monitorLock, String(pid));
}

/** Kills a container's monitor, gives its recorded pids to another process, and runs the command: that one gets no signal. */
export async function expectNoSignal(verb: string): Promise<void> {
  await using innocent = await Innocent.make();
  await using container = await TestDomain.make({ name: 'stale-pids' });
  const files = runPaths(statePaths(container.root), container.name);
  await container.run('start');
  const init = await initOf(container.name);
  process.kill(Number(json(files.running)['id']), 'SIGKILL');
  await eventually(() => expect(hasEnded(init)).toBe(true));
  recycle(files, innocent.pid);
  // Who looks for the domain finds that it has ended.
  const { stderr } = await container.try([verb, container.name]);
  expect(stderr).toMatch(verb === 'destroy' ? /domain is not running/ : /^$/);
  expect(await innocent.signals()).toBe('');
  if (verb === 'start') await container.run('destroy');
  expect(await innocent.signals()).toBe('');
  await expectGone(container.name);
}
