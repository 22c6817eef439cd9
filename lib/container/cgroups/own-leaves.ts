/**
 * A container’s cgroups in the v1 hierarchies that are mounted nowhere here. If it were left in their roots, root inside could mount
 * them with their release agent, which the kernel executes on the host. The monitor enters them, and so init, also one that it starts
 * again, is born there. They limit nothing, are named by chance and recorded, and are removed with the container’s other cgroups.
 */
import { randomUUID } from 'node:crypto';
import { closeSync, mkdirSync, openSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { constants as system } from 'node:os';
import type { DomainDefinition } from '../../domain/definition';
import { isolationOf } from '../../domain/namespaces/isolation';
import { TslxcError } from '../../errors';
import { native } from '../../host/native';
import type { CgroupLayout } from '../../host/kernel/cgroup-layout';
import {
  cgroupsOf,
  openHierarchy,
  unmountedHierarchies,
} from '../../host/kernel/unmounted-hierarchies';
import { readText } from '../../host/kernel/text-file';
import { fileError, hasErrno } from '../../host/state/file-error';
import { ownerAttribute } from '../../plan/cgroups/names';
import { directoryAttribute } from './directory-attribute';

/** How the names of these cgroups begin. */
const leafPrefix = 'tslxc-';

interface OpenHierarchy {
  readonly name: string;
  /** Its root, by a mount of our own. */
  readonly fd: number;
}

/** What a test replaces. */
export interface HierarchiesOfKernel {
  readonly living: () => Iterable<string>;
  readonly open: (name: string) => number;
}

const ofThisKernel: HierarchiesOfKernel = {
  living: () => cgroupsOf('self').keys(),
  open: openHierarchy,
};

/** Hierarchies that are open until this is disposed of: for a start until init runs, for a command until it is executed. */
export class OwnLeaves implements Disposable {
  readonly #open: readonly OpenHierarchy[];
  readonly cgroup = `${leafPrefix}${randomUUID()}`;

  private constructor(open: readonly OpenHierarchy[]) {
    this.#open = open;
  }

  /**
   * Opens the hierarchies that the layout lacks.
   *
   * @throws TslxcError OPERATION_UNSUPPORTED if one can’t be opened and root in the container is the host’s.
   */
  static open(
    definition: DomainDefinition,
    { hierarchies }: Pick<CgroupLayout, 'hierarchies'>,
    kernel: HierarchiesOfKernel = ofThisKernel,
  ): OwnLeaves {
    const opened: OpenHierarchy[] = [];
    for (const name of unmountedHierarchies(hierarchies, kernel.living())) {
      try {
        opened.push({ name, fd: kernel.open(name) });
      } catch (error) {
        if (isolationOf(definition) === 'user-namespace') continue;
        for (const { fd } of opened) native().closeDescriptor(fd);
        throw unreachable(name, error);
      }
    }
    return new OwnLeaves(opened);
  }

  /** The same, with those of `joined`, which the container has joined so and which may have been mounted since its start. */
  static of(
    definition: DomainDefinition,
    joined: readonly string[],
    { hierarchies }: Pick<CgroupLayout, 'hierarchies'>,
  ): OwnLeaves {
    const others = hierarchies.filter(({ controllers }) => !joined.includes(controllers.join()));
    return OwnLeaves.open(definition, { hierarchies: others });
  }

  get hierarchies(): readonly string[] {
    return this.#open.map(({ name }) => name);
  }

  /** `tasks` of the container’s cgroups, for a process that enters them while this is open. */
  get tasks(): readonly string[] {
    return this.#open.map(({ fd }) => tasksAt(fd, `/${this.cgroup}`));
  }

  /** `tasks` of the cgroups that a process is in; in a root there is nothing to enter. */
  tasksOf(pid: number): readonly string[] {
    if (this.#open.length === 0) return [];
    const cgroups = cgroupsOf(pid);
    return this.#open.flatMap(({ name, fd }) => {
      const path = cgroups.get(name) ?? '/';
      return path === '/' ? [] : [tasksAt(fd, path)];
    });
  }

  /** Makes the container’s cgroups, which are on record by now. */
  make(owner: string): void {
    for (const { name, fd } of this.#open) {
      const path = `/proc/self/fd/${fd}/${this.cgroup}`;
      try {
        mkdirSync(path);
        fillCpuset(name, fd, path);
        mark(path, owner);
      } catch (error) {
        throw fileError(error, `make a cgroup in the hierarchy ${name}`);
      }
    }
  }

  [Symbol.dispose](): void {
    for (const { fd } of this.#open) native().closeDescriptor(fd);
  }
}

/** For other processes, to which /proc/self is their own folder: by this one’s. */
function tasksAt(fd: number, cgroup: string): string {
  return `/proc/${process.pid}/fd/${fd}${cgroup}/tasks`;
}

/** A new cpuset is empty, and accepts no task until it has something. */
function fillCpuset(name: string, fd: number, path: string): void {
  if (!name.split(',').includes('cpuset')) return;
  for (const file of ['cpuset.cpus', 'cpuset.mems']) {
    writeFileSync(`${path}/${file}`, readFileSync(`/proc/self/fd/${fd}/${file}`));
  }
}

function mark(path: string, owner: string): void {
  const fd = openSync(path, 'r');
  try {
    native().setXattr(fd, ownerAttribute, Buffer.from(owner));
  } finally {
    closeSync(fd);
  }
}

function unreachable(name: string, cause: unknown): TslxcError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new TslxcError(
    'OPERATION_UNSUPPORTED',
    `the cgroup hierarchy ${name} is mounted nowhere here and can't be joined (${why}), so that root in the container could have ` +
      `the host run a program by its release agent: mount it, or give the container ids of its own (<idmap>)`,
    { step: 'join unmounted cgroup hierarchies', cause },
  );
}

