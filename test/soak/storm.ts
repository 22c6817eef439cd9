/** One round of a storm: callers that do random things at once, and a killer among them. Everything is chosen by the seed. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Caller, Outcome } from './callers';
import { casts, Crew } from './crew';
import type { Cast } from './crew';
import type { Moment, StormDaemon } from './daemon/storm-daemon';
import { indexOf, isLinked, networkOf } from './documents';
import type { Population } from './documents';
import { killOnAndOn } from './killer';
import type { FoundTarget } from './killer';
import { domainModel, networkModel } from './model';
import type { DomainCase, NetworkCase } from './model';
import { drawOperation, isOfLibvirt, isWithAutodestroy, routed } from './operations';
import type { DrawnOperation, Operation } from './operations';
import type { Plant } from './options';
import { Random } from './random';
import type { SoakRecord } from './record';
import { describeStandstill } from './stacks';
import { Tracker } from './tracker';
import type { Asked } from './tracker';

/** How many operations each process carries out at once. */
const lanesOfCaller = 2;

/** How often an operation that must be refused is drawn anew. */
const draws = 4;

/** Milliseconds that the daemon may go on with what a client asked that was killed. */
const orphanPatience = 10_000;

/** Milliseconds from the end of a daemon to the start of the next, at most. */
const longestAway = 1000;

/** So many looks after an operation of which it is not known whether it was done. */
const looksAfterLoss = 2;

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
  /** Where libvirt's clients take part. */
  readonly daemon: StormDaemon | undefined;
}

