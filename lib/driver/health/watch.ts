/**
 * The watcher of a container: checks its health until it ends. A process of its own, since it goes on when the one that has started the
 * container has ended; there is one at most for each domain.
 */
import { closeSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RunningRecord, StartRecord } from '../../container/record/run-state';
import type { HealthCheck } from '../../domain/definition';
import type { Identity } from '../../host/state/definition-store';
import type { MonitorConnection } from '../session/containers';
import type { Session } from '../session/session';
import { healthAfter, type HealthInfo } from './health';
import { probe } from './probe';
import { writeHealth } from './record';
import { inheritedWatch, tryTakeWatch } from './watcher-lock';

/** Until the first success it is looked at more often, in milliseconds. */
const startInterval = 500;

/** How often is looked, in the pause between two checks, whether the container has rebooted, in milliseconds. */
const rebootInterval = 1000;

/** Resolves when the container has ended, was killed for being unhealthy, has no check, or another process watches it. */
export async function watchHealth(session: Session, name: string): Promise<void> {
  for (;;) {
    const watched = await watchRun(session, name);
    if (watched === undefined) return;
    // One that was started again while this process still had the lock has no other watcher.
    const now = session.containers.readRunState(session.paths, name);
    if (now.phase !== 'running' || now.running.id === watched) return;
  }
}

/** Resolves to the id of the container that it has watched, once that is over; undefined when there is nothing to be done. */
async function watchRun(session: Session, name: string): Promise<number | undefined> {
  const { containers, paths } = session;
  const lock = inheritedWatch() ?? tryTakeWatch(paths, name);
  if (lock === undefined) return undefined;
  try {
    const monitor = await containers.connectMonitor(paths, name);
    const state = containers.readRunState(paths, name);
    const { health: check } =
      state.phase === 'running' ? session.parse(state.start.xml).definition.extension : {};
    if (monitor === undefined || state.phase !== 'running' || check === undefined) {
      monitor?.close();
      return undefined;
    }
    containers.leaveCaller();
    await new Watcher(session, { ...state, check }).run(monitor);
    return state.running.id;
  } finally {
    closeSync(lock);
  }
}

interface Watched {
  readonly start: StartRecord;
  readonly running: RunningRecord;
  readonly check: HealthCheck;
}

class Watcher {
  readonly #session: Session;
  readonly #identity: Identity;
  /** Of the monitor: another container of the name has another. */
  readonly #id: number;
  readonly #check: HealthCheck;
  /** Of this life: a reboot begins another. */
  #boots: number;
  #began: number;
  #health: HealthInfo;

  constructor(session: Session, { start, running, check }: Watched) {
    this.#session = session;
    this.#identity = { name: start.name, uuid: start.uuid };
    this.#id = running.id;
    this.#check = check;
    this.#boots = running.boots ?? 0;
    this.#began = start.time;
    this.#health = { state: 'starting', since: start.time, failures: 0 };
  }

  async run(monitor: MonitorConnection): Promise<void> {
    const over = new AbortController();
    const { signal } = over;
    // An answer of the monitor's is awaited all the time: it keeps this process alive.
    const ended = monitor.exited().then(
      () => over.abort(),
      () => over.abort(),
    );
    try {
      while (!signal.aborted && !(await this.#round(signal))) {
        await this.#pause(signal);
      }
    } finally {
      monitor.close();
      await ended;
    }
  }

  /** Until the next check is due, or a reboot has begun another life, which is to be looked at soon. */
  async #pause(signal: AbortSignal): Promise<void> {
    const { interval } = this.#check;
    const isStarting = this.#health.state === 'starting';
    const pause = isStarting ? Math.min(interval, startInterval) : interval;
    const due = performance.now() + pause;
    for (let left = pause; left > 0 && !signal.aborted; left = due - performance.now()) {
      await sleep(Math.min(left, rebootInterval), undefined, { signal }).catch(() => undefined);
      if (this.#hasRebooted()) return;
    }
  }

  /** By its own record alone, which is small: this is asked often. */
  #hasRebooted(): boolean {
    const { containers, paths } = this.#session;
    const now = containers.readRunning(paths, this.#identity.name);
    return now?.id === this.#id && (now.boots ?? 0) !== this.#boots;
  }

  /** One check, but of what is paused; true when nothing more is to be checked. */
  async #round(signal: AbortSignal): Promise<boolean> {
    // A life that has begun meanwhile is looked at as such.
    this.#isSameLife(Date.now());
    if (this.#isPaused()) return false;
    const failure = await probe(this.#session, this.#identity, { check: this.#check, signal });
    const time = Date.now();
    // A pause meanwhile is no failure.
    if (signal.aborted || this.#isPaused() || !this.#isSameLife(time)) return signal.aborted;
    const before = this.#health;
    this.#health = healthAfter(before, { failure, time, age: time - this.#began }, this.#check);
    await this.#tell(before);
    if (this.#health.state !== 'unhealthy' || this.#check.action === 'none') return false;
    await this.#kill();
    return true;
  }

  #isPaused(): boolean {
    const { containers, paths } = this.#session;
    const now = containers.readRunState(paths, this.#identity.name);
    return now.phase === 'running' && containers.isFrozen(now.start);
  }

  /** Whether it still runs as it did when the check began; after a reboot all begins anew. */
  #isSameLife(time: number): boolean {
    const { containers, paths } = this.#session;
    const now = containers.readRunState(paths, this.#identity.name);
    if (now.phase !== 'running' || now.running.id !== this.#id) return false;
    const boots = now.running.boots ?? 0;
    if (boots === this.#boots) return true;
    this.#boots = boots;
    this.#began = time;
    this.#health = { state: 'starting', since: time, failures: 0 };
    return false;
  }

  async #tell(before: HealthInfo): Promise<void> {
    const { name: domain, uuid } = this.#identity;
    const { state, message } = this.#health;
    const record = { id: this.#id, boots: this.#boots, health: this.#health };
    writeHealth(this.#session.paths, domain, record);
    if (state === before.state || state === 'starting') return;
    await this.#session.announce({ event: 'health-change', detail: state, domain, uuid });
    const fields = { domain, ...(message === undefined ? {} : { reason: message }) };
    if (state === 'healthy') this.#session.logger.info(fields, 'the container is healthy');
    else this.#session.logger.warn(fields, 'the container is unhealthy');
  }

  /** Its end is a failure then, after which it is started again. */
  async #kill(): Promise<void> {
    const { containers, paths } = this.#session;
    const { name } = this.#identity;
    await this.#session.locked(name, async () => {
      const now = containers.readRunState(paths, name);
      if (now.phase !== 'running' || now.running.id !== this.#id) return;
      containers.replaceStart(paths, { ...now.start, unhealthy: true });
      const monitor = await containers.connectMonitor(paths, name);
      try {
        await monitor?.signal(killSignal);
      } finally {
        monitor?.close();
      }
    });
  }
}

const killSignal = 9;
