/** Checks the health of one container, again and again, until it ends. */
import type { Moment } from '../../host/kernel/boot/boot-clock';
import { millisecondsBetween, thisMoment } from '../../host/kernel/boot/boot-clock';
import { closeSync } from 'node:fs';
import { basename } from 'node:path';
import { Lookers } from '../../container/looks/looks';
import type { RunningRecord, StartRecord } from '../../container/record/run-state';
import type { HealthCheck } from '../../domain/definition';
import type { Identity } from '../../host/state/definitions/definition-store';
import { runPaths } from '../../host/state/state-paths';
import { onAbort } from '../../host/abort-listener';
import type { MonitorConnection } from '../session/containers';
import type { Session } from '../session/session';
import { watchFolder } from './folder-watch';
import { healthAfter, type HealthInfo } from './health';
import { probe, Unchecked } from './probe';
import { writeHealth } from './record';
import { tryTakeContainer } from './watcher-lock';

/** Milliseconds: until the first success, checks are at most this far apart. */
const startInterval = 500;

/** How many lookup processes may hang on this container's root. All containers' lookup processes together have a bound of their own. */
const mostLeft = 4;

/** What a watch is begun with. */
interface Watching {
  /** Called after each check that could be made. */
  readonly onChecked: () => void;
  /** Ends the watch. */
  readonly signal: AbortSignal;
}

/** Resolves when the container has ended, was killed for being unhealthy, has no check, or another process watches it. */
export async function watchContainer(
  session: Session,
  name: string,
  watching: Watching,
): Promise<void> {
  // If it is held, then by a watcher of an older package.
  const lock = tryTakeContainer(session.paths, name);
  if (lock === undefined) return;
  try {
    await watchRun(session, name, watching);
  } finally {
    closeSync(lock);
  }
}

async function watchRun(session: Session, name: string, watching: Watching): Promise<void> {
  const { containers, paths } = session;
  const monitor = await containers.connectMonitor(paths, name);
  if (monitor === undefined) return;
  try {
    const state = containers.readRunState(paths, name);
    if (state.phase !== 'running') return;
    const { health: check } = session.parse(state.start.xml).definition.extension;
    if (check === undefined) return;
    containers.leaveCaller();
    monitor.watch();
    await new ContainerWatch(session, { ...state, check, ...watching }).run(monitor);
  } finally {
    monitor.close();
  }
}

interface Watched extends Watching {
  readonly start: StartRecord;
  readonly running: RunningRecord;
  readonly check: HealthCheck;
}

class ContainerWatch {
  readonly #session: Session;
  readonly #identity: Identity;
  /** The monitor's pid, which tells this container from a later one of the same name. */
  readonly #id: number;
  readonly #check: HealthCheck;
  readonly #onChecked: () => void;
  readonly #signal: AbortSignal;
  readonly #lookers = new Lookers({ mostLeft });
  /** Of init's current life: a reboot begins another. */
  #boots: number;
  /** When it began. */
  #began: Moment;
  #health: HealthInfo;
  /** Whether the last check could not be made. */
  #isUnchecked = false;
  /** Whether the last check is not on record. */
  #isUnwritten = false;
  /** Ends the sleep between two checks. */
  #wake = (): void => undefined;

  constructor(session: Session, { start, running, check, onChecked, signal }: Watched) {
    this.#session = session;
    this.#identity = { name: start.name, uuid: start.uuid };
    this.#id = running.id;
    this.#check = check;
    this.#onChecked = onChecked;
    this.#signal = signal;
    this.#boots = running.boots ?? 0;
    this.#began = start;
    this.#health = { state: 'starting', since: start.time, failures: 0 };
  }

