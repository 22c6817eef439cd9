/**
 * Running a program as another user than root, also where this repository or Node lies below a directory that
 * only root may enter, as /root mostly is: the program then runs in a mount namespace in which that directory
 * holds these two alone. Everything keeps its path.
 */
import { statSync } from 'node:fs';
import { dirname } from 'node:path';

/** The mode bit that lets every user pass through a directory. */
const othersMayEnter = 0o001;

// $1: the repository, $2: Node's folder, $3: the uid and gid; the closed directories; `--`; the program.
// What is to be shown is held open before it is covered.
const enter = `set -e
path=$PATH
PATH=/usr/sbin:/usr/bin:/sbin:/bin
umask 022
repository=$1 node=$2 user=$3
shift 3
exec 3<"$repository" 4<"$node"
while [ "$1" != -- ]; do
  mount -t tmpfs -o mode=755 tmpfs "$1"
  shift
done
shift
mkdir -p "$repository" "$node"
mount --no-canonicalize --bind /proc/self/fd/3 "$repository"
mount --no-canonicalize --bind /proc/self/fd/4 "$node"
exec 3<&- 4<&-
cd "$PWD"
setpriv=$(command -v setpriv)
PATH=$path
exec "$setpriv" --reuid "$user" --regid "$user" --clear-groups "$@"`;

export interface OtherUser {
  readonly uid: number;
  readonly packageRoot: string;
}

/** The argv that runs `argv` as this user; undefined when spawn's own `uid` will do. Only root can run it. */
export function asOtherUser(
  argv: readonly string[],
  { uid, packageRoot }: OtherUser,
): string[] | undefined {
  const shown = [packageRoot, dirname(process.execPath)];
  const closed = new Set(shown.map(topmostClosed).filter((path) => path !== undefined));
  if (closed.size === 0) return undefined;
  const unshare = ['/usr/bin/unshare', '--mount', '/bin/sh', '-c', enter, 'sh'];
  return [...unshare, ...shown, String(uid), ...closed, '--', ...argv];
}

/** The topmost of the directories above `path` that others may not enter; undefined when they may enter all. */
function topmostClosed(path: string): string | undefined {
  const parent = dirname(path);
  if (parent === path) return undefined;
  const above = topmostClosed(parent);
  if (above !== undefined) return above;
  return (statSync(parent).mode & othersMayEnter) === 0 ? parent : undefined;
}
