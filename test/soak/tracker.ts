/**
 * Holds each answer of an operation against what is possible. An operation that was alone with its domain, or its network,
 * has to end as the table says of the states in which that may have been. Beside others, and beside a kill, its error has
 * to be one that this can lead to; what holds afterwards is not known then, until later answers tell. Pure.
 */
import { afterRefusal, afterSuccess, orEnded } from './model';
import type { Model } from './model';
import type { VictimKind } from './victims';

export interface Asked {
  readonly id: number;
  /** Which domain or network it is, whatever its name. */
  readonly subject: number;
  readonly verb: string;
}

/** How an operation ended. */
export type Answer<State extends string> =
  /** With the states that fit what it saw, where it looked. */
  | { readonly done: true; readonly seen?: readonly State[] }
  | { readonly done: false; readonly code: string };

/**
 * What was killed, where `caller` is the one whose operation it was; or init was `asked` to end or to start again; or a `network` was
 * ended beside.
 */
export type Disturbance = VictimKind | 'init' | 'caller' | 'asked' | 'network';

/** Those after which a container may end, or start again, by itself. */
const ending: readonly Disturbance[] = ['monitor', 'init', 'restarter', 'caller', 'asked'];

/** Operations that end before what they have asked for. */
const asking: readonly string[] = ['askShutdown', 'askReboot'];

/** Codes that an operation may reject with beside another one on the same domain: by verb, or for `any`. */
const besideOthers: Readonly<Record<string, readonly string[]>> = {
  // The container has ended, or was paused, in the middle of it.
  exec: ['OPERATION_FAILED', 'OPERATION_TIMEOUT', 'OPERATION_ABORTED'],
  reboot: ['OPERATION_TIMEOUT', 'OPERATION_FAILED', 'STOPPED'],
  shutdown: ['OPERATION_TIMEOUT', 'OPERATION_FAILED'],
  netStart: ['OPERATION_FAILED'],
};

/** Codes that a kill, or the end of its network, leads to. */
const besideKills: Readonly<
  Record<Disturbance, Readonly<Record<string, readonly string[]>> | undefined>
> = {
  monitor: {
    start: ['PROTOCOL_ERROR', 'INTERNAL_ERROR', 'SYSTEM_ERROR', 'OPERATION_FAILED'],
    startLinked: ['PROTOCOL_ERROR', 'INTERNAL_ERROR', 'SYSTEM_ERROR', 'OPERATION_FAILED'],
    exec: ['OPERATION_FAILED'],
    console: ['PROTOCOL_ERROR'],
    reboot: ['PROTOCOL_ERROR', 'OPERATION_FAILED', 'STOPPED'],
    shutdown: ['PROTOCOL_ERROR', 'OPERATION_FAILED'],
  },
  init: {
    start: ['INTERNAL_ERROR', 'OPERATION_FAILED'],
    startLinked: ['INTERNAL_ERROR', 'OPERATION_FAILED'],
    exec: ['OPERATION_FAILED'],
    reboot: ['STOPPED'],
  },
  restarter: { reboot: ['STOPPED'] },
  attendant: { exec: ['OPERATION_FAILED'] },
  reaper: undefined,
  keeper: { netStart: ['OPERATION_FAILED'] },
  dnsmasq: { netStart: ['OPERATION_FAILED'] },
  caller: undefined,
  asked: { exec: ['OPERATION_FAILED'], reboot: ['STOPPED'] },
  network: { startLinked: ['SYSTEM_ERROR'] },
};

interface Ongoing extends Asked {
  isAlone: boolean;
  readonly disturbances: Set<Disturbance>;
}

interface Subject<State extends string> {
  states: Set<State>;
  /** A container of it may end, or start again, at any moment. */
  mayEnd: boolean;
  readonly ongoing: Map<number, Ongoing>;
  /** What was killed since no operation was under way. */
  readonly recent: Set<Disturbance>;
}

export class Tracker<State extends string> {
  readonly #model: Model<State>;
  readonly #first: State;
  readonly #subjects = new Map<number, Subject<State>>();

