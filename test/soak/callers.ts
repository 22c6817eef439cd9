/** The callers of a storm, as its driver has them: processes with the library, and runs of the command. */
import { fork, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { errorPrefixes } from '../../lib/errors';
import { commandEnvironment, commandLine } from '../support/process/run-command';
import type { Order, Report } from './caller';

/** What came of an operation; `lost` when its caller was killed first. */
export type Outcome = Omit<Report, 'id'> | 'lost';

const hook = join(__dirname, '../support/source/compile-on-require.js');

/** A process with the library, which carries out any number of operations at once. */
export class Caller {
  readonly #child: ChildProcess;
  readonly #ended: Promise<unknown>;
  readonly #pending = new Map<number, (outcome: Outcome) => void>();
  /** Numbers of the domains whose containers end with this process. */
  readonly bonded = new Set<number>();
  #isDead = false;

  private constructor(child: ChildProcess) {
    this.#child = child;
    this.#ended = once(child, 'exit').then(() => {
      this.#isDead = true;
      for (const lose of this.#pending.values()) lose('lost');
      this.#pending.clear();
    });
  }

  /** Resolves when it takes orders. */
  static async start(root: string): Promise<Caller> {
    const child = fork(join(__dirname, 'caller.ts'), {
      env: commandEnvironment(root),
      execArgv: ['-r', hook],
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    const caller = new Caller(child);
    await Promise.race([once(child, 'message'), caller.#ended]);
    if (caller.#isDead) throw new Error('a caller ended before it took an order');
    child.on('message', (message) => {
      const { id, ...outcome } = message as Report;
      caller.#pending.get(id)?.(outcome);
      caller.#pending.delete(id);
    });
    return caller;
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  get isDead(): boolean {
    return this.#isDead;
  }

  carryOut(order: Order): Promise<Outcome> {
    return new Promise((resolve) => {
      if (this.#isDead) {
        resolve('lost');
        return;
      }
      this.#pending.set(order.id, resolve);
      // One that is killed in this moment is told of by its end.
      this.#child.send(order, () => undefined);
    });
  }

  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#ended;
  }

  /** Closes its connection and ends; killed if it takes longer than so many milliseconds: true when it did not. */
  async end(patience: number): Promise<boolean> {
    if (this.#isDead) return true;
    this.#child.send('end', () => undefined);
    const late = setTimeout(() => this.#child.kill('SIGKILL'), patience);
    await this.#ended;
    clearTimeout(late);
    return this.#child.signalCode === null;
  }
}

/** One run of the command. */
export interface CommandRun {
  readonly outcome: Promise<Outcome>;
  kill(): void;
}

export function runCommandOnce(root: string, words: readonly string[]): CommandRun {
  const [program = '', ...rest] = commandLine(...words);
  const child = spawn(program, rest, {
    env: commandEnvironment(root),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const outcome = once(child, 'close').then(([code, signal]): Outcome => {
    if (signal === 'SIGKILL') return 'lost';
    if (code === 0) return { value: stdout.trim() };
    return { error: { code: codeOf(stderr), message: stderr.trim() } };
  });
  return { outcome, kill: () => void child.kill('SIGKILL') };
}

/** What the command says as virsh does, without the words of the error behind it. */
const ofVirsh: Readonly<Record<string, RegExp>> = {
  NO_DOMAIN: /^error: failed to get domain '/m,
  NO_NETWORK: /^error: failed to get network '/m,
  OPERATION_INVALID: /^error: Domain is already active$/m,
};

/** The code of the last line that begins as the messages of a code do; lines of the console may follow it. */
function codeOf(stderr: string): string {
  const prefixes = Object.entries(errorPrefixes).filter(([, prefix]) => prefix !== '');
  const codes = stderr.split('\n').flatMap((line) => {
    const found = prefixes.find(([, prefix]) => line.startsWith(`error: ${prefix}: `));
    return found === undefined ? [] : [found[0]];
  });
  const known = Object.entries(ofVirsh).find(([, words]) => words.test(stderr))?.[0];
  return codes.at(-1) ?? known ?? 'SYSTEM_ERROR';
}
