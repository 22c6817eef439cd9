/** /proc as the container's limits have it: files of lxcfs over those of the kernel. Pure. */
import type { ProcFile } from '../../host/kernel/lxcfs';
import { mountAttributes, privatePropagation } from '../constants';
import type { Operation } from '../operation';

const { readonly, nosuid, nodev, noexec } = mountAttributes;

export interface ContainerViewFacts {
  /** None: the container sees the host's. */
  readonly procFiles: readonly ProcFile[];
}

/** Opened before the clone, since only the host's namespace shows them. */
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

/** In the container's own /proc. */
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
