/**
 * What has to be done to a running container to attach or detach one device, by a process on the host that joins its
 * namespaces. Pure.
 */
import type { DomainDefinition } from '../domain/definition';
import type { FilesystemDefinition } from '../domain/filesystem/definition';
import { blockDevice, characterDevice, namespaceFlags } from './constants';
import type { HostDevice } from './mounts/host-devices';
import { nodeMode } from './mounts/host-devices';
import { planAttached, planMapped, planOpened, targetKind } from './mounts/filesystems';
import type { FilesystemFacts } from './mounts/filesystems';
import type { Link } from './network/links';
import { planGuest, planLinks } from './network/network';
import type { Missing, Operation } from './operation';
import type { FittingPlan } from './plan';
import { hasUserNamespace, hostId } from './process/id-map';
import { planEntry } from './process/process';
import { labelFilesystems } from './security/labels';
import type { SecurityFacts } from './security/labels';

/** The operations of a plan, and the namespaces that are joined between the first and the second list. */
export interface FitOperations extends Pick<FittingPlan, 'outside' | 'inside' | 'attached'> {
  readonly namespaces: number;
}

/** Opens the root that paths are resolved in: the container's, once its namespaces are joined. */
const openRoot: Operation = { op: 'openRoot', place: 'root' };

/** A network interface: made as at a start, and configured in the container's network. */
export function planLink(link: Link): FitOperations {
  return {
    namespaces: namespaceFlags.net,
    outside: planLinks([link]),
    inside: planGuest(link),
    attached: [],
  };
}

/** The node of a device, owned by the container's root. */
export function planNode({ idMap }: DomainDefinition, device: HostDevice): FitOperations {
  return inMounts([
    openRoot,
    {
      op: 'addNode',
      root: 'root',
      path: device.node,
      ...numbersOf(device),
      mode: nodeMode(device),
      uid: hostId(idMap?.uids ?? [], 0) ?? 0,
      gid: hostId(idMap?.gids ?? [], 0) ?? 0,
    },
  ]);
}

export interface TreeFacts extends FilesystemFacts {
  readonly security?: SecurityFacts;
  /** Whether a missing target may be made: not on a shared root, where it has been made before. */
  readonly target: 'made before' | 'made if missing';
}

/**
 * Mounts a file system as the container's root, so that what is made for it on the way there belongs to the container,
 * as at a start. What is attached is the last thing that is opened before the container is changed.
 */
export function planTree(
  definition: DomainDefinition,
  filesystem: FilesystemDefinition,
  facts: TreeFacts,
): FitOperations {
  const kind = targetKind(filesystem, facts) === 'file' ? 'makeFile' : 'makeDirectory';
  const missing: Missing = facts.target === 'made before' ? 'fail' : kind;
  const inside = planAttached(definition, filesystem, missing);
  const [made, attach] = [inside.slice(0, -1), inside.slice(-1)];
  // A tree of the container is cloned from its root, which has to be open before.
  const isOfContainer = filesystem.type === 'bind';
  const opened = isOfContainer ? [openRoot, ...made] : made;
  return {
    namespaces: namespaceFlags.mount | (hasUserNamespace(definition) ? namespaceFlags.user : 0),
    outside: [
      ...labelFilesystems(planOpened(definition, filesystem, facts), facts.security),
      ...planMapped(definition, filesystem),
    ],
    inside: [...planEntry(definition), ...labelFilesystems(opened, facts.security)],
    attached: isOfContainer ? attach : [openRoot, ...attach],
  };
}

/** Removes the node, if it is that of the device. */
export function planRemovedNode(device: HostDevice): FitOperations {
  const { node: path } = device;
  return inMounts([openRoot, { op: 'removeNode', root: 'root', path, ...numbersOf(device) }]);
}

/** Unmounts a file system, wherever it is by now. */
export function planDetached({
  target,
  mount,
  device,
  inode,
}: Readonly<Record<'target' | 'mount' | 'device' | 'inode', string>>): FitOperations {
  return inMounts([
    openRoot,
    {
      op: 'detachTree',
      root: 'root',
      path: target,
      mount: BigInt(mount),
      device: BigInt(device),
      inode: BigInt(inode),
    },
  ]);
}

function inMounts(attached: readonly Operation[]): FitOperations {
  return { namespaces: namespaceFlags.mount, outside: [], inside: [], attached };
}

function numbersOf({ rule }: Pick<HostDevice, 'rule'>) {
  const { type, major, minor } = rule;
  return { type: type === 'b' ? blockDevice : characterDevice, major, minor };
}
