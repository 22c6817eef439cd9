/** Which kinds of undoing this version knows. What it does not know must not be skipped: it would be lost with the record. Pure. */
import { TslxcError } from '../../errors';
import type { LiveUndo } from './live-undo';
import type { Undo } from './undo';

/** A kind that is missing here does not compile. */
const known: Readonly<Record<(Undo | LiveUndo)['undo'], true>> = {
  removeCgroups: true,
  releasePartition: true,
  leaveHierarchies: true,
  releaseTarget: true,
  releaseUpper: true,
  releaseQuota: true,
  removeLink: true,
  removeFilter: true,
  removeForwards: true,
  removeName: true,
  removeSwitchPort: true,
  returnLink: true,
  removeMacvlan: true,
  restoreAddress: true,
  releaseCategories: true,
  restoreLabels: true,
  restoreLabel: true,
  unloadProfile: true,
  detachImage: true,
  detachTree: true,
  removeNode: true,
  filterDevices: true,
};

export function isKnownUndo({ undo }: { readonly undo: string }): boolean {
  return Object.hasOwn(known, undo);
}

/** @throws TslxcError OPERATION_UNSUPPORTED for what a newer version of the package has recorded. */
export function checkUndo({ undo }: { readonly undo: string }): void {
  if (isKnownUndo({ undo })) return;
  const detail = `what was taken from the host can't be given back by this version of tslxc, which does not know '${undo}': use the newer version that has started the container`;
  throw new TslxcError('OPERATION_UNSUPPORTED', detail);
}
