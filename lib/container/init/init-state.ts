/** What the kernel says of a running container's init: its confinement, its cgroups, whether it is frozen. */
import { existsSync, readFileSync } from 'node:fs';
import { constants as system } from 'node:os';
import { TslxcError } from '../../errors';
import type { CgroupLayout } from '../../host/kernel/cgroup-layout';
import { cgroupPlaces } from '../../plan/cgroups/places';
import type { InitState } from '../../plan/command';
import type { StartRecord } from '../record/run-state';

interface InitCgroups {
  /** Its directory in each v1 hierarchy. */
  readonly v1: readonly string[];
  /** '' where there is no v2 tree. */
  readonly unified: string;
}

/** @throws TslxcError INTERNAL_ERROR when init has been moved out of the container's cgroups. */
export function readInitState(init: number, start: StartRecord, layout: CgroupLayout): InitState {
  const status = readFileSync(`/proc/${init}/status`, 'latin1');
  const { v1, unified } = initCgroups(init, start, layout);
  return {
    boundingSet: BigInt(`0x${field(status, 'CapBnd')}`),
    noNewPrivileges: field(status, 'NoNewPrivs') === '1',
    tasks: v1.map((path) => `${path}/tasks`),
    unified,
  };
}

/**
 * The frozen cgroup that init is in, if there is one: frozen by a pause, or one below that the container has made, or
 * one above that another program has frozen.
 */
export function frozenBy(
  init: number,
  start: StartRecord,
  layout: CgroupLayout,
): string | undefined {
  const { v1, unified } = initCgroups(init, start, layout);
  const stopped = v1.find((path) => {
    const file = `${path}/freezer.state`;
    return existsSync(file) && readFileSync(file, 'latin1').trim() !== 'THAWED';
  });
  if (stopped !== undefined || unified === '') return stopped;
  const events = readFileSync(`${unified}/cgroup.events`, 'latin1');
  return /^frozen 1$/m.test(events) ? unified : undefined;
}

/** The longest path that the kernel takes (PATH_MAX), less the name of a file in that directory. */
const longestPath = 4096 - 64;

/**
 * The cgroups that init is in now: a system inside makes cgroups of its own, and in v2 only leaves take processes. They
 * are always at or below those that the start made. One that can't be named is replaced by the one that the start has
 * put init in: a path may be longer than the kernel takes or shows in full, and need not be UTF-8.
 */
function initCgroups(init: number, start: StartRecord, layout: CgroupLayout): InitCgroups {
  const lines = cgroupLines(init);
  const made = start.undo.flatMap((undo) => (undo.undo === 'removeCgroups' ? undo.paths : []));
  const ownIn = (mount: string): string | undefined =>
    made.find((path) => path.startsWith(`${mount}/`));
  const place = (mount: string, controllers: string): string => {
    const own = ownIn(mount);
    const line = lines?.find((text) => text.split(':')[1] === controllers) ?? '';
    const path = `${mount}${line.split(':').slice(2).join(':')}`;
    if (own !== undefined && (lines === undefined || !isUsable(path))) {
      const places = cgroupPlaces(layout, own.slice(mount.length + 1));
      return places.find((one) => one.path === own)?.joined ?? own;
    }
    if (made.some((directory) => path === directory || path.startsWith(`${directory}/`))) {
      return path;
    }
    throw new TslxcError('INTERNAL_ERROR', `init of domain '${start.name}' is not in its cgroups`, {
      domain: start.name,
      step: 'look up the cgroups of init',
      path,
    });
  };
  return {
    v1: layout.hierarchies
      .filter(({ mount }) => ownIn(mount) !== undefined)
      .map(({ mount, controllers }) => place(mount, controllers.join())),
    unified: layout.unified === undefined ? '' : place(layout.unified.mount, ''),
  };
}

/** Undefined when one of the paths is too long for the kernel to show; some kernels truncate it instead. */
function cgroupLines(init: number): string[] | undefined {
  try {
    return readFileSync(`/proc/${init}/cgroup`, 'utf8').trimEnd().split('\n');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).errno === -system.errno.ENAMETOOLONG) return undefined;
    throw error;
  }
}

function isUsable(path: string): boolean {
  return Buffer.byteLength(path) <= longestPath && !path.includes('\ufffd');
}

/** A field of proc_pid_status(5). */
function field(status: string, name: string): string {
  return new RegExp(`^${name}:\\s*(\\S+)$`, 'm').exec(status)?.[1] ?? '0';
}
