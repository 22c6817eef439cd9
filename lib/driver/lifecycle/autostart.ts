/**
 * Domains that are started with the host: once per boot, by the first process that runs `autostartAll`. A domain that has been
 * started since the host booted is left as it is, and so is, once `autostartAll` has completed, every domain but those that it could not
 * start: what was in their way, such as a disk that was not mounted yet, may be gone. One whose definition can't be read is told of each
 * time, since it can't be started at the next boot either.
 */
import { join } from 'node:path';
import { TslxcError } from '../../errors';
import type { Identity } from '../../host/state/definitions/definition-store';
import { fieldsOf, readRecord, writeRecord } from '../../host/state/record-file';
import { withLock } from '../../host/state/named-lock';
import { transition } from './lifecycle';
import { checkSame } from '../lookup/lookup';
import { readStateOrSkip } from '../lookup/readable-state';
import { restoreLostLabels } from './finish';
import { reapInBackground, settle } from './reaper';
import type { ExitRecord } from '../../container/record/exit-record';
import type { RunState } from '../../container/record/run-state';
import type { Session } from '../session/session';
import { startAutostartPools } from '../storage/autostart';
import { launch } from './start';

/** What `Connection.autostartAll` did to one domain. */
export interface Autostarted {
  /** Its name. */
  readonly domain: string;
  /** In lower case with dashes. */
  readonly uuid: string;
  /** `started`: by this call; `skipped`: it already runs, has run since the host booted, or was marked after an earlier call. */
  readonly outcome: 'started' | 'skipped' | 'failed';
  /** Why it could not be started; only with `failed`. */
  readonly error?: Error;
  /**
   * Why it is left as it is, if that is known; only with `skipped`. `running`: it runs; `has-run`: it has been started since the host
   * booted, and was stopped; `marked-later`: it was marked after the first call of this boot, and is started at the next one.
   */
  readonly reason?: 'running' | 'has-run' | 'marked-later';
}

/** How many are started at once: more would only compete for the CPUs. */
const width = 4;

/** @throws TslxcError OPERATION_INVALID for a transient domain; NO_DOMAIN. */
export async function setAutostart(
  session: Session,
  identity: Identity,
  autostart: 'on' | 'off',
): Promise<void> {
  const { name } = identity;
  await session.locked(name, async () => {
    const { state } = await settle(session, name, 'carryOut');
    checkSame(session, identity, state);
    if (!session.store.has(name)) {
      const detail = 'Cannot set autostart for transient domain';
      throw new TslxcError('OPERATION_INVALID', detail, { domain: name });
    }
    await session.store.exclusive(() => session.store.setAutostart(name, autostart));
  });
}

/**
 * The outcomes, by name; failures are among them. If an earlier call of this boot has completed, only what failed in it is tried again,
 * and all others are `skipped`.
 */
export async function autostartAll(session: Session): Promise<Autostarted[]> {
  const { paths, containers } = session;
  const lock = {
    name: 'autostart',
    step: 'start the domains that are started with the host',
  };
  return withLock(paths, lock, async () => {
    await restoreLostLabels(session);
    // Domains may use what is in them.
    await startAutostartPools(session);
    const boot = containers.bootId();
    const marked = await markedDomains(session);
    const isDue = whatIsDue(session, boot);
    const due = marked.filter(({ domain, uuid }) => isDue(uuid) || !isReadable(session, domain));
    const skipped = marked.filter((one) => !due.includes(one));
    // A container that shares the namespaces of another needs that one to run.
    const [alone, sharing] = [
      due.filter(({ domain }) => !isSharing(session, domain)),
      due.filter(({ domain }) => isSharing(session, domain)),
    ];
    const results = [...(await startEach(session, alone)), ...(await startEach(session, sharing))];
    const failed = results.filter(({ outcome }) => outcome === 'failed').map(({ uuid }) => uuid);
    writeRecord(markerOf(session), { boot, time: Date.now(), failed });
    const all = [
      ...results,
      ...skipped.map((one) => ({ ...one, ...leftAsIs(session, one.domain) })),
    ];
    return all.sort((a, b) => (a.domain < b.domain ? -1 : 1));
  });
}

