/** Reads the recorded snapshots of a domain. */
import { formatSnapshot } from '../../domain/snapshot';
import { TslxcError } from '../../errors';
import type { Identity } from '../../host/state/definitions/definition-store';
import { currentState } from '../lookup/lookup';
import type { Session } from '../session/session';
import { settleAbandoned } from './abandoned';
import {
  cataloguesIn,
  hasCatalogue,
  readCatalogue,
  snapshotNamed,
  writeCatalogue,
  type Catalogue,
} from './catalogue';
import { settleTrees } from './changes';
import type { SnapshotInfo } from './types';

/** In the order in which they were made. Changes left by a caller that was killed are ended on the way. @throws TslxcError NO_DOMAIN. */
export async function listSnapshots(session: Session, identity: Identity): Promise<SnapshotInfo[]> {
  const { access, paths } = session;
  if (access === 'read-write') {
    const own = readCatalogue(paths, identity);
    await settleAbandoned(session, [own, ...cataloguesIn(paths, 'clones')]);
  }
  const catalogue = await catalogueOf(session, identity);
  return catalogue.snapshots.map(({ name }) => infoOf(catalogue, name));
}

/** Undefined when there is none. */
export async function currentSnapshot(
  session: Session,
  identity: Identity,
): Promise<SnapshotInfo | undefined> {
  const catalogue = await catalogueOf(session, identity);
  return catalogue.current === undefined ? undefined : infoOf(catalogue, catalogue.current);
}

/** @throws TslxcError NO_DOMAIN_SNAPSHOT. */
export async function snapshotXml(
  session: Session,
  identity: Identity,
  name: string,
): Promise<string> {
  return formatSnapshot(snapshotNamed(await catalogueOf(session, identity), name));
}

/** Makes another snapshot the current one, which is the parent of the next. @throws TslxcError NO_DOMAIN_SNAPSHOT. */
export async function setCurrentSnapshot(
  session: Session,
  identity: Identity,
  name: string,
): Promise<void> {
  await session.locked(identity.name, async () => {
    await settleTrees(session, identity);
    const catalogue = await catalogueOf(session, identity);
    snapshotNamed(catalogue, name);
    await writeCatalogue(session.paths, { ...catalogue, current: name });
  });
}

export function infoOf(catalogue: Catalogue, name: string): SnapshotInfo {
  const { description, state, parent, created, trees } = snapshotNamed(catalogue, name);
  return {
    name,
    ...(description === undefined ? {} : { description }),
    state,
    ...(parent === undefined ? {} : { parent }),
    created,
    isCurrent: catalogue.current === name,
    paths: trees.map(({ kept }) => kept),
  };
}

/**
 * @throws TslxcError OPERATION_INVALID when it has any: their record would be removed with its definition, and nothing would lead
 * to their files any more.
 */
export function refuseWithSnapshots(session: Session, identity: Identity): void {
  if (!hasCatalogue(session.paths, identity)) return;
  const { length } = readCatalogue(session.paths, identity).snapshots;
  if (length === 0) return;
  const detail = `cannot delete domain with ${length} snapshots`;
  throw new TslxcError('OPERATION_INVALID', detail, { domain: identity.name });
}

async function catalogueOf(session: Session, identity: Identity): Promise<Catalogue> {
  await currentState(session, identity);
  return readCatalogue(session.paths, identity);
}

/** Removes the record of its snapshots: their files stay. */
export async function forgetSnapshots({ paths }: Session, identity: Identity): Promise<void> {
  await writeCatalogue(paths, { ...identity, snapshots: [] });
}
