/** clone: a new domain with the definition of another one, and a copy of its trees. */
import { randomUUID } from 'node:crypto';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import { checkMappedCopy } from '../../container/sources/private-root';
import { copyTree, holdPlace, makeFolder, removeIfEmpty } from '../../container/trees/trees';
import type { DomainDefinition } from '../../domain/definition';
import { TslxcError } from '../../errors';
import { hasErrno } from '../../host/state/file-error';
import type { Identity } from '../../host/state/definitions/definition-store';
import { lockedBoth } from '../definitions/rename';
import { transition } from '../lifecycle/lifecycle';
import { settle } from '../lifecycle/reaper';
import { checkSame, phaseOf } from '../lookup/lookup';
import { throwIfAborted } from '../session/abort';
import type { Session } from '../session/session';
import { settleAbandoned } from './abandoned';
import {
  cataloguesIn,
  readCatalogue,
  snapshotNamed,
  type Catalogue,
  type Change,
} from './catalogue';
import { holdLayers, perform, settleTrees } from './changes';
import { placesOf, renewed } from './clone-definition';
import { reach } from './failpoint';
import {
  checkTrees,
  definitionToKeep,
  liveTrees,
  refuseOtherUsers,
  stagedBeside,
  type LiveTree,
} from './live-trees';
import { definitionThen } from './revert';
import type { CloneOptions } from './types';
import { asWritten } from './written-ids';

const step = 'copy a tree for a clone';
const { EEXIST } = constants.errno;

/**
 * @throws TslxcError OPERATION_INVALID while it runs and is not paused, for a transient domain, and for a name that is taken;
 * XML_ERROR for a text that can't be a name; NO_DOMAIN_SNAPSHOT; INVALID_ARG for a path; and as `liveTrees` and `refuseOtherUsers`.
 */
export async function cloneDomain(
  session: Session,
  identity: Identity,
  what: { readonly name: string; readonly options: CloneOptions },
): Promise<Identity> {
  const { name } = identity;
  if (what.name === name) throw invalid("Can't clone a domain to itself", name);
  session.store.path(what.name);
  throwIfAborted(what.options.signal);
  await settleAbandoned(session, cataloguesIn(session.paths, 'clones'));
  return lockedBoth(session, [name, what.name], async () => {
    const { state } = await settle(session, name, 'carryOut');
    checkSame(session, identity, state);
    await settleTrees(session, identity);
    const stored = definitionToKeep(session, identity);
    const { snapshot } = what.options;
    const phase = phaseOf(session, state);
    // A snapshot no longer changes, so the domain may run.
    transition('clone', snapshot === undefined ? phase : 'off', name);
    const { state: other } = await settle(session, what.name, 'carryOut');
    if (other.phase !== 'off' || session.store.has(what.name)) {
      throw invalid(`domain with name '${what.name}' already exists`, name);
    }
    checkTrees(session, state, stored);
    const original = await originalOf(session, { identity, stored }, what.options);
    return makeClone(session, original, what);
  });
}

/** What is copied. */
interface Original {
  readonly identity: Identity;
  readonly definition: DomainDefinition;
  readonly trees: readonly LiveTree[];
  /** Whether these are the domain's current trees, not those of a snapshot. */
  readonly isLive: boolean;
}

interface Found {
  readonly identity: Identity;
  readonly stored: DomainDefinition;
}

async function originalOf(
  session: Session,
  { identity, stored }: Found,
  { snapshot, signal }: CloneOptions,
): Promise<Original> {
  using looks = session.lookers.looks({ within: session.startTimeout, signal });
  if (snapshot === undefined) {
    const trees = await liveTrees(stored, looks);
    await refuseOtherUsers(session, identity, trees);
    return { identity, definition: stored, trees, isLive: true };
  }
  const catalogue = readCatalogue(session.paths, identity);
  const definition = definitionThen(session, catalogue, snapshot);
  const kept = new Map(
    snapshotNamed(catalogue, snapshot).trees.map((tree) => [tree.target, tree.kept]),
  );
  const trees = (await liveTrees(definition, looks)).map((tree) => ({
    ...tree,
    source: kept.get(tree.target) ?? tree.source,
  }));
  return { identity, definition, trees, isLive: false };
}

