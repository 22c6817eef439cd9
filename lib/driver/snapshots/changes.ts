/**
 * Atomic changes of a domain's trees: whenever this process is killed, a change either happens or does not. It is put on record
 * before it is begun, new trees are made aside, and the replacement of one file is the commit. All of it runs under the domain's
 * lock. The next process that takes the lock undoes a change that was not committed, and completes one that was.
 */
import { dirname } from 'node:path';
import { userOf } from '../../container/start/preparation';
import { holdOverlayUpper, overlayUppersOf } from '../../container/sources/overlay-upper';
import type { Looks } from '../../container/looks/looks';
import {
  fillPlace,
  flushMoves,
  removeIfEmpty,
  takePlace,
  unmarkTree,
} from '../../container/trees/trees';
import type { DomainDefinition } from '../../domain/definition';
import type { Identity } from '../../host/state/definitions/definition-store';
import { fileError } from '../../host/state/file-error';
import { refuseMounts, removeTree } from '../../host/trees/tree-removal';
import type { Session } from '../session/session';
import {
  endChange,
  hasCatalogue,
  readCatalogue,
  writeCatalogue,
  type Catalogue,
  type Change,
  type Move,
} from './catalogue';
import { reach } from './failpoint';

const undoing = 'remove what was being made';

/** The step named by errors that name none of their own. */
const steps: Readonly<Record<Change['kind'], string>> = {
  snapshot: 'make a snapshot',
  revert: 'put a snapshot back',
  removal: 'remove a snapshot',
  clone: 'make a clone',
};

/** What a change does between its record and its commit. */
export interface Making {
  /** As it is now, without the change. */
  readonly catalogue: Catalogue;
  readonly change: Change;
  /** Makes the staged trees. */
  readonly make: () => Promise<void>;
  /** Returns the catalogue after the commit, whose change says what is still to be done. */
  readonly commit: () => Promise<Catalogue> | Catalogue;
}

/**
 * Carries a change out.
 *
 * @throws what `make` throws, after all that it made has been removed.
 */
export async function perform(session: Session, making: Making): Promise<void> {
  const { catalogue, change } = making;
  const { paths } = session;
  const begun = { ...catalogue, change };
  checkRemovable(change);
  await writeCatalogue(paths, begun);
  let committed: Catalogue;
  try {
    reach('trees:after-record');
    await making.make();
    reach('trees:before-commit');
    committed = await making.commit();
    await writeCatalogue(paths, committed);
  } catch (error) {
    // What can't be undone now stays on record, and the next call tries again.
    await end(session, begun).catch((cause: unknown) => {
      session.logger.error({ err: cause, domain: catalogue.name }, `could not ${undoing}`);
    });
    throw fileError(error, steps[change.kind]);
  }
  reach('trees:after-commit');
  await carryOut(session, committed);
}

/**
 * Keeps other containers off the writable layers of a domain until it is disposed of, or this process ends: a start of one waits.
 *
 * @throws TslxcError RESOURCE_BUSY when another container has one; and as `holdOverlayUpper`.
 */
export async function holdLayers(
  session: Session,
  definition: DomainDefinition,
  looks: Looks,
): Promise<Disposable> {
  const { containers, paths } = session;
  const taking = { user: userOf(paths, definition), boot: containers.bootId() };
  const held: Disposable[] = [];
  const release = (): void => {
    for (const layer of held.splice(0)) layer[Symbol.dispose]();
  };
  try {
    for (const layer of overlayUppersOf(definition)) {
      held.push(await holdOverlayUpper(layer, taking, looks));
    }
    reach('trees:after-claim');
    return { [Symbol.dispose]: release };
  } catch (error) {
    release();
    throw error;
  }
}

/**
 * Ends a change that was left by a process that was killed. To be called under the domain's lock, before anything is done that
 * depends on its trees or its definition.
 *
 * @throws SyscallError if that can't be done now; the next call tries again.
 */
