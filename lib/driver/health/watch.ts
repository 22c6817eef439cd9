/**
 * The watcher of a root: it checks the health of all containers for which that is requested, independently, until none of them
 * runs. It is a process of its own, since it has to outlive those that start the containers; a root has at most one.
 */
import { closeSync } from 'node:fs';
import { setOomScore } from '../../host/kernel/oom-score';
import { readStateOrSkip } from '../lookup/readable-state';
import { onAbort } from '../../host/abort-listener';
import { pauseFor, throwIfAborted } from '../session/abort';
import type { Session } from '../session/session';
import { watchContainer } from './container-watch';
import { watchFolder } from './folder-watch';
import { request, requested, withdraw } from './requests';
import { inheritedWatch, tryTakeWatch } from './watcher-lock';

/** Above that of the monitors: a watcher that was killed is started again, a container is not. */
const oomScore = -900;

/** Milliseconds before the checks of a container begin anew after they have failed, doubled each time until a check was made. */
const firstPause = 1000;
const longestPause = 30_000;

interface Watching {
  /** A container for which checks are requested first, from whichever process is the watcher. */
  readonly name: string | undefined;
  /** Ends the checks; the requests for them stay. */
  readonly signal: AbortSignal;
}

/**
 * Resolves when none of the containers runs any more, or when another process is the watcher.
 *
 * @throws TslxcError OPERATION_ABORTED when the signal has fired.
 */
export async function watchHealth(session: Session, { name, signal }: Watching): Promise<void> {
  const { paths } = session;
  let lock = inheritedWatch();
  // Only a process that was started for this. What it runs in containers has a score of its own.
  if (lock !== undefined) setOomScore(oomScore);
  if (name !== undefined) {
    // Started by a monitor, with the root's lock or none; or by a process of an older package, with the lock of that one container.
    if (lock !== undefined) closeSync(lock);
    lock = undefined;
    request(paths, name);
  }
  const watcher = new Watcher(session, signal);
  lock ??= tryTakeWatch(paths);
  while (lock !== undefined) {
    try {
      await watcher.run();
    } finally {
      closeSync(lock);
    }
    // A caller that made a request since the last look found the lock held, and started no watcher.
    lock = !signal.aborted && watcher.isWanted() ? tryTakeWatch(paths) : undefined;
  }
  throwIfAborted(signal);
}

/** The id of a container that runs. When it is unknown whether one does, it has not ended: no check is called off for that. */
type Running = number | 'ended' | 'unknown';

class Watcher {
  readonly #session: Session;
  readonly #signal: AbortSignal;
  /** Names of the containers that are watched. */
  readonly #watched = new Set<string>();
  /** Names whose requests can't be withdrawn: a check that fails would otherwise be begun again forever. */
  readonly #refused = new Set<string>();
  /** Whether the requests could not be read, which is then tried again. */
  #isUnread = false;
  /** Called when none is watched. */
  #over = (): void => undefined;

  constructor(session: Session, signal: AbortSignal) {
    this.#session = session;
    this.#signal = signal;
  }

  /** Resolves when no container is watched and none is requested. Runs under the lock of the root's watcher. */
  async run(): Promise<void> {
    const place = { folder: this.#session.paths.checked };
    using _requests = watchFolder(place, () => this.#look());
    this.#look();
    const stopListening = onAbort(this.#signal, () => this.#look());
    while (this.#watched.size > 0 || this.#isUnread) {
      await new Promise<void>((resolve) => {
        this.#over = resolve;
      });
    }
    stopListening();
  }

  /** Whether checks of a running container are requested. Withdraws nothing: by now, another watcher may have taken the request. */
  isWanted(): boolean {
    const names = this.#requested();
    if (names === undefined) return true;
    return names.some((name) => !this.#refused.has(name) && this.#idOf(name) !== 'ended');
  }

  #look(): void {
    if (this.#signal.aborted) {
      this.#isUnread = false;
      if (this.#watched.size === 0) this.#over();
      return;
    }
    const names = this.#requested();
    if (names === undefined && !this.#isUnread) setTimeout(() => this.#lookAgain(), firstPause);
    this.#isUnread = names === undefined;
    for (const name of names ?? []) {
      if (this.#watched.has(name) || this.#refused.has(name)) continue;
      if (this.#nextId(name) === 'ended') continue;
      this.#watched.add(name);
      void this.#watch(name);
    }
    if (this.#watched.size === 0 && !this.#isUnread) this.#over();
  }

  #lookAgain(): void {
    this.#isUnread = false;
    this.#look();
  }

  /** Undefined if it is unknown which there are. */
  #requested(): readonly string[] | undefined {
    try {
      return requested(this.#session.paths);
    } catch (error) {
      const detail = 'the requests to check the health of containers could not be read';
      this.#session.logger.error({ err: error }, detail);
      return undefined;
    }
  }

  /** Never rejects, and has no effect on the others. */
  async #watch(name: string): Promise<void> {
    let failures = 0;
    for (let id = this.#idOf(name); id !== 'ended' && !this.#isOver();) {
      if (id !== 'unknown' && (await this.#watchOnce(name, () => (failures = 0)))) {
        if (this.#isOver()) break;
        failures = 0;
        id = this.#nextId(name, id);
        continue;
      }
      // A fault that passes, such as no free descriptor, must not end the checks for good.
      failures += 1;
      await pauseFor(Math.min(firstPause * 2 ** (failures - 1), longestPause), this.#signal);
      id = this.#idOf(name);
    }
    // A container that may still run keeps its request, for the next watcher.
    if (!this.#isOver()) this.#nextId(name);
    this.#watched.delete(name);
    this.#look();
  }

  /** False when the checks could not be made or went wrong, while the container may still run. */
  async #watchOnce(name: string, onChecked: () => void): Promise<boolean> {
    try {
      await watchContainer(this.#session, name, { onChecked, signal: this.#signal });
      return true;
    } catch (error) {
      const detail = 'the checks of the health of the container failed, and begin anew';
      this.#session.logger.error({ err: error, domain: name }, detail);
      return false;
    }
  }

  /** Which container of this name runs, other than `before`; if none does, the request is withdrawn. */
  #nextId(name: string, before?: number): Running {
    const other = (): Running => {
      const id = this.#idOf(name);
      return id === before ? 'ended' : id;
    };
    // A container that was restarted while the previous one was watched has no other watcher.
    const next = other();
    if (next !== 'ended') return next;
    this.#withdraw(name);
    // It may have been started, and its checks requested, in between.
    return other();
  }

  #withdraw(name: string): void {
    try {
      withdraw(this.#session.paths, name);
    } catch (error) {
      this.#refused.add(name);
      const detail = 'the request to check the health of the container could not be withdrawn';
      this.#session.logger.error({ err: error, domain: name }, detail);
    }
  }

  #isOver(): boolean {
    return this.#signal.aborted;
  }

  #idOf(name: string): Running {
    const state = readStateOrSkip(this.#session, name);
    if (state === undefined) return 'unknown';
    return state.phase === 'running' ? state.running.id : 'ended';
  }
}
