/**
 * Domains that are started with the host: once per boot, by the first process that runs `autostartAll`. A domain that has run since the
 * host booted is left as it is, and so is every domain once `autostartAll` has completed, except for those that could not be started:
 * each run tries them again, so that none of them is passed over in silence.
 */
import { join } from 'node:path';
import type { ExitRecord } from '../../container/record/exit-record';
import { TslxcError } from '../../errors';
import type { Identity } from '../../host/state/definitions/definition-store';
import { readRecord, writeRecord } from '../../host/state/record-file';
import { withLock } from '../../host/state/named-lock';
import { transition } from './lifecycle';
import { checkSame } from '../lookup/lookup';
import { restoreLostLabels } from './finish';
import { reapInBackground, settle } from './reaper';
import type { Session } from '../session/session';
import { startAutostartPools } from '../storage/autostart';
import { launch } from './start';
import type { Autostarted } from '../types';

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
      const detail = 'cannot set autostart for transient domain';
      throw new TslxcError('OPERATION_INVALID', detail, { domain: name });
    }
    await session.store.exclusive(() => session.store.setAutostart(name, autostart));
  });
}

/**
 * The outcomes, by name; failures are among them. If an earlier call of this boot has completed, all are `skipped` but those whose last
 * start has failed.
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
    const due = isDone(session, boot) ? 'failed' : 'all';
    // A container that shares the namespaces of another needs that one to run.
    const [alone, sharing] = [
      marked.filter(({ domain }) => !isSharing(session, domain)),
      marked.filter(({ domain }) => isSharing(session, domain)),
    ];
    const results = [
      ...(await startEach(session, alone, due)),
      ...(await startEach(session, sharing, due)),
    ];
    writeRecord(markerOf(session), { boot, time: Date.now() });
    return results.sort((a, b) => (a.domain < b.domain ? -1 : 1));
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

function isSharing({ store }: Session, name: string): boolean {
  try {
    const shared = store.read(name)?.sharedNamespaces ?? [];
    return shared.some(({ source }) => source === 'name');
  } catch {
    // It can't be read: its own start fails with the reason, and the others are started.
    return false;
  }
}

/** Which are started: those that have not run since the boot, or of them those whose start has failed. */
type Due = 'all' | 'failed';

async function startEach(
  session: Session,
  marked: readonly Marked[],
  due: Due,
): Promise<Autostarted[]> {
  const left = [...marked];
  const results: Autostarted[] = [];
  const work = async (): Promise<void> => {
    for (let one = left.shift(); one !== undefined; one = left.shift()) {
      results.push({ ...one, ...(await startIfDue(session, one, due)) });
    }
  };
  await Promise.all(Array.from({ length: width }, work));
  return results;
}

async function startIfDue(
  session: Session,
  { domain: name, uuid }: Marked,
  due: Due,
): Promise<Pick<Autostarted, 'outcome' | 'error'>> {
  try {
    return await session.locked(name, async () => {
      const { state } = await settle(session, name, 'stay');
      if (state.phase !== 'off') return { outcome: 'skipped' };
      const since = sinceBoot(session, state.last);
      if (since === 'has run' || (due === 'failed' && since !== 'has failed')) {
        return { outcome: 'skipped' };
      }
      const definition = session.store.read(name);
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

/** A run that ended with an earlier boot of the host does not count, even if its end was recorded in this boot. */
function sinceBoot(
  { containers }: Session,
  last: Pick<ExitRecord, 'boot' | 'ranIn' | 'how'> | undefined,
): 'has run' | 'has failed' | 'nothing' {
  if (last?.boot !== containers.bootId() || last.ranIn !== undefined) return 'nothing';
  return last.how === 'unstarted' ? 'has failed' : 'has run';
}

function markerOf({ paths }: Session): string {
  return join(paths.run, 'autostarted');
}

function isDone(session: Session, boot: string): boolean {
  const record = readRecord(markerOf(session)) as { readonly boot?: unknown } | undefined;
  return record?.boot === boot;
}