/** Milliseconds that processes may take to end. */
const patience = 5000;

/**
 * Removes them, with all below, from the hierarchies that still live: a mount would make one that does not. Nothing of the container
 * runs any more.
 */
export async function removeOwnLeaves(
  hierarchies: readonly string[],
  cgroup: string,
): Promise<void> {
  const living = cgroupsOf('self');
  for (const name of hierarchies.filter((one) => living.has(one))) {
    const fd = openHierarchy(name);
    try {
      const root = `/proc/self/fd/${fd}`;
      moveOut(`${root}/${cgroup}`, root);
      await native().removeCgroups([`${root}/${cgroup}`], patience);
    } finally {
      native().closeDescriptor(fd);
    }
  }
}

/** A cgroup of a container in a hierarchy that is mounted nowhere. */
export interface LeftLeaf {
  readonly hierarchy: string;
  readonly cgroup: string;
  /** The root of tslxc that made it; '' when it is not marked. */
  readonly owner: string;
}

/** Those of all roots. A hierarchy that can't be opened has none that this process could remove. */
export function readOwnLeaves(mounted: CgroupLayout['hierarchies']): LeftLeaf[] {
  return unmountedHierarchies(mounted).flatMap((hierarchy) => {
    let fd: number;
    try {
      fd = openHierarchy(hierarchy);
    } catch {
      return [];
    }
    try {
      const root = `/proc/self/fd/${fd}`;
      return readdirSync(root)
        .filter((name) => name.startsWith(leafPrefix))
        .map((cgroup) => ({ hierarchy, cgroup, owner: ownerOf(`${root}/${cgroup}`) }));
    } finally {
      native().closeDescriptor(fd);
    }
  });
}

function ownerOf(path: string): string {
  return directoryAttribute(path, ownerAttribute) ?? '';
}

/** The monitor, which ends after its container has been cleaned up, or what it has become to do that itself, which may be this process. */
function moveOut(cgroup: string, root: string): void {
  for (const pid of readText(`${cgroup}/cgroup.procs`).split('\n').filter(Boolean)) {
    try {
      writeFileSync(`${root}/cgroup.procs`, pid);
    } catch (error) {
      // It has ended by now.
      if (!hasErrno(error, system.errno.ESRCH)) throw fileError(error, 'leave an unmounted cgroup');
    }
  }
}
