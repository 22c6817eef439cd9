/** Bind mounts from the host's /dev: the container gets the devices, but not the folder. Pure. */
import type { DeviceNode, HostView } from '../host-view';
import type { Scene } from '../scene';
import { hasOption, type MountEntry } from './mount-entry';
import { nothing, type Piece } from './piece';
import { node, type PrintableElement } from '../../xml/print';

/** The device node at a path below /dev, or the nodes in a directory there; none for anything else. */
export function nodesAt(host: HostView, path: string): readonly DeviceNode[] {
  const state = host.paths.get(path);
  if (state === undefined || !path.startsWith('/dev/')) return [];
  const { kind, major, minor } = state;
  if (kind === 'character device') return [{ path, type: 'c', major, minor }];
  if (kind === 'block device') return [{ path, type: 'b', major, minor }];
  return host.devicesIn.get(path) ?? [];
}

interface Nodes {
  readonly nodes: readonly DeviceNode[];
  readonly target: string;
}

/** Paths that are the name of a disk in libvirt. */
const diskName = /^\/dev\/((?:sd|hd|vd|xvd|ubd)[a-z]+\d*)$/;

/** Undefined if the mount is left out, which is reported. */
export function convertNodes(
  { report }: Scene,
  mount: MountEntry,
  { nodes, target }: Nodes,
): Piece | undefined {
  const { source, entry } = mount;
  const [single] = nodes.filter(({ path }) => path === source);
  if (target === source) {
    const later = 'the devices that are there now; later ones are not in the container';
    if (single === undefined) report.tell(entry, later);
    return { ...nothing, devices: nodes.map((device) => ({ device, entry })) };
  }
  const [, name] = diskName.exec(target) ?? [];
  if (single?.type === 'b' && name !== undefined) {
    const disk = diskElement(mount, name);
    return { ...nothing, devices: [{ device: single, entry, disk }] };
  }
  report.tell(entry, `a device of the host has its own path inside, which is ${source}`);
  return undefined;
}

function diskElement(mount: MountEntry, name: string): PrintableElement {
  return node('disk', { type: 'block' }, [
    node('source', { dev: mount.source }),
    node('target', { dev: name }),
    ...(hasOption(mount, 'ro') ? [node('readonly')] : []),
  ]);
}
