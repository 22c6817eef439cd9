/** One round of a storm: callers that do random things at once, and a killer among them. Everything is chosen by the seed. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Caller, runCommandOnce } from './callers';
import type { CommandRun, Outcome } from './callers';
import { indexOf, isLinked, networkOf } from './documents';
import type { Population } from './documents';
import { killOnAndOn } from './killer';
import type { FoundTarget } from './killer';
import { domainModel, networkModel } from './model';
import type { DomainCase, NetworkCase } from './model';
import { chooseOperation, commandWords } from './operations';
import type { Operation } from './operations';
import type { Plant } from './options';
import { Random } from './random';
import type { SoakRecord } from './record';
import { describeStandstill } from './stacks';
import { Tracker } from './tracker';
import type { Asked } from './tracker';

/** Processes with the library, and how many operations each carries out at once. */
const callers = { count: 4, lanes: 2 };

/** How often an operation that must be refused is drawn anew. */
const draws = 4;

/** Milliseconds that a caller may take to end. */
const endPatience = 30_000;

export interface StormParts {
  readonly seed: number;
  readonly round: number;
  /** Of the round. */
  readonly milliseconds: number;
  /** After which an operation hangs. */
  readonly limit: number;
  readonly root: string;
  readonly population: Population;
  readonly record: SoakRecord;
  readonly lockFile: string;
  readonly plant: Plant | undefined;
}

/** What operations see, as the cases of the tables. */
const domainCases: Readonly<Record<string, readonly DomainCase[]>> = {
  off: ['off'],
  'shut off': ['off'],
  running: ['running', 'transient'],
  paused: ['paused', 'transientPaused'],
};

const networkCases: Readonly<Record<string, readonly NetworkCase[]>> = {
  off: ['off'],
  active: ['active'],
  transient: ['transient'],
};

export class Storm {
  readonly #parts: StormParts;
  readonly #until: number;
  readonly #domains = new Tracker(domainModel, 'none');
  readonly #networks = new Tracker(networkModel, 'none');
  readonly #callers: Caller[] = [];
  /** Runs of the command, each with its operation. */
  readonly #commands = new Map<CommandRun, Asked>();
  #count = 0;
  #planted = false;

  constructor(parts: StormParts) {
    this.#parts = parts;
    this.#until = performance.now() + parts.milliseconds;
  }

  /** Resolves when all operations are over and all callers have ended. */
  async run(): Promise<void> {
    const { seed, round, root } = this.#parts;
    const indices = Array.from({ length: callers.count }, (_, index) => index);
    this.#callers.push(...(await Promise.all(indices.map(() => Caller.start(root)))));
    const lanes = indices.flatMap((index) =>
      Array.from({ length: callers.lanes }, (_, lane) =>
        this.#work(index, new Random(seed, round, 'caller', index, lane)),
      ),
    );
    const killing = killOnAndOn({
      randomFor: (target) => new Random(seed, round, 'killer', target),
      until: this.#until,
      killOwn: (target, chance) =>
        target === 'caller' ? this.#killCaller(chance) : this.#killCommand(chance),
      onKill: (target, name) => this.#noteKill(target, name),
    });
    await Promise.all([...lanes, killing]);
    await Promise.all(this.#callers.map((caller) => this.#endCaller(caller)));
  }

  async #work(index: number, random: Random): Promise<void> {
    while (performance.now() < this.#until) {
      const operation = this.#choose(random);
      const caller = await this.#caller(index);
      await this.#carryOut(caller, operation);
    }
  }

  /**
   * Mostly something that may succeed: in most states most operations are refused. What is not known is often looked at
   * first, since beside others any answer is possible.
   */
  #choose(random: Random): Operation {
    for (let draw = 0; ; draw += 1) {
      const operation = chooseOperation(random, this.#parts.population);
      const { kind, subject, verb } = operation;
      const tracker = this.#tracker(kind);
      const isToLook = random.below(2) === 0 && !tracker.isKnown(subject);
      if (isToLook) return { ...operation, verb: kind === 'domain' ? 'look' : 'netLook' };
      if (draw === draws || tracker.maySucceed(subject, verb)) return operation;
    }
  }

  /** The caller of that number, or another one in the place of a killed one. */
  async #caller(index: number): Promise<Caller> {
    const known = this.#callers[index];
    if (known !== undefined && !known.isDead) return known;
    const another = await Caller.start(this.#parts.root);
    const meanwhile = this.#callers[index];
    if (meanwhile !== undefined && !meanwhile.isDead) {
      await another.end(endPatience);
      return meanwhile;
    }
    this.#callers[index] = another;
    return another;
  }

