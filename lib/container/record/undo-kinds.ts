/** Which kinds of undoing this version knows. What it does not know must not be skipped: it would be lost with the record. Pure. */
import { TslxcError } from '../../errors';

const kinds = [
  'removeCgroups',
  'releasePartition',
  'leaveHierarchies',
  'releaseTarget',
  'releaseUpper',
  'releaseQuota',
  'removeLink',
  'removeFilter',
  'removeForwards',
  'removeName',
  'removeSwitchPort',
  'returnLink',
  'removeMacvlan',
  'restoreAddress',
  'releaseCategories',
  'restoreLabels',
  'unloadProfile',
  'detachImage',
] as const;

/** A kind of `Undo` that is missing above does not compile. */
export type UndoKind = (typeof kinds)[number];

const known: ReadonlySet<string> = new Set(kinds);

export function isKnownUndo({ undo }: { readonly undo: UndoKind }): boolean {
  return known.has(undo);
}

/** @throws TslxcError OPERATION_UNSUPPORTED for what a newer version of the package has recorded. */
export function checkUndo({ undo }: { readonly undo: UndoKind }): void {
  if (isKnownUndo({ undo })) return;
  const detail = `what was taken from the host can't be given back by this version of tslxc, which does not know '${undo}': use the newer version that has started the container`;
  throw new TslxcError('OPERATION_UNSUPPORTED', detail);
}
