/** Files of lxcfs mounted over those of /proc, so that they show the container's limits. Pure. */
import type { ProcFile } from '../../host/kernel/lxcfs';
import { mountAttributes, privatePropagation } from '../constants';
import type { Operation } from '../operation';

const { readonly, nosuid, nodev, noexec } = mountAttributes;

export interface ContainerViewFacts {
  /** Empty if the container sees the host's values. */
  readonly procFiles: readonly ProcFile[];
}

/** Opens the files before the clone, since only the host's mount namespace shows them. */
export function planOutsideView({ procFiles }: ContainerViewFacts): Operation[] {
  return procFiles.flatMap(({ name, path }): Operation[] => [
    { op: 'openTree', tree: treeName(name), path, depth: 'single', automount: 'leave' },
    {
      op: 'setTreeAttributes',
      tree: treeName(name),
      set: readonly | nosuid | nodev | noexec,
      clear: 0,
      propagation: privatePropagation,
      depth: 'single',
    },
  ]);
}

/** Mounts the files in the container's own /proc. */
export function planView({ procFiles }: ContainerViewFacts): Operation[] {
  return procFiles.map(({ name }) => ({
    op: 'attachTree',
    tree: treeName(name),
    root: 'proc',
    path: name,
    missing: 'skip',
  }));
}

function treeName(name: string): string {
  return `view:${name}`;
}
