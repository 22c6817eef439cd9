/** Where the state of a connection is. */
import { isAbsolute } from 'node:path';
import { TslxcError } from '../../errors';

/** What the caller says, an absolute path, otherwise TSLXC_ROOT, as for the command, otherwise `/`. @throws TslxcError INVALID_ARG. */
export function chosenRoot(given: string | undefined): string {
  const root = given ?? process.env['TSLXC_ROOT'] ?? '/';
  if (isAbsolute(root)) return root;
  throw new TslxcError('INVALID_ARG', `TSLXC_ROOT of the environment: '${root}' is not absolute`);
}
