/** The callers of a storm, as its driver has them: processes that take orders, and runs of a program. */
import { fork, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { errorPrefixes } from '../../lib/errors';
import { commandEnvironment, commandLine } from '../support/process/run-command';
import type { Order, Report } from './caller';
import type { CallerKind } from './operations';

/** What came of an operation; `lost` when its caller was killed first. */
export type Outcome = Omit<Report, 'id'> | 'lost';

const hook = join(__dirname, '../support/source/compile-on-require.js');

/** How a caller is spoken to. */
export interface Channel {
  readonly kind: CallerKind;
  send(message: Order | 'end'): void;
  /** Tells of all that it says: first that it is ready, then its reports. */
  listen(listener: (message: Report) => void): void;
}

/** A process that carries out any number of operations at once. */
export class Caller {
  readonly #child: ChildProcess;
  readonly #channel: Channel;
  readonly #ended: Promise<unknown>;
  readonly #pending = new Map<number, (outcome: Outcome) => void>();
  /** Numbers of the domains whose containers end with this process. */
  readonly bonded = new Set<number>();
  #isDead = false;

  private constructor(child: ChildProcess, channel: Channel) {
    [this.#child, this.#channel] = [child, channel];
    this.#ended = once(child, 'exit').then(() => {
      this.#isDead = true;
      for (const lose of this.#pending.values()) lose('lost');
      this.#pending.clear();
    });
  }

  /** One with the library. */
  static start(root: string): Promise<Caller> {
    const child = fork(join(__dirname, 'caller.ts'), {
      env: commandEnvironment(root),
      execArgv: ['-r', hook],
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    return Caller.over(child, {
      kind: 'library',
      // One that is killed in this moment is told of by its end.
      send: (message) => void child.send(message, () => undefined),
      listen: (listener) => void child.on('message', (message) => listener(message as Report)),
    });
  }

  /** Resolves when it takes orders. */
  static async over(child: ChildProcess, channel: Channel): Promise<Caller> {
    const caller = new Caller(child, channel);
    const ready = new Promise<void>((resolve) => {
      channel.listen(({ id, ...outcome }) => {
        resolve();
        caller.#pending.get(id)?.(outcome);
        caller.#pending.delete(id);
      });
    });
    await Promise.race([ready, caller.#ended]);
    if (caller.#isDead) throw new Error('a caller ended before it took an order');
    return caller;
  }

  get kind(): CallerKind {
    return this.#channel.kind;
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** From the moment on in which it is killed. */
  get isDead(): boolean {
    return this.#isDead || this.#child.killed;
  }

  carryOut(order: Order): Promise<Outcome> {
    return new Promise((resolve) => {
      if (this.isDead) {
        resolve('lost');
        return;
      }
      this.#pending.set(order.id, resolve);
      this.#channel.send(order);
    });
  }

  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#ended;
  }

  /** Closes its connection and ends; killed if it takes longer than so many milliseconds: true when it did not. */
  async end(patience: number): Promise<boolean> {
    if (this.isDead) {
      await this.#ended;
      return true;
    }
    this.#channel.send('end');
    const late = setTimeout(() => this.#child.kill('SIGKILL'), patience);
    await this.#ended;
    clearTimeout(late);
    return this.#child.signalCode === null;
  }
}

/** One run of a program. */
export interface ProgramRun {
  readonly outcome: Promise<Outcome>;
  kill(): void;
}

/** A program that is run once for an operation. */
export interface RunProgram {
  readonly argv: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  /** Of what it says on stderr when it fails. */
  readonly codeOf: (stderr: string) => string;
}

export function commandRun(root: string, words: readonly string[]): RunProgram {
  return { argv: commandLine(...words), env: commandEnvironment(root), codeOf };
}

export function runOnce({ argv: [program = '', ...words], env, codeOf }: RunProgram): ProgramRun {
  const child = spawn(program, words, { env, stdio: ['ignore', 'pipe', 'pipe'] });
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
export function codeOf(stderr: string): string {
  const prefixes = Object.entries(errorPrefixes).filter(([, prefix]) => prefix !== '');
  const codes = stderr.split('\n').flatMap((line) => {
    const found = prefixes.find(([, prefix]) => line.startsWith(`error: ${prefix}: `));
    return found === undefined ? [] : [found[0]];
  });
  const known = Object.entries(ofVirsh).find(([, words]) => words.test(stderr))?.[0];
  return codes.at(-1) ?? known ?? 'SYSTEM_ERROR';
}
