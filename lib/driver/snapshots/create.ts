/** snapshot-create: keeps the trees of a domain as they are, and its definition. */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { checkMappedCopy } from '../../container/sources/private-root';
import { copyTree, isEntryThere, makeFolder } from '../../container/trees/trees';
import type { DomainDefinition } from '../../domain/definition';
import { formatDomain } from '../../domain/format';
import { checkSnapshotName } from '../../domain/snapshot';
import { TslxcError } from '../../errors';
import type { Identity } from '../../host/state/definitions/definition-store';
import { transition } from '../lifecycle/lifecycle';
import { settle } from '../lifecycle/reaper';
import { checkSame, phaseOf } from '../lookup/lookup';
import { throwIfAborted } from '../session/abort';
import type { Session } from '../session/session';
import { settleAbandoned } from './abandoned';
import {
  cataloguesIn,
  readCatalogue,
  type Catalogue,
  type Change,
  type KeptTree,
  type Move,
  type SnapshotRecord,
} from './catalogue';
import { holdLayers, perform, settleTrees } from './changes';
import { reach } from './failpoint';
import { infoOf } from './inspect';
import {
  checkTrees,
  definitionToKeep,
  liveTrees,
  refuseOtherUsers,
  type LiveTree,
} from './live-trees';
import type { SnapshotInfo, SnapshotOptions } from './types';
import { asWritten } from './written-ids';

const step = 'copy a tree for a snapshot';

/**
 * @throws TslxcError OPERATION_INVALID while it runs and is not paused, for a transient domain, and for a name that is taken;
 * XML_DETAIL for a text that can't be a name; and as `liveTrees` and `refuseOtherUsers`.
 */
export async function createSnapshot(
  session: Session,
  identity: Identity,
  options: SnapshotOptions,
): Promise<SnapshotInfo> {
  const { name } = identity;
  throwIfAborted(options.signal);
  if (options.name !== undefined) checkSnapshotName(options.name);
  await settleAbandoned(session, cataloguesIn(session.paths, 'clones'));
  return session.locked(name, async () => {
    const { state } = await settle(session, name, 'carryOut');
    checkSame(session, identity, state);
    await settleTrees(session, identity);
    // Before the phase: a transient domain that is shut off for the sake of a snapshot would be gone.
    const stored = definitionToKeep(session, identity);
    const phase = phaseOf(session, state);
    transition('snapshot', phase, name);
    checkTrees(session, state, stored);
    const catalogue = readCatalogue(session.paths, identity);
    const record = {
      ...newRecord(catalogue, options),
      state: phase === 'paused' ? ('disk-snapshot' as const) : ('shutoff' as const),
      xml: formatDomain(stored),
    };
    return infoOf(
      await keep(session, { catalogue, definition: stored, record, options }),
      record.name,
    );
  });
}

interface Keeping {
  readonly catalogue: Catalogue;
  readonly definition: DomainDefinition;
  readonly record: Omit<SnapshotRecord, 'trees'>;
  readonly options: SnapshotOptions;
}

async function keep(session: Session, keeping: Keeping): Promise<Catalogue> {
  const { catalogue, definition, record, options } = keeping;
  using looks = session.lookers.looks({ within: session.startTimeout, signal: options.signal });
  const trees = await liveTrees(definition, looks);
  await refuseOtherUsers(session, catalogue, trees);
  const kept = trees.map((tree) => keptTree(tree, record.name));
  const mark = randomUUID();
  const staged = trees.map((tree) => join(tree.kept, `.${mark}`));
  const change: Change = {
    ...{ stage: 'making', kind: 'snapshot', mark, held: [], moves: [], discards: [] },
    staged,
  };
  const moves = kept.map(({ kept: to }, index): Move => ({
    how: 'fill',
    from: staged[index] ?? '',
    to,
  }));
  const committed: Catalogue = {
    ...catalogue,
    current: record.name,
    snapshots: [...catalogue.snapshots, { ...record, trees: kept }],
    change: { ...change, stage: 'committed', moves },
  };
  const make = async (): Promise<void> => {
    using _held = await holdLayers(session, definition, looks);
    const written = asWritten(session, catalogue, definition);
    for (const { source: from, kept: folder, kind, target } of trees) {
      makeFolder(folder);
      reach('trees:after-place');
      // One that was there before may be open to others.
      await checkMappedCopy(written, { from, folder, kind, target }, looks);
    }
    for (const [index, tree] of trees.entries()) {
      await copyTree({ from: tree.source, to: staged[index] ?? '', step }, options);
      reach('trees:after-copy');
    }
    throwIfAborted(options.signal);
  };
  await perform(session, { catalogue, change, make, commit: () => committed });
  return committed;
}

/** @throws TslxcError OPERATION_INVALID when something exists at the path of the copy. */
function keptTree({ target, kind, source, kept }: LiveTree, name: string): KeptTree {
  const place = join(kept, name);
  if (!isEntryThere(place)) return { target, kind, path: source, kept: place };
  throw new TslxcError('OPERATION_INVALID', `'${place}' exists already`, { path: place });
}

type NewRecord = Pick<SnapshotRecord, 'name' | 'description' | 'parent' | 'created'>;

/** As in libvirt, a snapshot without a name is named after the time of its creation, in seconds since the epoch. */
function newRecord(
  { snapshots, current }: Catalogue,
  { name, description }: SnapshotOptions,
): NewRecord {
  const created = Date.now();
  const chosen = name ?? String(Math.floor(created / 1000));
  if (snapshots.some((snapshot) => snapshot.name === chosen)) {
    const detail = `domain snapshot '${chosen}' already exists`;
    throw new TslxcError('OPERATION_INVALID', detail);
  }
  return {
    name: chosen,
    ...(description === undefined ? {} : { description }),
    ...(current === undefined ? {} : { parent: current }),
    created,
  };
}