  async run(monitor: MonitorConnection): Promise<void> {
    const over = new AbortController();
    const { signal } = over;
    const end = (): void => {
      over.abort();
      this.#wake();
    };
    // An answer of the monitor is pending all the time, which keeps this process alive.
    const exit = monitor.exited();
    exit.then(end, end);
    const stopListening = onAbort(this.#signal, end);
    // A reboot replaces this record.
    const { directory, running } = runPaths(this.#session.paths, this.#identity.name);
    const place = { folder: directory, file: basename(running) };
    using _reboots = watchFolder(place, () => this.#wake());
    try {
      while (!signal.aborted && !(await this.#round(signal))) {
        await this.#pause(signal);
      }
      // Rejects if it is unknown whether it has ended.
      if (signal.aborted && !this.#signal.aborted) await exit;
    } finally {
      stopListening();
      this.#lookers.close();
    }
  }

  /** Waits until the next check is due, or a reboot has begun another life, which is to be checked soon. */
  async #pause(signal: AbortSignal): Promise<void> {
    const { interval } = this.#check;
    const isStarting = this.#health.state === 'starting';
    const due = performance.now() + (isStarting ? Math.min(interval, startInterval) : interval);
    while (!signal.aborted && !this.#hasRebooted()) {
      const left = due - performance.now();
      if (left <= 0) return;
      await this.#sleep(left);
    }
  }

  /** Sleeps for so many milliseconds, or until it is woken. */
  async #sleep(milliseconds: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  /** Reads the running record alone, which is small, because this is called often. */
  #hasRebooted(): boolean {
    const { containers, paths } = this.#session;
    const now = containers.readRunning(paths, this.#identity.name);
    return now?.id === this.#id && (now.boots ?? 0) !== this.#boots;
  }

  /** One check, skipped while the container is paused; true when nothing more is to be checked. */
  async #round(signal: AbortSignal): Promise<boolean> {
    // A reboot may have begun another life meanwhile: this check is then its first.
    this.#isSameLife(thisMoment());
    if (this.#isPaused()) return false;
    const what = { check: this.#check, lookers: this.#lookers, signal };
    const failure = await probe(this.#session, this.#identity, what);
    const now = thisMoment();
    if (failure instanceof Unchecked) {
      this.#noteUnchecked(failure);
      return signal.aborted;
    }
    this.#isUnchecked = false;
    this.#onChecked();
    // If it was paused during the check, the result does not count.
    if (signal.aborted || this.#isPaused() || !this.#isSameLife(now)) return signal.aborted;
    const before = this.#health;
    const age = millisecondsBetween(this.#began, now);
    this.#health = healthAfter(before, { failure, time: now.time, age }, this.#check);
    const isFatal = this.#health.state === 'unhealthy' && this.#check.action !== 'none';
    // First what is to be done, since a full disk may keep anything from being written.
    if (isFatal) await this.#kill();
    await this.#tell(before);
    return isFatal;
  }

  #isPaused(): boolean {
    const { containers, paths } = this.#session;
    const now = containers.readRunState(paths, this.#identity.name);
    return now.phase === 'running' && containers.isFrozen(now.start);
  }

  /** Whether the container still runs in the same life; if it has rebooted, begins anew with state `starting`. */
  #isSameLife(at: Moment): boolean {
    const { containers, paths } = this.#session;
    const now = containers.readRunState(paths, this.#identity.name);
    if (now.phase !== 'running' || now.running.id !== this.#id) return false;
    const boots = now.running.boots ?? 0;
    if (boots === this.#boots) return true;
    this.#boots = boots;
    this.#began = at;
    this.#health = { state: 'starting', since: at.time, failures: 0 };
    return false;
  }

  /** Never rejects: what could not be written or announced is no reason to check no more. */
  async #tell(before: HealthInfo): Promise<void> {
    const { name: domain, uuid } = this.#identity;
    const { state, message } = this.#health;
    this.#record();
    if (state === before.state || state === 'starting') return;
    const { logger } = this.#session;
    const event = { event: 'health-change', detail: state, domain, uuid } as const;
    await this.#session.announce(event).catch((error: unknown) => {
      logger.error({ err: error, domain }, 'that the health has changed could not be announced');
    });
    const fields = { domain, ...(message === undefined ? {} : { reason: message }) };
    if (state === 'healthy') logger.info(fields, 'the container is healthy');
    else logger.warn(fields, 'the container is unhealthy');
  }

  /** It says nothing of the container. Logged once. */
  #noteUnchecked({ cause }: Unchecked): void {
    if (this.#isUnchecked) return;
    this.#isUnchecked = true;
    const detail = 'the health of the container could not be checked, which is tried again';
    this.#session.logger.error({ err: cause, domain: this.#identity.name }, detail);
  }

  /** Written after each check, so that the record says when that was. Why it can't be written is logged once. */
  #record(): void {
    const { name: domain } = this.#identity;
    const record = { id: this.#id, boots: this.#boots, health: this.#health };
    try {
      writeHealth(this.#session.paths, domain, record);
      this.#isUnwritten = false;
    } catch (error) {
      if (this.#isUnwritten) return;
      this.#isUnwritten = true;
      const detail = 'what the check of the health has found is not on record';
      this.#session.logger.error({ err: error, domain }, detail);
    }
  }

  /** Kills the container. That end counts as a failure, after which it is restarted. */
  async #kill(): Promise<void> {
    const { containers, paths, logger } = this.#session;
    const { name } = this.#identity;
    await this.#session.locked(name, async () => {
      const now = containers.readRunState(paths, name);
      if (now.phase !== 'running' || now.running.id !== this.#id) return;
      try {
        containers.replaceStart(paths, { ...now.start, unhealthy: true });
      } catch (error) {
        // Its monitor knows, too, and has room for the record of the end.
        logger.error({ err: error, domain: name }, 'that it is unhealthy is not on record');
      }
      const monitor = await containers.connectMonitor(paths, name);
      try {
        if (monitor !== undefined && monitor.version >= 3)
          await monitor.intend('unhealthy', killTime);
        await monitor?.signal(killSignal);
      } finally {
        monitor?.close();
      }
    });
  }
}

/** Milliseconds that a killed container may take to end. */
const killTime = 60_000;
const killSignal = 9;
