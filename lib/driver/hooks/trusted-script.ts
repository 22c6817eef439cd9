/** Checks that a script which runs as root can be changed or replaced only by root. */
import { lstatSync, realpathSync, statSync } from 'node:fs';
import { constants as system } from 'node:os';
import { dirname } from 'node:path';
import { TslxcError } from '../../errors';

const writableByOthers = 0o022;
/** S_ISVTX: in a folder that has it, only the owner of an entry can replace the entry. */
const sticky = 0o1000;

/**
 * Looks at the script, its folder and all folders above, and if it is a symbolic link, at those of its target too.
 *
 * @throws TslxcError HOOK_SCRIPT_FAILED that names the first of them that another user could change.
 */
export function checkTrusted(script: string): void {
  for (const path of new Set([script, realpathSync(script)])) {
    const folder = dirname(path);
    check(statSync(path), path, 'strictly');
    check(statSync(folder), folder, 'strictly');
    for (const above of foldersAbove(folder)) check(statSync(above), above, 'mayBeSticky');
  }
  // Its folder lets no other user replace a symbolic link, not even its owner: but then root has not put it there.
  check({ uid: lstatSync(script).uid, mode: 0 }, script, 'strictly');
}

function foldersAbove(path: string): string[] {
  const above = dirname(path);
  return above === path ? [] : [above, ...foldersAbove(above)];
}

function check(
  { uid, mode }: { readonly uid: number; readonly mode: number },
  path: string,
  how: 'strictly' | 'mayBeSticky',
): void {
  const isShared = how === 'mayBeSticky' && (mode & sticky) !== 0;
  if (uid === 0 && (isShared || (mode & writableByOthers) === 0)) return;
  const detail = `${path} may be changed by others than root: chown root and chmod go-w it`;
  throw new TslxcError('HOOK_SCRIPT_FAILED', detail, { path, errno: system.errno.EPERM });
}
