/**
 * What each operation does in each state of what it is done to, and with which code it is refused: one table for domains, one
 * for networks. While it is not known which of several states holds, all of them are kept. Pure.
 */
import type { ErrorCode } from 'tslxc';

/** The state that a success leads to, or the code of the refusal. */
type Result<State extends string> = State | { readonly refused: ErrorCode };

export interface Model<State extends string> {
  readonly states: readonly State[];
  readonly verbs: Readonly<Record<string, Readonly<Record<State, Result<State>>>>>;
  /** Codes that an operation may reject with in each state, for the reason that stands beside them; nothing is changed then. */
  readonly tolerated: Readonly<Record<string, readonly ErrorCode[]>>;
  /** What it may have become when its container has ended by itself. */
  readonly ended: Readonly<Record<State, readonly State[]>>;
}

const noDomain = { refused: 'NO_DOMAIN' } as const;
const noNetwork = { refused: 'NO_NETWORK' } as const;
const invalid = { refused: 'OPERATION_INVALID' } as const;

export type DomainCase = 'none' | 'off' | 'running' | 'paused' | 'transient' | 'transientPaused';

const whileUp = {
  none: noDomain,
  off: invalid,
  running: 'running',
  paused: 'paused',
  transient: 'transient',
  transientPaused: 'transientPaused',
} as const;

const unlessPaused = { ...whileUp, paused: invalid, transientPaused: invalid } as const;

/** The domain may be asked for by uuid in each state but none, and is as it was. */
const looked = { ...whileUp, off: 'off' } as const;

const started = {
  none: noDomain,
  off: 'running',
  running: invalid,
  paused: invalid,
  transient: invalid,
  transientPaused: invalid,
} as const;

export const domainModel: Model<DomainCase> = {
  states: ['none', 'off', 'running', 'paused', 'transient', 'transientPaused'],
  verbs: {
    define: {
      none: 'off',
      off: 'off',
      running: 'running',
      paused: 'paused',
      transient: 'running',
      transientPaused: 'paused',
    },
    start: started,
    startLinked: started,
    destroy: {
      none: noDomain,
      off: invalid,
      running: 'off',
      paused: 'off',
      transient: 'none',
      transientPaused: 'none',
    },
    suspend: { ...whileUp, running: 'paused', transient: 'transientPaused' },
    resume: {
      none: noDomain,
      off: invalid,
      running: invalid,
      paused: 'running',
      transient: invalid,
      transientPaused: 'transient',
    },
    shutdown: { ...unlessPaused, running: 'off', transient: 'none' },
    reboot: unlessPaused,
    // What it asks for may come later, or not at all.
    askShutdown: unlessPaused,
    askReboot: unlessPaused,
    exec: unlessPaused,
    limit: whileUp,
    console: whileUp,
    rename: {
      none: noDomain,
      off: 'off',
      running: invalid,
      paused: invalid,
      transient: invalid,
      transientPaused: invalid,
    },
    undefine: {
      none: noDomain,
      off: 'none',
      running: 'transient',
      paused: 'transientPaused',
      transient: invalid,
      transientPaused: invalid,
    },
    title: looked,
    look: looked,
  },
  tolerated: {
    // The name is its other one.
    define: ['OPERATION_FAILED'],
    rename: ['OPERATION_INVALID'],
    // Its network is off, or undefined.
    startLinked: ['OPERATION_INVALID', 'NO_NETWORK'],
    // Init has been started this moment, and has no handler yet.
    shutdown: ['OPERATION_UNSUPPORTED'],
    reboot: ['OPERATION_UNSUPPORTED'],
    askShutdown: ['OPERATION_UNSUPPORTED'],
    askReboot: ['OPERATION_UNSUPPORTED'],
  },
  ended: {
    none: ['none'],
    off: ['off', 'running'],
    running: ['running', 'off'],
    paused: ['paused', 'off', 'running'],
    transient: ['transient', 'none'],
    transientPaused: ['transientPaused', 'none', 'transient'],
  },
};

export type NetworkCase = 'none' | 'off' | 'active' | 'transient';

const active = { none: noNetwork, off: invalid, active: 'active', transient: 'transient' } as const;

export const networkModel: Model<NetworkCase> = {
  states: ['none', 'off', 'active', 'transient'],
  verbs: {
    netDefine: { none: 'off', off: 'off', active: 'active', transient: 'active' },
    netStart: { none: noNetwork, off: 'active', active: invalid, transient: invalid },
    netDestroy: { ...active, active: 'off', transient: 'none' },
    netUndefine: { none: noNetwork, off: 'none', active: 'transient', transient: invalid },
    netLeases: { ...active, off: 'off' },
    netLook: { ...active, off: 'off' },
  },
  tolerated: {},
  ended: { none: ['none'], off: ['off'], active: ['active'], transient: ['transient'] },
};

/** The states in which it may be after a success of `verb`; none when it had to be refused in each of them. */
export function afterSuccess<State extends string>(
  model: Model<State>,
  states: ReadonlySet<State>,
  verb: string,
): Set<State> {
  const row = rowOf(model, verb);
  const results = [...states].map((state) => row[state]);
  return new Set(results.filter((result): result is State => typeof result === 'string'));
}

/** The states in which it may be after `verb` was refused with this code; none when it may be refused with it in none. */
export function afterRefusal<State extends string>(
  model: Model<State>,
  states: ReadonlySet<State>,
  refusal: { readonly verb: string; readonly code: string },
): Set<State> {
  const row = rowOf(model, refusal.verb);
  const tolerated: readonly string[] = model.tolerated[refusal.verb] ?? [];
  if (tolerated.includes(refusal.code)) return new Set(states);
  const refuses = (state: State): boolean => {
    const result: Result<State> = row[state];
    return typeof result === 'object' && result.refused === refusal.code;
  };
  return new Set([...states].filter(refuses));
}

/** The states in which it may be, if its container may have ended by itself in the meantime. */
export function orEnded<State extends string>(
  model: Model<State>,
  states: ReadonlySet<State>,
): Set<State> {
  return new Set([...states].flatMap((state) => model.ended[state]));
}

function rowOf<State extends string>(
  { verbs }: Model<State>,
  verb: string,
): Readonly<Record<State, Result<State>>> {
  const row = verbs[verb];
  if (row === undefined) throw new RangeError(`the table has no verb '${verb}'`);
  return row;
}