/** A copy of a tree: where it is made, and its final place. */
interface CopiedTree {
  readonly tree: LiveTree;
  readonly place: string;
  readonly staged: string;
}

async function makeClone(
  session: Session,
  original: Original,
  { name, options }: { readonly name: string; readonly options: CloneOptions },
): Promise<Identity> {
  const mark = randomUUID();
  const copies = placesOf(original, name, options).map(({ tree, place }) => ({
    ...{ tree, place },
    staged: stagedBeside(place, mark),
  }));
  const definition = await renewed(session, original.definition, { name, copies });
  const { identity } = original;
  await checkPlaces(session, { identity, definition, copies, options });
  const { uuid } = definition;
  const change: Change = {
    ...{ stage: 'making', kind: 'clone', mark, discards: [] },
    staged: copies.map(({ staged }) => staged),
    held: copies.map(({ place }) => place),
    moves: copies.map(({ staged, place }) => ({ how: 'fill', from: staged, to: place })),
  };
  const catalogue: Catalogue = { name, uuid, snapshots: [] };
  const make = async (): Promise<void> => {
    using looks = session.lookers.looks({ within: session.startTimeout, signal: options.signal });
    using _held = original.isLive
      ? await holdLayers(session, original.definition, looks)
      : undefined;
    for (const copy of copies) await copyOne(copy, options);
    throwIfAborted(options.signal);
  };
  const commit = async (): Promise<Catalogue> => {
    await session.store.exclusive(async () => {
      await session.store.write(definition);
      await session.announce({ event: 'defined', detail: 'added', domain: name, uuid });
    });
    return { ...catalogue, change: { ...change, stage: 'committed' } };
  };
  await perform(session, { catalogue, change, make, commit });
  return { name, uuid };
}

/** The copy of a root lies at its place, and is made beside it; that of a layer is in a new folder that is closed. */
async function checkPlaces(
  session: Session,
  { identity, definition, copies, options: { signal } }: Cloning,
): Promise<void> {
  using looks = session.lookers.looks({ within: session.startTimeout, signal });
  const written = asWritten(session, identity, definition);
  for (const { tree, place } of copies) {
    const { source: from, kind, target } = tree;
    if (kind === 'layer') continue;
    await checkMappedCopy(written, { from, folder: dirname(place), kind, target }, looks);
  }
}

interface Cloning {
  /** Of the original. */
  readonly identity: Identity;
  /** That of the clone. */
  readonly definition: DomainDefinition;
  readonly copies: readonly CopiedTree[];
  readonly options: CloneOptions;
}

async function copyOne({ tree, place, staged }: CopiedTree, options: CloneOptions): Promise<void> {
  hold(place);
  reach('trees:after-place');
  if (tree.kind === 'layer') makeFolder(staged);
  const to = tree.kind === 'layer' ? join(staged, 'upper') : staged;
  await copyTree({ from: tree.source, to, step }, options);
  reach('trees:after-copy');
}

/** Reserves the place. It may be an empty directory. @throws TslxcError OPERATION_INVALID for anything else that is there. */
function hold(place: string): void {
  try {
    removeIfEmpty(place);
    holdPlace(place);
  } catch (error) {
    if (!hasErrno(error, EEXIST)) throw error;
    const detail = `'${place}' exists already, and is not an empty directory`;
    throw new TslxcError('OPERATION_INVALID', detail, { path: place });
  }
}

function invalid(detail: string, domain: string): TslxcError {
  return new TslxcError('OPERATION_INVALID', detail, { domain });
}
