/**
 * The package with a tracer in the place of its monitor: it becomes the monitor, and kills one of the processes of a start,
 * a restart or an exec at one of its system calls. One at a time on a machine.
 */
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { connect } from 'tslxc';
import { packageRoot, runProgram } from '../process/run-command';

const victims = [
  ...(['stage0', 'monitor', 'init', 'helper', 'reinit'] as const),
  ...(['attendant', 'joiner', 'guardian', 'command'] as const),
] as const;

export type Victim = (typeof victims)[number];

/** The system calls of each process of one run, by number, in their order. */
export type Calls = Readonly<Record<Victim, readonly number[]>>;

export class TracedPackage implements Disposable {
  readonly folder: string;
  readonly #config: string;
  readonly #log: string;

  private constructor(folder: string) {
    this.folder = folder;
    this.#config = join(folder, 'order');
    this.#log = join(folder, 'log');
  }

  static async make(): Promise<TracedPackage> {
    const made = new TracedPackage(mkdtempSync('/var/tmp/tslxc-traced-'));
    try {
      await made.#build();
    } catch (error) {
      made[Symbol.dispose]();
      throw error;
    }
    return made;
  }

  /** Its `connect`, in this process. */
  async connect(): Promise<typeof connect> {
    const path = join(this.folder, 'dist/index.js');
    const library = (await import(path)) as { connect: typeof connect };
    return library.connect;
  }

  /** For the next start: which process is killed on entry to its `index`th system call, counted from 1. */
  order(victim: Victim | 'nobody', index = 0): void {
    rmSync(this.#log, { force: true });
    writeFileSync(this.#config, `${victim} ${index} ${this.#log}\n`);
  }

  /** Whether a process has been killed since then. */
  hasKilled(): boolean {
    return existsSync(this.#log) && /^killed /m.test(readFileSync(this.#log, 'latin1'));
  }

  /** The system calls; complete once all processes of that start have ended. */
  calls(): Calls {
    const calls = Object.fromEntries(victims.map((victim) => [victim, [] as number[]])) as Record<
      Victim,
      number[]
    >;
    for (const line of readFileSync(this.#log, 'latin1').split('\n')) {
      const [who = '', , number] = line.split(' ');
      if (number !== undefined && who in calls) calls[who as Victim].push(Number(number));
    }
    return calls;
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  async #build(): Promise<void> {
    const release = join(this.folder, 'build/Release');
    mkdirSync(release, { recursive: true });
    const words = [
      ...['g++', '-std=gnu++20', '-O2', '-static', '-Wall', '-Wextra', '-Werror'],
      `-DCONFIG="${this.#config}"`,
      `-DMONITOR="${join(packageRoot, 'build/Release/tslxc-monitor')}"`,
      ...[join(__dirname, 'tracer.cc'), '-o', join(release, 'tslxc-monitor')],
    ];
    const { code, stderr } = await runProgram(words, { timeout: 120_000 });
    if (code !== 0) throw new Error(`the tracer does not compile\n${stderr}`);
    symlinkSync(join(packageRoot, 'build/Release/tslxc.node'), join(release, 'tslxc.node'));
    for (const name of ['node_modules', 'native'])
      symlinkSync(join(packageRoot, name), join(this.folder, name));
    copyFileSync(join(packageRoot, 'package.json'), join(this.folder, 'package.json'));
    cpSync(join(packageRoot, 'dist'), join(this.folder, 'dist'), { recursive: true });
  }
}
