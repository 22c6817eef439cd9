/** The files of cgroups in memory: what is written to one is what it holds. For the tests of lib/driver. */
import type { Containers } from '../../../../lib/driver/session/containers';
import type { CgroupLayout } from '../../../../lib/host/kernel/cgroup-layout';

/** What of the fake host has them. */
export interface LimitHost {
  readonly layout: CgroupLayout;
  /** Contents, by path. */
  readonly limitFiles: Map<string, string>;
  /** What was written to them, in that order. */
  readonly written: string[];
  /** Why nothing can be written. */
  readonly failLimit: Error | undefined;
}

export function fakeLimits(host: LimitHost): Containers['limits'] {
  return {
    layout: () => host.layout,
    blockNumbers: (paths) =>
      Promise.resolve(new Map(paths.map((path, index) => [path, `8:${index}`]))),
    read: (path) => host.limitFiles.get(path),
    apply: async (writes) => {
      await Promise.resolve();
      if (host.failLimit !== undefined) throw host.failLimit;
      for (const { path, value } of writes) host.limitFiles.set(path, value);
      host.written.push(...writes.map(({ path, value }) => `${path} ${value.trim()}`));
    },
    squeeze: async (path, bytes) => {
      await Promise.resolve();
      host.written.push(`${path} squeezed to ${bytes}`);
    },
  };
}
