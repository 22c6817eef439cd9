/** A check before a tree is removed: what is mounted in it belongs to others, and must not be emptied. */
import { TslxcError } from '../../errors';
import { mountsWithin } from '../../host/kernel/mount-table';

/** @throws TslxcError OPERATION_INVALID for a mount at the path or below. */
export function refuseMountsBelow(path: string): void {
  const [mounted] = mountsWithin(path);
  if (mounted === undefined) return;
  throw new TslxcError('OPERATION_INVALID', `${mounted} is mounted: unmount it first`, {
    path: mounted,
    step: 'remove files of an image',
  });
}
