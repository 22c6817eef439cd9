/** snapshot-delete: a snapshot, those that descend from it, or both. */
import { randomUUID } from 'node:crypto';
import { dirname } from 'node:path';
import { removeIfEmpty } from '../../container/trees/trees';
import type { Identity } from '../../host/state/definitions/definition-store';
import { currentState } from '../lookup/lookup';
import type { Session } from '../session/session';
import { readCatalogue, snapshotNamed, type Catalogue, type SnapshotRecord } from './catalogue';
import { perform, settleTrees } from './changes';
import type { SnapshotRemoval } from './types';

/** Children that stay become those of its parent. @throws TslxcError NO_DOMAIN_SNAPSHOT, NO_DOMAIN; SyscallError. */
export async function removeSnapshot(
  session: Session,
  identity: Identity,
  what: { readonly snapshot: string; readonly removal: SnapshotRemoval },
): Promise<void> {
  await currentState(session, identity);
  await session.locked(identity.name, async () => {
    await settleTrees(session, identity);
    const catalogue = readCatalogue(session.paths, identity);
    const { children = 'keep', files = 'remove' } = what.removal;
    const gone = namesToGo(catalogue, what.snapshot, children);
    if (gone.size === 0) return;
    const removed = catalogue.snapshots.filter(({ name }) => gone.has(name));
    const kept = removed.flatMap(({ trees }) => trees.map((tree) => tree.kept));
    const change = {
      ...{ kind: 'removal' as const, mark: randomUUID() },
      ...{ staged: [], held: [], moves: [] },
      discards: files === 'remove' ? kept : [],
    };
    await perform(session, {
      catalogue,
      change: { ...change, stage: 'making' },
      make: () => Promise.resolve(),
      commit: () => ({ ...without(catalogue, gone), change: { ...change, stage: 'committed' } }),
    });
    if (files === 'remove') for (const path of new Set(kept.map(dirname))) removeIfEmpty(path);
  });
}

/** The names of the snapshots that descend from it. */
export function descendantsOf(snapshots: readonly SnapshotParent[], name: string): Set<string> {
  const found = new Set([name]);
  // A snapshot comes after its parent.
  for (const snapshot of snapshots) {
    if (snapshot.parent !== undefined && found.has(snapshot.parent)) found.add(snapshot.name);
  }
  found.delete(name);
  return found;
}

type SnapshotParent = Pick<SnapshotRecord, 'name' | 'parent'>;

function namesToGo(
  catalogue: Catalogue,
  name: string,
  children: NonNullable<SnapshotRemoval['children']>,
): Set<string> {
  snapshotNamed(catalogue, name);
  const below = children === 'keep' ? new Set<string>() : descendantsOf(catalogue.snapshots, name);
  if (children !== 'only') below.add(name);
  return below;
}

/** The catalogue without `gone`: the nearest remaining ancestor replaces a removed parent, or a removed current snapshot. */
function without(catalogue: Catalogue, gone: ReadonlySet<string>): Catalogue {
  const parents = new Map(catalogue.snapshots.map(({ name, parent }) => [name, parent]));
  const nearest = (name: string | undefined): string | undefined => {
    let at = name;
    while (at !== undefined && gone.has(at)) at = parents.get(at);
    return at;
  };
  const { current: former, change: _none, ...rest } = catalogue;
  const current = nearest(former);
  return {
    ...rest,
    ...(current === undefined ? {} : { current }),
    snapshots: catalogue.snapshots
      .filter(({ name }) => !gone.has(name))
      .map(({ parent: formerParent, ...snapshot }) => {
        const parent = nearest(formerParent);
        return { ...snapshot, ...(parent === undefined ? {} : { parent }) };
      }),
  };
}
