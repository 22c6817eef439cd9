/**
 * Of which containers the health is to be checked: a file for each, named after the domain. Whoever starts a container makes it, and
 * the watcher removes it when it has no more to check there: the container has ended, or its checks can't be made. So a watcher that
 * runs hears of one more, and one that is started in the place of one that was killed knows them all.
 */
import { join } from 'node:path';
import { namesIn } from '../../host/names-in';
import { removeWhatIsAt } from '../../host/state/plain-file';
import { makeBesideRecords } from '../../host/state/record-file';
import type { StatePaths } from '../../host/state/state-paths';

/** For a container that runs; one that is asked for again is told of again. @throws SyscallError. */
export function request({ checked }: StatePaths, name: string): void {
  makeBesideRecords(join(checked, name), '');
}

/** The names, in no order. */
export function requested({ checked }: StatePaths): string[] {
  return namesIn(checked);
}

/** Does nothing where it was not asked for. @throws SyscallError. */
export function withdraw({ checked }: StatePaths, name: string): void {
  removeWhatIsAt(join(checked, name));
}