/** Why a client of libvirt has no answer: its connection was lost, or there was none. */
type Away = 'cut' | 'unreached';

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
  /** What the daemon may be doing still for clients that were killed. */
  readonly #orphans = new Set<Promise<void>>();
  readonly #cast: Cast;
  readonly #crew: Crew;
  #count = 0;
  #planted = false;

  private constructor(parts: StormParts, cast: Cast, crew: Crew) {
    [this.#parts, this.#cast, this.#crew] = [parts, cast, crew];
    this.#until = performance.now() + parts.milliseconds;
  }

  /** Resolves when all operations are over and all callers have ended. */
  static async run(parts: StormParts): Promise<void> {
    const cast = casts[parts.daemon === undefined ? 'library' : 'daemon'];
    const { root, population } = parts;
    const crew = await Crew.start({ root, population, kinds: cast.callers });
    await new Storm(parts, cast, crew).#run();
  }

  async #run(): Promise<void> {
    const { seed, round, daemon, record } = this.#parts;
    const lanes = Array.from({ length: this.#crew.size * lanesOfCaller }, (_, lane) => {
      const index = Math.floor(lane / lanesOfCaller);
      return this.#work(index, new Random(seed, round, 'caller', index, lane % lanesOfCaller));
    });
    const killing = killOnAndOn({
      randomFor: (target) => new Random(seed, round, 'killer', target),
      until: this.#until,
      killOwn: {
        caller: (chance) => this.#killCaller(chance),
        command: (chance) => this.#killRun(chance),
        ...(daemon === undefined ? {} : { daemon: (chance) => this.#killDaemon(daemon, chance) }),
      },
      onKill: (target, name) => this.#noteKill(target, name),
    });
    await Promise.all([...lanes, killing]);
    for (const fault of await this.#crew.end()) record.find(fault, {});
    await Promise.all(this.#orphans);
  }

  async #work(index: number, random: Random): Promise<void> {
    while (performance.now() < this.#until) {
      const drawn = this.#choose(random);
      const caller = await this.#crew.caller(index);
      await this.#carryOut(caller, routed(drawn, caller.kind));
    }
  }

  /**
   * Mostly something that may succeed: in most states most operations are refused. What is not known is often looked at
   * first, since beside others any answer is possible.
   */
  #choose(random: Random): DrawnOperation {
    for (let draw = 0; ; draw += 1) {
      const operation = drawOperation(random, this.#parts.population, this.#cast.runs);
      const { kind, subject, verb } = operation;
      const tracker = this.#tracker(kind);
      const isToLook = random.below(2) === 0 && !tracker.isKnown(subject);
      if (isToLook) return { ...operation, verb: kind === 'domain' ? 'look' : 'netLook' };
      if (draw === draws || tracker.maySucceed(subject, verb)) return operation;
    }
  }

  async #carryOut(caller: Caller, operation: Operation): Promise<void> {
    const { kind, subject, verb, via } = operation;
    this.#count += 1;
    const asked: Asked = { id: this.#count, subject, verb };
    this.#tracker(kind).begin(asked);
    if (verb === 'netDestroy') this.#disturbLinked(subject);
    this.#note(operation, `${verb} by the ${via} begins (${asked.id})`);
    const began = this.#parts.daemon?.now();
    const answered = await this.#outcome(caller, operation, asked);
    const outcome = this.#orAway(operation, answered, began);
    if (verb === 'netDestroy') this.#disturbLinked(subject);
    this.#judge(operation, asked, outcome);
    this.#noteBond({ caller, began }, operation, outcome);
    if (outcome === 'cut') await this.#lookAgain(operation);
  }

  async #outcome(caller: Caller, operation: Operation, asked: Asked): Promise<Outcome> {
    if (this.#isToPlant('daemon')) this.#parts.daemon?.killSecretly();
    const { outcome, cut } = this.#crew.carryOut(caller, operation, asked.id);
    const over = this.#watch(operation, asked, cut);
    if (this.#isToPlant('hang')) await sleep(2 * this.#parts.limit);
    const answered = await outcome;
    over();
    return this.#spoil(operation, answered);
  }

  /** What libvirt's clients say of a connection is no answer, if the daemon was killed in the meantime. */
  #orAway({ via }: Operation, outcome: Outcome, began: Moment | undefined): Outcome | Away {
    if (!isOfLibvirt(via) || outcome === 'lost' || began === undefined) return outcome;
    if (this.#parts.daemon?.wasAwaySince(began) !== true) return outcome;
    if (outcome.error?.code === 'DISCONNECTED') return 'cut';
    return outcome.error?.code === 'UNREACHED' ? 'unreached' : outcome;
  }

  #judge(operation: Operation, asked: Asked, outcome: Outcome | Away): void {
    const { kind, verb, subject } = operation;
    const { record } = this.#parts;
    const isAnswer = typeof outcome !== 'string';
    const words = isAnswer ? (outcome.error?.message ?? outcome.value ?? 'done') : outcome;
    this.#note(operation, `${verb} (${asked.id}): ${words.slice(0, 300)}`);
    if (!isAnswer) {
      record.operation(operation, 'lost');
      this.#lose(operation, asked, outcome);
      return;
    }
    record.operation(operation, outcome.error === undefined ? 'done' : 'refused');
    const fault = this.#finish(operation, asked, outcome);
    if (fault !== undefined) {
      record.find(`${kind} ${subject}: ${fault} (${words})`, { subject: `${kind} ${subject}` });
    }
  }

  #lose({ kind, via }: Operation, asked: Asked, how: 'lost' | Away): void {
    const tracker = this.#tracker(kind);
    if (how === 'unreached') {
      tracker.cancel(asked);
    } else if (how === 'cut' || !isOfLibvirt(via)) {
      tracker.lose(asked);
    } else {
      // The client was killed, and the daemon has still been asked.
      const over = sleep(orphanPatience).then(() => {
        tracker.lose(asked);
        this.#orphans.delete(over);
      });
      this.#orphans.add(over);
    }
  }

  /** By the library, which needs no daemon: beside what may be over this moment the first look tells nothing. */
  async #lookAgain({ kind, subject, chance }: Operation): Promise<void> {
    const verb = kind === 'domain' ? 'look' : 'netLook';
    for (let look = 0; look < looksAfterLoss; look += 1) {
      const caller = await this.#crew.libraryCaller();
      await this.#carryOut(caller, { kind, subject, chance, verb, via: 'library' });
    }
  }

  /** A container that ends with its client, and with the daemon that serves this. */
  #noteBond(
    { caller, began }: { caller: Caller; began: Moment | undefined },
    operation: Operation,
    outcome: Outcome | Away,
  ): void {
    const { verb, via, subject } = operation;
    const { daemon } = this.#parts;
    if (typeof outcome === 'string' || outcome.error !== undefined) return;
    const isOfVirsh = via === 'virsh' && /^start/.test(verb) && isWithAutodestroy(operation);
    if (!isOfVirsh && outcome.value !== 'autodestroy') return;
    caller.bonded.add(subject);
    const isOfDaemon = isOfLibvirt(via) && daemon !== undefined && began !== undefined;
    if (isOfDaemon) daemon.bonded.add(subject);
    // Its owner may have ended since it has answered.
    const isOver = isOfVirsh || caller.isDead || (isOfDaemon && daemon.wasAwaySince(began));
    if (isOver) this.#domains.disturb(subject, 'caller');
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
  #spoil({ via }: Operation, outcome: Outcome): Outcome {
    if (outcome === 'lost') return outcome;
    if (isOfLibvirt(via) && this.#isToPlant('cut')) {
      return { error: { code: 'DISCONNECTED', message: 'a planted loss' } };
    }
    if (!this.#isToPlant('error')) return outcome;
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
    const chosen = this.#crew.pickCaller(chance);
    if (chosen === undefined) return;
    const { record } = this.#parts;
    record.kill('caller');
    for (const subject of chosen.bonded) {
      this.#domains.disturb(subject, 'caller');
      record.event(`domain ${subject}`, `SIGKILL of its owner ${chosen.pid}`);
    }
    await chosen.kill();
  }

  /** All that ends with one of its clients ends with the daemon. */
  async #killDaemon(daemon: StormDaemon, chance: number): Promise<void> {
    const { record } = this.#parts;
    record.kill('daemon');
    for (const subject of daemon.bonded) {
      this.#domains.disturb(subject, 'caller');
      record.event(`domain ${subject}`, 'SIGKILL of the daemon, its owner');
    }
    daemon.bonded.clear();
    await daemon.replace(chance * longestAway);
  }

  async #killRun(chance: number): Promise<void> {
    const chosen = this.#crew.pickRun(chance);
    if (chosen === undefined) return;
    this.#parts.record.kill('command');
    chosen.kill();
    await chosen.outcome;
  }

  #note({ kind, subject }: Operation, text: string): void {
    this.#parts.record.event(`${kind} ${subject}`, text);
  }

  #tracker(kind: 'domain' | 'network'): Tracker<DomainCase> | Tracker<NetworkCase> {
    return kind === 'domain' ? this.#domains : this.#networks;
  }
}