  async #carryOut(caller: Caller, operation: Operation): Promise<void> {
    const { kind, subject, verb, via } = operation;
    this.#count += 1;
    const asked: Asked = { id: this.#count, subject, verb };
    this.#tracker(kind).begin(asked);
    if (verb === 'netDestroy') this.#disturbLinked(subject);
    this.#note(operation, `${verb} by the ${via} begins (${asked.id})`);
    const cut = (): void => {
      const [run] = [...this.#commands].find(([, { id }]) => id === asked.id) ?? [];
      if (run === undefined) void caller.kill();
      else run.kill();
    };
    const over = this.#watch(operation, asked, cut);
    const outcome = this.#spoil(await this.#outcome(caller, operation, asked));
    over();
    if (verb === 'netDestroy') this.#disturbLinked(subject);
    this.#judge(operation, asked, outcome);
    const isBonded = outcome !== 'lost' && outcome.value === 'autodestroy';
    if (isBonded) caller.bonded.add(subject);
  }

  async #outcome(caller: Caller, operation: Operation, asked: Asked): Promise<Outcome> {
    const { root, population } = this.#parts;
    const words = operation.via === 'command' ? commandWords(operation) : undefined;
    if (this.#isToPlant('hang')) await sleep(2 * this.#parts.limit);
    if (words === undefined) {
      return await caller.carryOut({ ...operation, id: asked.id, population });
    }
    const run = runCommandOnce(root, words);
    this.#commands.set(run, asked);
    const outcome = await run.outcome;
    this.#commands.delete(run);
    return outcome;
  }

  #judge(operation: Operation, asked: Asked, outcome: Outcome): void {
    const { kind, verb, subject } = operation;
    const { record } = this.#parts;
    const words = outcome === 'lost' ? 'lost' : (outcome.error?.message ?? outcome.value ?? 'done');
    this.#note(operation, `${verb} (${asked.id}): ${words.slice(0, 300)}`);
    if (outcome === 'lost') {
      record.operation(verb, 'lost');
      this.#tracker(kind).lose(asked);
      return;
    }
    record.operation(verb, outcome.error === undefined ? 'done' : 'refused');
    const fault = this.#finish(operation, asked, outcome);
    if (fault !== undefined) {
      record.find(`${kind} ${subject}: ${fault} (${words})`, { subject: `${kind} ${subject}` });
    }
  }

  #finish(
    { kind, verb }: Operation,
    asked: Asked,
    { error, value = '' }: Exclude<Outcome, 'lost'>,
  ): string | undefined {
    if (error !== undefined) {
      const answer = { done: false, code: error.code } as const;
      return this.#tracker(kind).finish(asked, answer);
    }
    const done = { done: true } as const;
    if (verb === 'look') {
      return this.#domains.finish(asked, { ...done, seen: domainCases[value] ?? [] });
    }
    if (verb === 'netLook') {
      return this.#networks.finish(asked, { ...done, seen: networkCases[value] ?? [] });
    }
    return this.#tracker(kind).finish(asked, done);
  }

  /** An operation that takes too long is told of while it still does, and then cut short. */
  #watch({ kind, subject, verb, via }: Operation, { id }: Asked, cut: () => void): () => void {
    const { limit, record, lockFile } = this.#parts;
    const late = setTimeout(() => {
      const what = `${kind} ${subject}: ${verb} by the ${via} (${id}) hangs after ${limit / 1000} s`;
      record.find(what, {
        subject: `${kind} ${subject}`,
        details: describeStandstill([lockFile]),
      });
      cut();
    }, limit);
    return () => clearTimeout(late);
  }

  /** The planted errors of operations. */
  #spoil(outcome: Outcome): Outcome {
    if (outcome === 'lost' || !this.#isToPlant('error')) return outcome;
    return { error: { code: 'INTERNAL_ERROR', message: 'a planted error' } };
  }

  /** Once in a round. */
  #isToPlant(plant: Plant): boolean {
    if (this.#parts.plant !== plant || this.#planted) return false;
    this.#planted = true;
    return true;
  }

  /** At the beginning and at the end of what ends their network. */
  #disturbLinked(network: number): void {
    const { domains, networks } = this.#parts.population;
    for (let index = 0; index < domains; index += 1) {
      if (isLinked(index) && networkOf(index, networks) === network) {
        this.#domains.disturb(index, 'network');
      }
    }
  }

  #noteKill(target: FoundTarget, name: string): void {
    const { record } = this.#parts;
    const found = indexOf(name);
    record.kill(target);
    if (found === undefined) return;
    record.event(`${found.kind} ${found.index}`, `SIGKILL of its ${target}`);
    this.#tracker(found.kind).disturb(found.index, target);
  }

  async #killCaller(chance: number): Promise<void> {
    const alive = this.#callers.filter(({ isDead }) => !isDead);
    const chosen = alive[Math.floor(chance * alive.length)];
    if (chosen === undefined) return;
    const { record } = this.#parts;
    record.kill('caller');
    for (const subject of chosen.bonded) {
      this.#domains.disturb(subject, 'caller');
      record.event(`domain ${subject}`, `SIGKILL of its owner ${chosen.pid}`);
    }
    await chosen.kill();
  }

  async #killCommand(chance: number): Promise<void> {
    const runs = [...this.#commands.keys()];
    const chosen = runs[Math.floor(chance * runs.length)];
    if (chosen === undefined) return;
    this.#parts.record.kill('command');
    chosen.kill();
    await chosen.outcome;
  }

  async #endCaller(caller: Caller): Promise<void> {
    if (await caller.end(endPatience)) return;
    const what = `a caller (${caller.pid}) did not end ${endPatience / 1000} s after its last operation`;
    this.#parts.record.find(what, {});
  }

  #note({ kind, subject }: Operation, text: string): void {
    this.#parts.record.event(`${kind} ${subject}`, text);
  }

  #tracker(kind: 'domain' | 'network'): Tracker<DomainCase> | Tracker<NetworkCase> {
    return kind === 'domain' ? this.#domains : this.#networks;
  }
}
