/** Asks a running init to end, in a way that it reacts to: by its initctl pipe, or by a signal that it handles. */
import { constants as system } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { End } from '../../container/monitor/messages';
import type { RunState } from '../../container/record/run-state';
import type { PipeAnswer } from '../../container/init/initctl';
import { TslxcError } from '../../errors';
import { endSignals, endTimes } from '../../plan/process/end-request';
import { throwIfAborted } from '../session/abort';
import type { MonitorConnection } from '../session/containers';
import type { AskedBy, PowerMode } from './power-types';
import type { Session } from '../session/session';

/** `destroy` is a shutdown that is final: on_poweroff is not carried out. */
export type Goal = 'shutdown' | 'reboot' | 'destroy';

interface Request {
  readonly goal: Goal;
  readonly modes: readonly PowerMode[];
  /** Milliseconds within which an end of init counts as the requested one. */
  readonly within: number;
  /** Milliseconds within which its pipe has to be found. */
  readonly search: number;
  readonly signal: AbortSignal | undefined;
  /** That of `<tslxc:stop>`. */
  readonly ownSignal?: number | undefined;
}

/** The container whose init is asked. */
interface Addressee {
  readonly session: Session;
  readonly state: Running;
  readonly monitor: MonitorConnection;
}

type Running = RunState & { phase: 'running' };

/** Between two looks at which signals init handles, in milliseconds. */
const look = 20;

/** These inits end by reboot(2), which tells the monitor whether they power off or reboot. */
const tellsItself = new Set(['systemd', 'busybox']);

/**
 * Asks by the first mode that works, and closes the connection to the monitor. Not under the domain's lock.
 *
 * @throws TslxcError OPERATION_UNSUPPORTED when none of the modes reaches init, OPERATION_TIMEOUT when a file system of the
 * container keeps its pipe from being found, OPERATION_INVALID when init has ended meanwhile; SyscallError.
 */
export async function askInit(to: Addressee, request: Request): Promise<AskedBy> {
  const { session, state, monitor } = to;
  try {
    const attempt = new Attempt(to, request);
    for (const mode of request.modes) {
      throwIfAborted(request.signal);
      const asked = await attempt.by(mode);
      if (asked !== undefined) return asked;
    }
    const { name } = state.start;
    if (!session.containers.init.isAlive(state.running)) throw endedBefore(name);
    throw attempt.isLate ? lateFor(name, request) : notReached(name, request.modes);
  } finally {
    monitor.close();
  }
}

function endedBefore(name: string, cause?: unknown): TslxcError {
  const detail = `init of domain '${name}' ended before it was asked to`;
  return new TslxcError('OPERATION_INVALID', detail, { domain: name, cause });
}

const remedy = 'destroy the domain to end it';

function notReached(name: string, modes: readonly PowerMode[]): TslxcError {
  const detail = isPipeOnly(modes)
    ? 'Container does not provide an initctl pipe'
    : `init of domain '${name}' has no handler for a signal that asks it to end, and no initctl pipe: ${remedy}`;
  return new TslxcError('OPERATION_UNSUPPORTED', detail, { domain: name });
}

/** The message names a destroy as the remedy, since that does not wait for any file system. */
function lateFor(name: string, { modes, search }: Request): TslxcError {
  const place = `a file system of domain '${name}' has not answered for ${search / 1000} s`;
  const rest = isPipeOnly(modes)
    ? ''
    : ', and init has no handler for a signal that asks it to end';
  const step = 'look for the initctl pipe';
  return new TslxcError('OPERATION_TIMEOUT', `${place}${rest}: ${remedy}`, { domain: name, step });
}

function isPipeOnly(modes: readonly PowerMode[]): boolean {
  return modes.length === 1 && modes[0] === 'initctl';
}

class Attempt {
  readonly #session: Session;
  readonly #state: Running;
  readonly #request: Request;
  readonly #monitor: MonitorConnection;
  #pipe: PipeAnswer = 'none';

  constructor({ session, state, monitor }: Addressee, request: Request) {
    this.#session = session;
    this.#state = state;
    this.#monitor = monitor;
    this.#request = request;
  }

  /** The signal that the definition names; none for a reboot, since that signal shuts init down. */
  get #ownSignals(): readonly number[] {
    const { goal, ownSignal } = this.#request;
    return goal === 'reboot' || ownSignal === undefined ? [] : [ownSignal];
  }

  /** Whether the search for its pipe timed out, so that it is not known whether there is one. */
  get isLate(): boolean {
    return this.#pipe === 'late';
  }

  /** Undefined when init can't be asked in this way. */
  async by(mode: PowerMode): Promise<AskedBy | undefined> {
    const { init } = this.#session.containers;
    if (mode === 'initctl') return await this.#byInitctl();
    if (mode === 'signal') return await this.#bySignal('libvirt');
    const kind = init.kindOf(this.#state.running);
    if (this.#ownSignals.length > 0 || kind !== 'other') return await this.#bySignal(kind);
    return (await this.#byInitctl()) ?? (await this.#bySignal(kind));
  }

  async #byInitctl(): Promise<AskedBy | undefined> {
    const level = this.#request.goal === 'reboot' ? '6' : '0';
    const { init } = this.#session.containers;
    // An init with such a pipe ends by reboot(2) if it is allowed to; if not, the monitor has to know the intent.
    await this.#intend('mayKnowItself');
    const { start, running } = this.#state;
    const search = {
      paths: this.#session.paths,
      name: start.name,
      running,
      within: this.#request.search,
    };
    this.#pipe = await init.requestLevel(search, level);
    if (this.#pipe === 'taken') return { by: 'initctl' };
    if (this.#request.goal !== 'shutdown') await this.#takeBack();
    return undefined;
  }

  async #bySignal(kind: keyof typeof endSignals): Promise<AskedBy | undefined> {
    const { off, reboot } = endSignals[kind];
    const signal = await this.#heeded(
      this.#request.goal === 'reboot' ? reboot : [...this.#ownSignals, ...off],
    );
    if (signal === undefined) return undefined;
    await this.#intend(tellsItself.has(kind) ? 'mayKnowItself' : 'mustBeTold');
    try {
      await this.#monitor.signal(signal);
    } catch (error) {
      if (!TslxcError.is(error) || error.errno !== system.errno.ESRCH) throw error;
      throw endedBefore(this.#state.start.name, error);
    }
    return { by: 'signal', signal };
  }

  async #heeded(candidates: readonly number[]): Promise<number | undefined> {
    const { init } = this.#session.containers;
    const deadline = performance.now() + endTimes.firstMoments;
    for (;;) {
      const found = candidates.find((signal) => init.heeds(this.#state.running, signal));
      if (found !== undefined || performance.now() >= deadline) return found;
      await sleep(look);
    }
  }

  /** Tells the monitor what the coming end means. A shutdown takes back the intent of an earlier reboot. */
  async #intend(monitor: 'mayKnowItself' | 'mustBeTold'): Promise<void> {
    const { goal, within } = this.#request;
    if (goal === 'shutdown') {
      await this.#takeBack();
      return;
    }
    const end: End = goal;
    try {
      await this.#monitor.intend(end, Math.min(Math.ceil(within), 0xffff_ffff));
    } catch (error) {
      // The monitor of an older package still notices a reboot(2).
      const isOld = TslxcError.is(error, 'OPERATION_UNSUPPORTED');
      if (!isOld || monitor === 'mustBeTold' || goal === 'destroy') throw error;
    }
  }

  async #takeBack(): Promise<void> {
    if (this.#monitor.version < 2) return;
    await this.#monitor.intend('none', 0);
  }
}
