/** Who carries out the operations of a storm: processes that take orders, each in the place of one that was killed, and runs of programs. */
import { Caller, commandRun, runOnce } from './callers';
import type { Outcome, ProgramRun, RunProgram } from './callers';
import { startPythonCaller } from './daemon/python-caller';
import { virshRun } from './daemon/virsh';
import type { Population } from './documents';
import { commandWords, virshWords } from './operations';
import type { CallerKind, Operation, RunShares } from './operations';

/** Milliseconds that a caller may take to end. */
const endPatience = 30_000;

export interface Cast {
  /** Processes that take orders. */
  readonly callers: readonly CallerKind[];
  readonly runs: RunShares;
}

/** Without and with libvirt's clients. */
export const casts: Readonly<Record<'library' | 'daemon', Cast>> = {
  library: {
    callers: ['library', 'library', 'library', 'library'],
    runs: { command: 15, virsh: 0 },
  },
  daemon: {
    callers: ['library', 'python', 'library', 'python'],
    runs: { command: 5, virsh: 30 },
  },
};

export interface CrewParts {
  readonly root: string;
  readonly population: Population;
  readonly kinds: readonly CallerKind[];
}

/** An operation that is under way. */
export interface Work {
  readonly outcome: Promise<Outcome>;
  /** Ends who carries it out. */
  readonly cut: () => void;
}

export class Crew {
  readonly #parts: CrewParts;
  readonly #callers: Caller[] = [];
  readonly #runs = new Set<ProgramRun>();

  private constructor(parts: CrewParts) {
    this.#parts = parts;
  }

  static async start(parts: CrewParts): Promise<Crew> {
    const crew = new Crew(parts);
    const starting = parts.kinds.map((kind) => crew.#start(kind));
    crew.#callers.push(...(await Promise.all(starting)));
    return crew;
  }

  get size(): number {
    return this.#parts.kinds.length;
  }

  /** The caller of that number, or another one in the place of a killed one. */
  async caller(index: number): Promise<Caller> {
    const known = this.#callers[index];
    if (known !== undefined && !known.isDead) return known;
    const another = await this.#start(this.#parts.kinds[index] ?? 'library');
    const meanwhile = this.#callers[index];
    if (meanwhile !== undefined && !meanwhile.isDead) {
      await another.end(endPatience);
      return meanwhile;
    }
    this.#callers[index] = another;
    return another;
  }

  /** One with the library. */
  libraryCaller(): Promise<Caller> {
    return this.caller(this.#parts.kinds.indexOf('library'));
  }

  /** By the caller, or by a program. */
  carryOut(caller: Caller, operation: Operation, id: number): Work {
    const { root, population } = this.#parts;
    const program = programOf(operation, root);
    if (program === undefined) {
      const outcome = caller.carryOut({ ...operation, id, population });
      return { outcome, cut: () => void caller.kill() };
    }
    const run = runOnce(program);
    this.#runs.add(run);
    const outcome = run.outcome.finally(() => this.#runs.delete(run));
    return { outcome, cut: () => run.kill() };
  }

  /** One of those that live. */
  pickCaller(chance: number): Caller | undefined {
    const alive = this.#callers.filter(({ isDead }) => !isDead);
    return alive[Math.floor(chance * alive.length)];
  }

  pickRun(chance: number): ProgramRun | undefined {
    return [...this.#runs][Math.floor(chance * this.#runs.size)];
  }

  /** Resolves to what is wrong with the ends of its callers, as lines. */
  async end(): Promise<string[]> {
    const faults = await Promise.all(
      this.#callers.map(async (caller) => {
        if (await caller.end(endPatience)) return [];
        const patience = `${endPatience / 1000} s`;
        return [`a caller (${caller.pid}) did not end ${patience} after its last operation`];
      }),
    );
    return faults.flat();
  }

  #start(kind: CallerKind): Promise<Caller> {
    return kind === 'python' ? startPythonCaller() : Caller.start(this.#parts.root);
  }
}

/** The program that is run for an operation, undefined for one of a caller. */
function programOf(operation: Operation, root: string): RunProgram | undefined {
  const { via } = operation;
  const words = via === 'command' ? commandWords(operation) : virshWords(operation);
  if (words === undefined || (via !== 'command' && via !== 'virsh')) return undefined;
  return via === 'command' ? commandRun(root, words) : virshRun(words);
}