export async function settleTrees(session: Session, identity: Identity): Promise<void> {
  if (!hasCatalogue(session.paths, identity)) return;
  const catalogue = readCatalogue(session.paths, identity);
  const { change } = catalogue;
  if (change === undefined) return;
  const detail = 'a change of its trees was left half done, and is ended';
  session.logger.warn({ domain: identity.name, change: change.kind, stage: change.stage }, detail);
  await end(session, { ...catalogue, change });
}

/** Nothing may be mounted in what goes at the end: nobody could put that right after the commit. */
function checkRemovable({ kind, moves, discards }: Change): void {
  const replaced = moves.filter(isExchange).map(({ to }) => to);
  for (const path of [...discards, ...replaced]) refuseMounts({ path, step: steps[kind] });
}

type Changing = Catalogue & { readonly change: Change };

async function end(session: Session, catalogue: Changing): Promise<void> {
  if (isCommitted(session, catalogue)) return carryOut(session, catalogue);
  try {
    await undo(session, catalogue);
  } catch (error) {
    throw fileError(error, undoing);
  }
}

/** The definition of a clone is stored before its trees are put in place. */
function isCommitted({ store }: Session, { name, uuid, change }: Changing): boolean {
  if (change.kind !== 'clone') return change.stage === 'committed';
  return store.has(name) && store.identity(name)?.uuid === uuid;
}

async function carryOut(session: Session, catalogue: Catalogue): Promise<void> {
  const { change } = catalogue;
  if (change === undefined) return;
  try {
    await carryOutChange(session, { ...catalogue, change });
  } catch (error) {
    throw fileError(error, steps[change.kind]);
  }
}

/** Every step is idempotent: a process that was killed may have done it already. */
async function carryOutChange(session: Session, catalogue: Changing): Promise<void> {
  const { change } = catalogue;
  const { moves, mark } = change;
  for (const { how, from, to } of moves) {
    if (how === 'fill') fillPlace(from, to);
    else takePlace(from, to, mark);
    reach('trees:after-move');
  }
  await flushMoves(moves);
  if (change.xml !== undefined) await define(session, catalogue, change.xml);
  reach('trees:after-definition');
  for (const path of discardsOf(change)) {
    await removeTree({ path, step: 'remove a tree of a snapshot' });
    reach('trees:after-discard');
  }
  for (const { to } of moves.filter(isExchange)) unmarkTree(to, mark);
  reach('trees:before-end');
  await endChange(session.paths, catalogue);
}

function isExchange({ how }: Move): boolean {
  return how === 'exchange';
}

/** After an exchange, the former tree lies where the new one came from. */
function discardsOf({ discards, moves }: Change): string[] {
  return [...discards, ...moves.filter(isExchange).map(({ from }) => from)];
}

/** What `settleTrees` would remove. */
export function treesThatGo(session: Session, catalogue: Catalogue): readonly string[] {
  const { change } = catalogue;
  if (change === undefined) return [];
  if (isCommitted(session, { ...catalogue, change })) return discardsOf(change);
  return [...change.staged, ...change.held];
}

async function undo({ paths }: Session, catalogue: Changing): Promise<void> {
  const { kind, staged, held } = catalogue.change;
  for (const path of staged) await removeTree({ path, step: undoing });
  for (const path of held) removeIfEmpty(path);
  // The folder of snapshots may have been made for this one; the folder of a clone belongs to the user.
  const folders = kind === 'clone' ? [] : staged.map((path) => dirname(path));
  for (const path of folders) removeIfEmpty(path);
  await endChange(paths, catalogue);
}

async function define(session: Session, { name, uuid }: Identity, xml: string): Promise<void> {
  await session.store.exclusive(async () => {
    const detail = await session.store.write(session.parse(xml).definition);
    await session.announce({ event: 'defined', detail, domain: name, uuid });
  });
}
