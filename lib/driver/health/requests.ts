/**
 * The containers whose health is to be checked: a file for each, named after the domain. The process that starts a container makes
 * it, and the watcher removes it when there is nothing more to check: the container has ended, or its checks can't be made. So a
 * running watcher hears of each new container, and a watcher that replaces one that was killed knows all of them.
 */
import { join } from 'node:path';
import { namesIn } from '../../host/names-in';
import { removeWhatIsAt } from '../../host/state/plain-file';
import { makeBesideRecords } from '../../host/state/record-file';
import type { StatePaths } from '../../host/state/state-paths';

/** Requests checks of a running container. Repeating the request notifies the watcher again. @throws SyscallError. */
export function request({ checked }: StatePaths, name: string): void {
  makeBesideRecords(join(checked, name), '');
}

/** The names, in no order. */
export function requested({ checked }: StatePaths): string[] {
  return namesIn(checked);
}

/** Removes the request; does nothing if there is none. @throws SyscallError. */
export function withdraw({ checked }: StatePaths, name: string): void {
  removeWhatIsAt(join(checked, name));
}
