/**
 * What a domain of the level `isolated` lacks: the boundary, if it has no root of its own; and if it has one, what the host's ids would
 * give it. Only what its definition asks for in some other place, and does not get. Pure.
 */
import type { CapabilityName } from '../elements/capability-numbers';
import { capabilityNumbers } from '../elements/capability-numbers';
import type { DomainDefinition } from '../definition';
import { isMapped } from '../filesystem/access-mode';
import { rootOf } from '../filesystem/lookup';
import { inOrder, placeOf, type SourceLocation } from '../xml/source-location';
import { isolationOf } from './isolation';
import { wayBackWords } from './level';
import { hasPrivateNetwork } from './shared-namespaces';

/** A warning about a domain of the level `isolated`. */
export interface IsolationWarning {
  /**
   * `NoBoundary`: it is no security boundary, although its level is `isolated`. `WithoutHostIds`: something is there but can't be
   * used as with the host's ids.
   */
  readonly detail: 'NoBoundary' | 'WithoutHostIds';
  /** What that is, and what to do about it. */
  readonly message: string;
  /** Path of the XML element, such as `domain/devices/filesystem`. */
  readonly element: string;
  /** Line of the XML text, from 1. */
  readonly line: number;
  /** Column of the XML text, from 1. */
  readonly column: number;
}

interface Found extends SourceLocation {
  readonly why: string;
}

/** `definition` is that of the start, see `atLevel`, of a domain whose level is `isolated`. */
export function isolationWarnings(definition: DomainDefinition): IsolationWarning[] {
  const isByLevel = definition.extension.idAllocation?.byLevel === true;
  if (isByLevel) {
    return inOrder(withoutHostIds(definition)).map((one) =>
      warning('WithoutHostIds', one, `; ${wayBackWords}`),
    );
  }
  if (isolationOf(definition) === 'user-namespace') return [];
  return [warning('NoBoundary', whyNoBoundary(definition), '')];
}

function warning(
  detail: IsolationWarning['detail'],
  { why, path, position }: Found,
  end: string,
): IsolationWarning {
  const message = `${why}${end} ${placeOf({ path, position })}`;
  return { detail, message, element: path, ...position };
}

function whyNoBoundary(definition: DomainDefinition): Found {
  const { idMap, devicesPosition } = definition;
  const what = 'the container is no security boundary, although its level is isolated';
  if (idMap !== undefined) {
    const why = `${what}: its <idmap> maps the host's root`;
    return { why, path: 'domain/idmap', position: idMap.position };
  }
  const root = rootOf(definition);
  const why = `${what}: its root is the host's, a <filesystem> with the target / gives it one of its own`;
  if (root !== undefined) {
    return { why, path: 'domain/devices/filesystem/source', position: root.position };
  }
  return { why, path: 'domain/devices', position: devicesPosition ?? { line: 1, column: 1 } };
}

function withoutHostIds(definition: DomainDefinition): Found[] {
  return [
    ...foreignFiles(definition),
    ...foreignBlocks(definition),
    ...foreignNamespaces(definition),
    ...foreignCapabilities(definition),
  ];
}

function foreignFiles(definition: DomainDefinition): Found[] {
  return definition.filesystems.flatMap((filesystem) => {
    const { type, target, position } = filesystem;
    const isForeign = type === 'mount' || type === 'file' || type === 'block';
    if (target === '/' || !isForeign || isMapped(definition, filesystem)) return [];
    const why = `what belongs to the host's root or another user below ${target} is out of reach: accessmode='mapped' shows it with the container's ids`;
    return [{ why, path: 'domain/devices/filesystem', position }];
  });
}

/** No file system that lies on a block device may be mounted in a user namespace. */
function foreignBlocks({ disks, hostDevices }: DomainDefinition): Found[] {
  const storage = hostDevices.filter(({ type }) => type === 'storage');
  const found = [
    ...disks.map(({ position }) => ({ path: 'domain/devices/disk', position })),
    ...storage.map(({ position }) => ({ path: 'domain/devices/hostdev', position })),
  ];
  const why = 'what lies on this block device can be read and written, but not mounted inside';
  return found.map((one) => ({ ...one, why }));
}

const owned = { net: 'network', ipc: 'IPC', uts: 'host name' } as const;

function foreignNamespaces(definition: DomainDefinition): Found[] {
  const { sharedNamespaces, devicesPosition } = definition;
  const shared = sharedNamespaces.map(({ kind, position }): Found => {
    const why = `root inside has no rights over the ${owned[kind]} that it shares`;
    return { why, path: `domain/lxc:namespace/lxc:share${kind}`, position };
  });
  if (hasPrivateNetwork(definition) || sharedNamespaces.some(({ kind }) => kind === 'net')) {
    return shared;
  }
  const why =
    "root inside has no rights over the host's network, and no port below net.ipv4.ip_unprivileged_port_start: an <interface> or <privnet/> gives it a network of its own";
  const position = devicesPosition ?? { line: 1, column: 1 };
  return [...shared, { why, path: 'domain/devices', position }];
}

/** Those that the kernel looks for in the first user namespace (`capable`), at least for most of what they are needed for. */
const onlyOfHost: readonly CapabilityName[] = [
  'audit_control',
  'audit_read',
  'audit_write',
  'block_suspend',
  'bpf',
  'ipc_lock',
  'lease',
  'linux_immutable',
  'mac_admin',
  'mac_override',
  'mknod',
  'perfmon',
  'sys_module',
  'sys_nice',
  'sys_pacct',
  'sys_rawio',
  'sys_resource',
  'sys_time',
  'sys_tty_config',
  'syslog',
  'wake_alarm',
];

function foreignCapabilities({ features, devicesPosition }: DomainDefinition): Found[] {
  const { policy, on, off } = features.capabilities;
  const all = Object.keys(capabilityNumbers) as CapabilityName[];
  const asked = policy === 'allow' ? all.filter((name) => !off.includes(name)) : on;
  const without = asked.filter((name) => onlyOfHost.includes(name));
  if (without.length === 0) return [];
  const why = `most of what these capabilities allow takes the host's ids: ${without.join(', ')}`;
  const position = devicesPosition ?? { line: 1, column: 1 };
  return [{ why, path: 'domain/features/capabilities', position }];
}
