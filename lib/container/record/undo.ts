/**
 * What a start borrows from the host, as data: written down before it is taken, given back by the process
 * that cleans up after the container. Undoing twice, or undoing what never happened, succeeds.
 */
import { constants as system } from 'node:os';
import { native } from '../../host/native';
import { hasErrno } from '../../host/state/file-error';
import { statePaths } from '../../host/state/state-paths';
import { innerFolder, ownerAttribute } from '../../plan/cgroups/names';
import { directoryAttribute } from '../cgroups/directory-attribute';
import { removeOwnLeaves } from '../cgroups/own-leaves';
import { Lookers, type Looks } from '../looks/looks';
import { reach } from '../monitor/failpoint';
import { returnLink } from '../interfaces/borrowed-link';
import type { BorrowedLink } from '../interfaces/borrowed-link';
import { removeFilter } from '../interfaces/tables/link-filter';
import { removeForwards } from '../interfaces/port/link-forwards';
import { removeName } from '../interfaces/port/link-name';
import { removeSwitchPort } from '../interfaces/switch-port';
import { removeMacvlan, removeVeth, restoreAddress } from '../interfaces/made-link';
import { releaseQuota } from '../trees/tree-quota';
import { detachImage } from '../sources/image-devices';
import type { DetachImage } from '../sources/image-devices';
import { releaseTarget } from '../sources/mount-target';
import { releasePartition } from '../cgroups/partition';
import { releaseRange } from '../security/selinux/categories';
import { unloadProfile } from '../security/apparmor/profile';
import { restoreSources } from '../security/relabel/restore';
import { nameUnkillable } from '../cgroups/unkillable';
import { checkUndo, isKnownUndo } from './undo-kinds';
import { releaseOverlayUpper } from '../sources/overlay-upper';

export type Undo =
  /** The container's cgroups, in the order in which they are made. Those that `owner` has marked are removed. */
  | Readonly<{ undo: 'removeCgroups'; paths: readonly string[]; owner: string }>
  /** The cgroups of a partition, from the top: those that were made for containers go with the last of them. */
  | Readonly<{ undo: 'releasePartition'; paths: readonly string[] }>
  /** Its cgroups in v1 hierarchies that were mounted nowhere, all with this name. */
  | Readonly<{ undo: 'leaveHierarchies'; hierarchies: readonly string[]; cgroup: string }>
  /** A mount target on the shared root, made when it was missing. */
  | Readonly<{ undo: 'releaseTarget'; path: string; user: string; found: 'missing' | 'made' }>
  /** The writable layer of an overlay: it may be used by another container again. */
  | Readonly<{ undo: 'releaseUpper'; path: string; user: string }>
  /** The limits of a tree's space. Outlives a boot, as a file system keeps them on disk. */
  | Readonly<{ undo: 'releaseQuota'; path: string; user: string }>
  /** The host's side of a veth pair: by its name and address, since another may have the name by now. */
  | Readonly<{ undo: 'removeLink'; name: string; mac: string }>
  /** The rules for the host's side of a link; `mac` is that of the container's. */
  | Readonly<{ undo: 'removeFilter'; host: string; mac: string }>
  /** The rules that lead ports of the host to it; `mac` likewise. */
  | Readonly<{ undo: 'removeForwards'; host: string; mac: string }>
  /** What dnsmasq is told of it, in files of this folder. */
  | Readonly<{ undo: 'removeName'; folder: string; mac: string }>
  /** A port of Open vSwitch, which is kept on disk there: outlives a boot. `mac` is that of the container's side. */
  | Readonly<{ undo: 'removeSwitchPort'; host: string; mac: string }>
  /** An interface that the host has lent. */
  | (Readonly<{ undo: 'returnLink' }> & BorrowedLink)
  /** A macvlan, made in the container's network namespace. */
  | Readonly<{ undo: 'removeMacvlan'; guest: string; mac: string }>
  /** The address of a device that is passed through: back to `address`, as long as it is the one that was given. */
  | Readonly<{ undo: 'restoreAddress'; name: string; address: string; given: string }>
  /** The SELinux categories of the domain. */
  | Readonly<{ undo: 'releaseCategories'; root: string; name: string }>
  /** Labels of what the domain has used of the host. Outlives a boot, as the labels do. */
  | Readonly<{ undo: 'restoreLabels'; root: string; name: string }>
  /** The AppArmor profile that was made for the domain. */
  | Readonly<{ undo: 'unloadProfile'; root: string; profile: string }>
  /** The block device that was made of an image. */
  | DetachImage;

/** Further input of undoing. */
export interface UndoContext {
  /** Where the container's network namespace may be found; see retainedNetnsPaths. */
  readonly networks: readonly string[];
  /** Called with a message about what was not given back as it was taken. */
  readonly notice: (text: string) => void;
}

/** How long processes may take to die, and cgroups to become free, in milliseconds. */
const patience = 5000;
/** How long a mount target or a layer may take to answer, in milliseconds. */
const answerTime = 5000;

/** Undoes all, last in first out; failures are thrown together, after everything was tried. */
export async function undoAll(undos: readonly Undo[], context: UndoContext): Promise<void> {
  const failures: unknown[] = [];
  const lookers = new Lookers();
  for (const undo of [...undos].reverse()) {
    // As long as files may have these categories, no other domain may get them.
    if (undo.undo === 'releaseCategories' && failures.length > 0) continue;
    try {
      checkUndo(undo);
      await undoOne(undo, { ...context, lookers });
      reach('controller:after-undo');
    } catch (error) {
      failures.push(error);
    }
  }
  lookers.close();
  if (failures.length === 1) throw failures[0];
  if (failures.length > 1)
    throw new AggregateError(failures, 'several things could not be given back');
}