type Marked = Pick<Autostarted, 'domain' | 'uuid'>;

async function markedDomains({ store }: Session): Promise<Marked[]> {
  const wanted = new Set(store.autostartedNames());
  const identities = await store.identities();
  return identities
    .filter(({ name }) => wanted.has(name))
    .map(({ name, uuid }) => ({ domain: name, uuid }));
}

function isReadable({ store }: Session, name: string): boolean {
  try {
    store.read(name);
    return true;
  } catch {
    // Its own start fails with the reason.
    return false;
  }
}

type Skipped = Pick<Autostarted, 'outcome' | 'reason'>;

/** Why a domain that is not tried is left as it is; no reason if its records can't be read, which every look at it says. */
function leftAsIs(session: Session, name: string): Skipped {
  const state = readStateOrSkip(session, name);
  return {
    outcome: 'skipped',
    ...(state === undefined ? {} : { reason: reasonOf(session, state) }),
  };
}

function reasonOf(session: Session, state: RunState): NonNullable<Autostarted['reason']> {
  if (state.phase === 'running' || state.phase === 'starting') return 'running';
  const hasRun = state.phase === 'ended' || hasRunSinceBoot(session, state.last);
  return hasRun ? 'has-run' : 'marked-later';
}

function isSharing({ store }: Session, name: string): boolean {
  try {
    const shared = store.read(name)?.sharedNamespaces ?? [];
    return shared.some(({ source }) => source === 'name');
  } catch {
    // It can't be read: its own start fails with the reason, and the others are started.
    return false;
  }
}

async function startEach(session: Session, marked: readonly Marked[]): Promise<Autostarted[]> {
  const left = [...marked];
  const results: Autostarted[] = [];
  const work = async (): Promise<void> => {
    for (let one = left.shift(); one !== undefined; one = left.shift()) {
      results.push({ ...one, ...(await startIfDue(session, one)) });
    }
  };
  await Promise.all(Array.from({ length: width }, work));
  return results;
}

async function startIfDue(
  session: Session,
  { domain: name, uuid }: Marked,
): Promise<Pick<Autostarted, 'outcome' | 'error' | 'reason'>> {
  try {
    return await session.locked(name, async () => {
      const { state } = await settle(session, name, 'stay');
      if (state.phase !== 'off') return { outcome: 'skipped', reason: 'running' };
      const definition = session.store.read(name);
      if (hasRunSinceBoot(session, state.last)) return { outcome: 'skipped', reason: 'has-run' };
      if (definition?.uuid !== uuid) return { outcome: 'skipped' };
      transition('start', state.phase, name);
      const onExited = (): void => reapInBackground(session, name);
      const options = { ownership: 'leave' } as const;
      const file = session.store.path(name);
      const persistence = 'persistent';
      await launch(session, { definition, file, persistence, options, onExited });
      session.logger.info({ domain: name }, 'started with the host');
      return { outcome: 'started' };
    });
  } catch (error) {
    session.logger.error({ err: error, domain: name }, 'could not be started with the host');
    const isError = error instanceof Error || TslxcError.is(error);
    return { outcome: 'failed', error: isError ? error : new Error(String(error)) };
  }
}

/**
 * A run that ended with an earlier boot of the host does not count, even if its end was recorded in this boot, nor does a start that
 * failed.
 */
function hasRunSinceBoot({ containers }: Session, last: ExitRecord | undefined): boolean {
  if (last === undefined || last.how === 'unstarted') return false;
  return last.boot === containers.bootId() && last.ranIn === undefined;
}

function markerOf({ paths }: Session): string {
  return join(paths.run, 'autostarted');
}

/** Which domains a call tries to start, by uuid: all in the first one of a boot, then those that the last call could not start. */
function whatIsDue(session: Session, boot: string): (uuid: string) => boolean {
  const record = fieldsOf(readRecord(markerOf(session)));
  if (record['boot'] !== boot) return () => true;
  const { failed } = record;
  // Older versions do not say what has failed.
  return (uuid) => Array.isArray(failed) && failed.includes(uuid);
}