  /** All begin in the state `first`. */
  constructor(model: Model<State>, first: State) {
    [this.#model, this.#first] = [model, first];
  }

  /** The states that are possible now. */
  possible(subject: number): ReadonlySet<State> {
    return this.#subject(subject).states;
  }

  /** Whether some state is not possible. */
  isKnown(subject: number): boolean {
    return this.possible(subject).size < this.#model.states.length;
  }

  maySucceed(subject: number, verb: string): boolean {
    return afterSuccess(this.#model, this.possible(subject), verb).size > 0;
  }

  begin(asked: Asked): void {
    const { ongoing, recent } = this.#subject(asked.subject);
    for (const other of ongoing.values()) other.isAlone = false;
    const one = { ...asked, isAlone: ongoing.size === 0, disturbances: new Set(recent) };
    ongoing.set(asked.id, one);
    recent.clear();
  }

  /** Notes a kill that concerns the subject. What it leads to may come a moment later. */
  disturb(subject: number, kind: Disturbance): void {
    const one = this.#subject(subject);
    for (const ongoing of one.ongoing.values()) ongoing.disturbances.add(kind);
    if (one.ongoing.size === 0 || ending.includes(kind)) one.recent.add(kind);
    if (!ending.includes(kind)) return;
    one.mayEnd = true;
    if (one.ongoing.size > 0) this.#forget(one);
    else one.states = orEnded(this.#model, one.states);
  }

  /** The caller of an operation was killed: it may be done, or be done later, or not at all. */
  lose({ id, subject }: Asked): void {
    const one = this.#subject(subject);
    this.disturb(subject, 'caller');
    one.ongoing.delete(id);
    this.#forget(one);
  }

  /** An operation was not even begun, since who was to carry it out could not be reached. */
  cancel({ id, subject }: Asked): void {
    this.#subject(subject).ongoing.delete(id);
  }

  /** Undefined for an answer that is possible, else what is wrong with it, in words. */
  finish({ id, subject }: Asked, answer: Answer<State>): string | undefined {
    const one = this.#subject(subject);
    const ongoing = one.ongoing.get(id);
    if (ongoing === undefined) throw new RangeError(`operation ${id} is not under way`);
    one.ongoing.delete(id);
    const isAlone =
      ongoing.isAlone && ![...ongoing.disturbances].some((kind) => ending.includes(kind));
    const fault = isAlone
      ? this.#finishAlone(one, ongoing, answer)
      : this.#finishBeside(one, ongoing, answer);
    if (answer.done && asking.includes(ongoing.verb)) this.disturb(subject, 'asked');
    return fault;
  }

  #finishAlone(
    one: Subject<State>,
    { verb, disturbances }: Ongoing,
    answer: Answer<State>,
  ): string | undefined {
    if (!answer.done && isOfKill(disturbances, verb, answer.code)) return undefined;
    const before = one.mayEnd ? orEnded(this.#model, one.states) : one.states;
    const after = answer.done
      ? seenOf(afterSuccess(this.#model, before, verb), answer.seen)
      : afterRefusal(this.#model, before, { verb, code: answer.code });
    if (after.size === 0) {
      this.#forget(one);
      const words = answer.done ? (answer.seen?.join(' or ') ?? 'done') : answer.code;
      return `${verb}: ${words}, although it could be nothing but ${[...before].join(' or ')}`;
    }
    // What may have been about to end has ended before a start, and by a destroy.
    if (answer.done && /^(start|startLinked|destroy)$/.test(verb)) one.mayEnd = false;
    one.states = one.mayEnd ? orEnded(this.#model, after) : after;
    return undefined;
  }

  #finishBeside(
    one: Subject<State>,
    { verb, disturbances }: Ongoing,
    answer: Answer<State>,
  ): string | undefined {
    this.#forget(one);
    // Init has been asked, and does what it is asked later: when it is resumed, or in its next life.
    if (verb === 'shutdown' || verb === 'reboot') one.mayEnd = true;
    if (answer.done) return undefined;
    const { code } = answer;
    const possible = afterRefusal(this.#model, one.states, { verb, code });
    if (possible.size > 0 || besideOthers[verb]?.includes(code) === true) return undefined;
    if (isOfKill(disturbances, verb, code)) return undefined;
    const kills = disturbances.size === 0 ? 'nothing' : [...disturbances].join(', ');
    return `${verb}: ${code}, beside another operation, with ${kills} killed`;
  }

  #forget(one: Subject<State>): void {
    one.states = new Set(this.#model.states);
  }

  #subject(number: number): Subject<State> {
    const known = this.#subjects.get(number);
    if (known !== undefined) return known;
    const made: Subject<State> = {
      states: new Set([this.#first]),
      mayEnd: false,
      ongoing: new Map(),
      recent: new Set(),
    };
    this.#subjects.set(number, made);
    return made;
  }
}

function seenOf<State extends string>(
  states: Set<State>,
  seen: readonly State[] = [...states],
): Set<State> {
  return new Set([...states].filter((state) => seen.includes(state)));
}

function isOfKill(disturbances: ReadonlySet<Disturbance>, verb: string, code: string): boolean {
  return [...disturbances].some((kind) => besideKills[kind]?.[verb]?.includes(code) === true);
}
