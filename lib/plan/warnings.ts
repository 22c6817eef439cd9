/** Warnings at a start: what the container shares with the host, though most users would not expect it. Pure. */
import type { DomainDefinition } from '../domain/definition';
import type { ContainerViewFacts } from './mounts/container-view';
import { networkMode } from './process/namespaces';

/**
 * `MeminfoIsHosts`: no lxcfs is mounted on the host, so /proc/meminfo and similar files show the host's values.
 * `SharedHostNetwork`: the container has neither an interface nor `<privnet/>`, so it is in the host's network
 * namespace, with all its interfaces and abstract sockets.
 */
export type StartWarning = 'MeminfoIsHosts' | 'SharedHostNetwork';

export function startWarnings(
  definition: DomainDefinition,
  { procFiles }: ContainerViewFacts,
): StartWarning[] {
  const hasMeminfo = procFiles.some(({ name }) => name === 'meminfo');
  return [
    ...(hasMeminfo ? [] : (['MeminfoIsHosts'] as const)),
    ...(networkMode(definition) === 'host' ? (['SharedHostNetwork'] as const) : []),
  ];
}

/** The messages, for a log. */
export const warningWords: Readonly<Record<StartWarning, string>> = {
  MeminfoIsHosts: 'no lxcfs is mounted: the container sees the memory and CPUs of the host',
  SharedHostNetwork:
    "the container shares the host's network: it has no interface and no <privnet/>",
};
