/** Warnings at a start: what the container shares with the host, or lacks, though most users would not expect it. Pure. */
import type { DomainDefinition } from '../domain/definition';
import type { ContainerViewFacts } from './mounts/container-view';
import { networkMode } from './process/namespaces';

/**
 * `MeminfoIsHosts`: no lxcfs is mounted on the host, so /proc/meminfo and similar files show the host's values.
 * `SharedHostNetwork`: the container has neither an interface nor `<privnet/>`, so it is in the host's network
 * namespace, with all its interfaces and abstract sockets.
 * `NoSecurityLabel`: a `<seclabel>` asks for a label of whichever security module the host has, and it has none.
 * `HidesHostPort`: a program of the host listens at a port that a `<portForward>` leads to the container, and can't be reached there.
 */
export type StartWarning =
  'MeminfoIsHosts' | 'SharedHostNetwork' | 'NoSecurityLabel' | 'HidesHostPort';

/** What warnings depend on. */
export interface WarningFacts extends ContainerViewFacts {
  /** Whether the container gets a label of a security module. */
  readonly label: 'given' | 'none';
}

export function startWarnings(
  definition: DomainDefinition,
  { procFiles, label }: WarningFacts,
): StartWarning[] {
  const wantsLabel = definition.securityLabels.some(({ type }) => type !== 'none');
  const hasMeminfo = procFiles.some(({ name }) => name === 'meminfo');
  return [
    ...(hasMeminfo ? [] : (['MeminfoIsHosts'] as const)),
    ...(networkMode(definition) === 'host' ? (['SharedHostNetwork'] as const) : []),
    // A label of a model that the host doesn't have is refused before.
    ...(wantsLabel && label === 'none' ? (['NoSecurityLabel'] as const) : []),
  ];
}

/** The messages, for a log. */
export const warningWords: Readonly<Record<StartWarning, string>> = {
  MeminfoIsHosts: 'no lxcfs is mounted: the container sees the memory and CPUs of the host',
  SharedHostNetwork:
    "the container shares the host's network: it has no interface and no <privnet/>",
  NoSecurityLabel:
    'the container has no security label, although its <seclabel> asks for one: no security module labels containers here',
  HidesHostPort: 'a program of the host can not be reached at a port that leads to the container',
};
