/**
 * Which verbs a domain accepts in which phase, as one table, with libvirt's words for those that it refuses. Also what
 * follows the end of a container. Pure.
 */
import type { Moment } from '../../host/kernel/boot/boot-clock';
import { millisecondsBetween } from '../../host/kernel/boot/boot-clock';
import { meaningOf, shutoffReason } from '../../container/record/exit-record';
import type { ExitRecord, ShutoffReason } from '../../container/record/exit-record';
import type { DomainDefinition, RestartPolicy } from '../../domain/definition';
import { carriedOutAction } from '../../domain/elements/clock';
import { TslxcError } from '../../errors';

/** The phase of a domain once an ended container has been cleaned up. */
export type SettledPhase = 'off' | 'running' | 'paused';

/** Operations that depend on the domain's phase. `create` is a start from XML; `annotate` changes the running container. */
export type Verb =
  | 'start'
  | 'create'
  | 'destroy'
  | 'suspend'
  | 'resume'
  | 'shutdown'
  | 'reboot'
  | 'undefine'
  | 'rename'
  | 'annotate'
  | 'openConsole'
  | 'exec'
  | 'sendSignal'
  | 'liveXml'
  | 'look'
  | 'setLink'
  | 'setBandwidth'
  | 'changeDevice'
  | 'setLimit'
  | 'snapshot'
  | 'revert'
  | 'clone';

/** The phase afterwards, or why not. `%` is the domain's name. */
type Transition = SettledPhase | Readonly<{ refused: string }>;

const notRunning = { refused: 'domain is not running' } as const;
const paused = { refused: 'domain is paused' } as const;
const active = { refused: 'cannot rename active domain' } as const;
const busy = { refused: 'domain is running: suspend it, or shut it off' } as const;
const notOff = { refused: 'domain is active: shut it off' } as const;
const alreadyRunning = { refused: 'Domain is already running' } as const;
const alreadyActive = { refused: "domain '%' is already active" } as const;

const transitions: Record<SettledPhase, Record<Verb, Transition>> = {
  off: {
    start: 'running',
    create: 'running',
    destroy: notRunning,
    suspend: notRunning,
    resume: notRunning,
    shutdown: notRunning,
    reboot: notRunning,
    undefine: 'off',
    rename: 'off',
    annotate: notRunning,
    openConsole: notRunning,
    exec: notRunning,
    sendSignal: notRunning,
    liveXml: notRunning,
    look: notRunning,
    setLink: notRunning,
    setBandwidth: notRunning,
    changeDevice: notRunning,
    setLimit: notRunning,
    snapshot: 'off',
    revert: 'off',
    clone: 'off',
  },
  running: {
    start: alreadyRunning,
    create: alreadyActive,
    destroy: 'off',
    suspend: 'paused',
    resume: { refused: 'domain is already running' },
    shutdown: 'running',
    reboot: 'running',
    undefine: 'running',
    rename: active,
    annotate: 'running',
    openConsole: 'running',
    exec: 'running',
    sendSignal: 'running',
    liveXml: 'running',
    look: 'running',
    setLink: 'running',
    setBandwidth: 'running',
    changeDevice: 'running',
    setLimit: 'running',
    snapshot: busy,
    revert: notOff,
    clone: busy,
  },
  // Every process is stopped: init reacts to nothing until it is resumed, but it can be killed.
  paused: {
    start: alreadyRunning,
    create: alreadyActive,
    destroy: 'off',
    suspend: 'paused',
    resume: 'running',
    shutdown: paused,
    reboot: paused,
    undefine: 'paused',
    rename: active,
    annotate: 'paused',
    openConsole: 'paused',
    exec: { refused: 'domain is paused: no command can run in it' },
    sendSignal: 'paused',
    liveXml: 'paused',
    look: 'paused',
    setLink: 'paused',
    setBandwidth: 'paused',
    changeDevice: 'paused',
    setLimit: 'paused',
    snapshot: 'paused',
    revert: notOff,
    clone: 'paused',
  },
};

/**
 * The phase that `verb` leads to.
 *
 * @throws TslxcError OPERATION_INVALID when the domain does not accept the verb in this phase.
 */
export function transition(verb: Verb, phase: SettledPhase, domain: string): SettledPhase {
  const outcome = transitions[phase][verb];
  if (typeof outcome === 'string') return outcome;
  throw new TslxcError(
    'OPERATION_INVALID',
    outcome.refused.replace('%', () => domain),
    { domain },
  );
}

/** What the definition asks for after this end, by `on_poweroff`, `on_reboot` or `on_crash`. A destroy is final. */
export function actionAfter(record: ExitRecord, definition: DomainDefinition): 'stay' | 'restart' {
  const actions = {
    destroy: 'destroy',
    poweroff: carriedOutAction(definition.onPoweroff),
    reboot: carriedOutAction(definition.onReboot),
    crash: carriedOutAction(definition.onCrash),
  } as const;
  return actions[meaningOf(record)] === 'restart' ? 'restart' : 'stay';
}

/**
 * Whether this end is a failure: init exited with a code other than 0, was killed by a signal, as for lack of memory, or its
 * monitor died. A destroy, a reboot and an end by reboot(2) are not failures; nor is a failed start, which its caller was told of.
 */
export function isFailure(record: ExitRecord): boolean {
  if (record.how === 'unstarted') return false;
  const meaning = meaningOf(record);
  if (meaning === 'crash') return true;
  return meaning === 'poweroff' && record.how === 'exited' && record.code !== 0;
}

/** Whether `<tslxc:restart>` restarts a container after this end, unless it was asked to end. After a reboot, `on_reboot` says it. */
export function isCovered({ policy }: Pick<RestartPolicy, 'policy'>, record: ExitRecord): boolean {
  if (isFailure(record)) return true;
  return policy === 'always' && record.how !== 'unstarted' && meaningOf(record) === 'poweroff';
}

/** Milliseconds: a container that has run for this long begins a new row of restarts. */
const longRun = 10_000;
const firstPause = 100;
/** The longest pause, in multiples of the first one: 3.2 s if that is 100 ms. */
const mostDoubled = 32;

/** The run that has ended: when it began, and how many restarts in a row had led to it. */
interface Run extends Moment {
  readonly restarts?: number;
}

/** The number of restarts in a row, including the next one, after runs that were short; 0 if this run was long. */
export function restartsAfter(run: Run, exit: ExitRecord): number {
  return millisecondsBetween(run, exit) >= longRun ? 0 : (run.restarts ?? 0) + 1;
}

/**
 * Milliseconds between an end and that restart: 0, then 100, 200, 400 … 3,200; with a `delay`, that delay, the same again, and
 * then 2, 4 … 32 times as long.
 */
export function pauseBefore(restarts: number, delay?: number): number {
  if (restarts === 0) return delay ?? 0;
  const first = delay ?? firstPause;
  return Math.min(first * 2 ** (restarts - 1), longestPauseWith(delay));
}

/** The longest of these pauses. */
export function longestPauseWith(delay = firstPause): number {
  return delay * mostDoubled;
}

/** The detail of the `stopped` event for this end. */
export function stopDetail(record: ExitRecord): Exclude<ShutoffReason, 'unknown'> {
  const reason = shutoffReason(record);
  return reason === 'unknown' ? 'failed' : reason;
}