/** What is kept on a disk. */
const lasting = ['restoreLabels', 'removeSwitchPort', 'releaseQuota'] as const;

/** What is to be given back after another boot of the host, which has ended everything else; what is not known may be kept on a disk. */
export function undosAfterBoot(undos: readonly Undo[]): Undo[] {
  return undos.filter((one) => lasting.some((kind) => kind === one.undo) || !isKnownUndo(one));
}

/** What can only be given back while the container's network namespace is kept. */
export function undosInNetwork(undos: readonly Undo[]): Undo[] {
  return undos.filter(({ undo }) => undo === 'returnLink' || undo === 'removeMacvlan');
}

/** Ends whatever still runs in the container: the guarantee behind the parent-death signal. */
export async function killRemaining(undos: readonly Undo[]): Promise<void> {
  for (const undo of undos) {
    if (undo.undo !== 'removeCgroups') continue;
    const own = ownCgroups(undo);
    if (own.length === 0) continue;
    try {
      await native().killCgroups(own, patience);
    } catch (error) {
      throw await nameUnkillable(error, own);
    }
  }
}

type Tools = UndoContext & { readonly lookers: Lookers };

/**
 * Gives back what is kept in a file system. One whose server has ended (ENOTCONN of FUSE) lets nobody do so for as long as it is
 * mounted: that is said, and is no reason for the rest to be tried again and again.
 */
async function giveBack(
  path: string,
  { notice, lookers }: Tools,
  give: (looks: Looks) => Promise<void>,
): Promise<void> {
  using looks = lookers.looks({ within: answerTime });
  try {
    await give(looks);
  } catch (error) {
    if (!hasErrno(error, system.errno.ENOTCONN)) throw error;
    notice(`'${path}' was not given back: the server of its file system has ended (ENOTCONN)`);
  }
}

async function undoOne(undo: Undo, tools: Tools): Promise<void> {
  const { networks, notice } = tools;
  switch (undo.undo) {
    case 'removeCgroups':
      await removeOwnCgroups(undo);
      return;
    case 'releasePartition':
      await releasePartition(undo.paths);
      return;
    case 'leaveHierarchies':
      await removeOwnLeaves(undo.hierarchies, undo.cgroup);
      return;
    case 'releaseTarget':
      await giveBack(undo.path, tools, (looks) => releaseTarget(undo, undo.user, looks));
      return;
    case 'releaseUpper':
      await giveBack(undo.path, tools, (looks) => releaseOverlayUpper(undo.path, undo.user, looks));
      return;
    case 'releaseQuota':
      await giveBack(undo.path, tools, (looks) => releaseQuota(undo.path, undo.user, looks));
      return;
    case 'removeLink':
    case 'removeFilter':
    case 'removeForwards':
    case 'removeName':
    case 'removeSwitchPort':
    case 'returnLink':
    case 'removeMacvlan':
    case 'restoreAddress':
      await undoLink(undo, { networks, notice });
      return;
    case 'releaseCategories':
      await releaseRange({ root: undo.root, name: undo.name });
      return;
    case 'restoreLabels':
      await restoreSources({ paths: statePaths(undo.root), user: undo.name });
      return;
    case 'unloadProfile':
      unloadProfile(statePaths(undo.root), undo.profile);
      return;
    case 'detachImage':
      await detachImage(undo);
  }
}

const kindsOfLinks = [
  'removeLink',
  'removeFilter',
  'removeForwards',
  'removeName',
  'removeSwitchPort',
  'returnLink',
  'removeMacvlan',
  'restoreAddress',
] as const;

/** What an interface has on the host: links, rules and ports. Also undone while the container runs. */
export type LinkUndo = Extract<Undo, { undo: (typeof kindsOfLinks)[number] }>;

export function isOfLink(undo: Undo): undo is LinkUndo {
  return kindsOfLinks.some((kind) => kind === undo.undo);
}

async function undoLink(
  undo: LinkUndo,
  { networks, notice }: Pick<Tools, 'networks' | 'notice'>,
): Promise<void> {
  switch (undo.undo) {
    case 'removeLink':
      await removeVeth(undo.name, undo.mac);
      return;
    case 'removeFilter':
      await removeFilter(undo);
      return;
    case 'removeForwards':
      await removeForwards(undo);
      return;
    case 'removeName':
      removeName(undo);
      return;
    case 'removeSwitchPort':
      await removeSwitchPort(undo);
      return;
    case 'returnLink':
      await returnLink(undo, networks, notice);
      return;
    case 'removeMacvlan':
      await removeMacvlan(undo, networks);
      return;
    case 'restoreAddress':
      await restoreAddress(undo);
  }
}

/** Another program, or another root of tslxc, may have a cgroup of that name in any hierarchy. */
export function ownCgroups({ paths, owner }: Undo & { undo: 'removeCgroups' }): string[] {
  return paths.filter((path) => ownerOf(path) === owner);
}

/**
 * Removes the first one last: as long as it is there, an interrupted removal is continued. A start that is killed
 * between making a cgroup and marking it leaves it empty; one that is unmarked and in use is another program's.
 */
async function removeOwnCgroups({ paths, owner }: Undo & { undo: 'removeCgroups' }): Promise<void> {
  const mark = { name: ownerAttribute, value: owner };
  await native().removeMarkedCgroups([...paths].reverse(), { mark, inner: innerFolder }, patience);
}

/** The tslxc root that made a cgroup: '' when it is unmarked, undefined when there is no such cgroup. */
export function ownerOf(path: string): string | undefined {
  return directoryAttribute(path, ownerAttribute);
}
