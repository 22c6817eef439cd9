/** snapshot-revert: gives a domain that is off the trees of a snapshot, and the definition that it had then. */
import { randomUUID } from 'node:crypto';
import { dirname, join } from 'node:path';
import { checkMappedCopy } from '../../container/sources/private-root';
import { copyTree, isMountPoint, markTree } from '../../container/trees/trees';
import type { DomainDefinition } from '../../domain/definition';
import { formatDomain } from '../../domain/format';
import { TslxcError } from '../../errors';
import type { Identity } from '../../host/state/definitions/definition-store';
import { transition } from '../lifecycle/lifecycle';
import { settle } from '../lifecycle/reaper';
import { checkSame, phaseOf } from '../lookup/lookup';
import { throwIfAborted } from '../session/abort';
import type { Session } from '../session/session';
import {
  readCatalogue,
  snapshotNamed,
  type Catalogue,
  type Change,
  type KeptTree,
  type Move,
} from './catalogue';
import { holdLayers, perform, settleTrees } from './changes';
import { reach } from './failpoint';
import { refuseOtherUsers } from './live-trees';
import type { TreeCopyOptions } from './types';
import { asWritten } from './written-ids';

const step = 'copy a tree of a snapshot';

/**
 * What the domain has now is lost, unless another snapshot has it.
 *
 * @throws TslxcError OPERATION_INVALID when it is active, NO_DOMAIN_SNAPSHOT, NO_DOMAIN; and as `refuseOtherUsers`.
 */
export async function revertToSnapshot(
  session: Session,
  identity: Identity,
  what: { readonly snapshot: string; readonly options: TreeCopyOptions },
): Promise<void> {
  const { name } = identity;
  throwIfAborted(what.options.signal);
  await session.locked(name, async () => {
    const { state } = await settle(session, name, 'carryOut');
    checkSame(session, identity, state);
    transition('revert', phaseOf(session, state), name);
    await settleTrees(session, identity);
    const catalogue = readCatalogue(session.paths, identity);
    const definition = definitionThen(session, catalogue, what.snapshot);
    await putBack(session, { catalogue, definition, ...what });
  });
}

interface PuttingBack {
  readonly catalogue: Catalogue;
  /** That of the snapshot. */
  readonly definition: DomainDefinition;
  readonly snapshot: string;
  readonly options: TreeCopyOptions;
}

async function putBack(session: Session, back: PuttingBack): Promise<void> {
  const { catalogue, definition, snapshot, options } = back;
  const { trees } = snapshotNamed(catalogue, snapshot);
  await refuseOtherUsers(
    session,
    catalogue,
    trees.map(({ path }) => ({ path, folder: path })),
  );
  await checkPlaces(session, back, trees);
  const mark = randomUUID();
  const moves = trees.map(({ path, kept }): Move => {
    refuseMountPoint(path);
    return { how: 'exchange', from: join(dirname(kept), `.${mark}`), to: path };
  });
  const change: Change = {
    ...{ stage: 'making', kind: 'revert', mark, held: [], moves: [] },
    staged: moves.map(({ from }) => from),
    // The work directory of an overlay refers to the files that are replaced; the next start makes it anew.
    discards: trees.flatMap(({ kind, path }) =>
      kind === 'layer' ? [join(dirname(path), 'work')] : [],
    ),
  };
  const make = async (): Promise<void> => {
    using looks = session.lookers.looks({ within: session.startTimeout, signal: options.signal });
    using _held = await holdLayers(session, definition, looks);
    for (const [index, { kept }] of trees.entries()) {
      const to = moves[index]?.from ?? '';
      await copyTree({ from: kept, to, step }, options);
      markTree(to, mark);
      reach('trees:after-copy');
    }
    throwIfAborted(options.signal);
  };
  const xml = formatDomain(definition);
  const commit = (): Catalogue => ({
    ...catalogue,
    current: snapshot,
    change: { ...change, stage: 'committed', moves, xml },
  });
  await perform(session, { catalogue, change, make, commit });
}

/** The copy is made beside the snapshot, and then takes the place of what the domain has. */
async function checkPlaces(
  session: Session,
  { catalogue, definition, options: { signal } }: PuttingBack,
  trees: readonly KeptTree[],
): Promise<void> {
  using looks = session.lookers.looks({ within: session.startTimeout, signal });
  const written = asWritten(session, catalogue, definition);
  for (const { target, kind, path, kept: from } of trees) {
    for (const folder of [dirname(path), dirname(from)]) {
      await checkMappedCopy(written, { from, folder, kind, target }, looks);
    }
  }
}

/** The definition of the snapshot, with the domain's current name. @throws TslxcError NO_DOMAIN_SNAPSHOT; DefinitionError. */
export function definitionThen(
  session: Session,
  catalogue: Catalogue,
  snapshot: string,
): DomainDefinition {
  const { definition } = session.parse(snapshotNamed(catalogue, snapshot).xml);
  return { ...definition, name: catalogue.name };
}

function refuseMountPoint(path: string): void {
  if (!isMountPoint(path)) return;
  const detail = `'${path}' has become a mount point and can't be replaced`;
  throw new TslxcError('OPERATION_INVALID', detail, { path });
}
