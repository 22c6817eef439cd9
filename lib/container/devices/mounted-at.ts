/** Finds the mount of a file system of a running container, as the monitor has recorded it before anything ran inside. */
import { readFileSync } from 'node:fs';
import { readPlain } from '../../host/state/plain-file';
import { runPaths } from '../../host/state/state-paths';
import type { StatePaths } from '../../host/state/state-paths';
import { isInitOf } from '../init/init-process';
import type { MountRecord } from '../record/live-undo';
import type { RunningRecord } from '../record/run-state';
import { fileError, hasErrno, saysEnded } from '../../host/state/file-error';
import { constants as system } from 'node:os';

export interface MountedIn {
  readonly paths: StatePaths;
  readonly name: string;
  readonly running: RunningRecord;
}

/**
 * The mount, in the current life, of a file system that was there when this life began. Undefined if it was attached
 * later, or is not mounted.
 */
export function mountedFromStart(container: MountedIn, target: string): MountRecord | undefined {
  const { paths, name, running } = container;
  const found = readPlain(runPaths(paths, name).mounts);
  if (found.kind !== 'file') return undefined;
  const [init, ...lines] = found.content.split('\0');
  if (Number(init) !== running.init) return undefined;
  const words = lines.map((line) => /^(\d+) (\d+) (\d+) ([^]*)$/.exec(line) ?? []);
  const [, mount, device, inode] = words.find(([, , , , one]) => one === target) ?? [];
  if (mount === undefined || device === undefined || inode === undefined) return undefined;
  return { target, mount, device, inode, init: running.init };
}

/**
 * The mount that is at `target` itself now, without following links: the last that was mounted there. For a container
 * whose monitor has recorded nothing.
 */
export function mountedAt({ running }: MountedIn, target: string): MountRecord | undefined {
  const lines = readMounts(running).split('\n');
  const found = lines.findLast((line) => pathIn(line.split(' ')[4] ?? '') === target);
  const [mount] = found?.split(' ') ?? [];
  if (mount === undefined) return undefined;
  return { target, mount, device: '0', inode: '0', init: running.init };
}

/** Whether this mount still exists, wherever it is now. */
export function isMounted(
  { running }: Pick<MountedIn, 'running'>,
  { mount }: MountRecord,
): boolean {
  return readMounts(running)
    .split('\n')
    .some((line) => line.startsWith(`${mount} `));
}

function readMounts(running: RunningRecord): string {
  try {
    const text = readFileSync(`/proc/${running.init}/mountinfo`, 'utf8');
    // The pid could be another process's by now.
    return isInitOf(running) ? text : '';
  } catch (error) {
    // EINVAL: a zombie has no mounts any more.
    if (saysEnded(error) || hasErrno(error, system.errno.EINVAL)) return '';
    throw fileError(error, 'look for a mount of the container');
  }
}

/** Spaces and the like are escaped in octal there. */
function pathIn(field: string): string {
  return field.replace(/\\([0-7]{3})/g, (_, octal: string) =>
    String.fromCharCode(Number.parseInt(octal, 8)),
  );
}
