/** File systems that are mounted into a running container, and unmounted there. */
import { withOnly } from '../../domain/devices/device';
import type { DomainDefinition } from '../../domain/definition';
import type { FilesystemDefinition } from '../../domain/filesystem/definition';
import { isServed, optionsOf, sharesRoot } from '../../domain/filesystem/lookup';
import { filesystemLocation } from '../../domain/filesystem/validate';
import { isWithin } from '../../domain/xml/path';
import { definitionError } from '../../domain/xml/source-location';
import { TslxcError } from '../../errors';
import { hiddenDirectories } from '../../host/state/state-paths';
import { planTree } from '../../plan/devices';
import { filesystemLocations, targetKind } from '../../plan/mounts/filesystems';
import type { FilesystemFacts } from '../../plan/mounts/filesystems';
import { borrowedTargets } from '../../plan/mounts/rootfs';
import { securityFacts } from '../../plan/security/labels';
import type { Looks } from '../looks/looks';
import type { LiveUndo, MountRecord } from '../record/live-undo';
import type { StartRecord } from '../record/run-state';
import type { Undo } from '../record/undo';
import { relabelSources, type RelabelledSource } from '../security/relabel/relabel';
import { labelledSources } from '../security/selinux/labelling';
import type { SelinuxLabels } from '../security/selinux/assign';
import { borrowedPaths, claimTarget } from '../sources/mount-target';
import type { ClaimedTarget, Found } from '../sources/mount-target';
import { checkMappedSources } from '../sources/private-root';
import { lookUpSources } from '../sources/sources';
import type { AttachRequest, DeviceOf, DeviceRequest } from './device-request';
import { fieldsOf, plugIn, plugOut } from './plug';

type TreeDevice = DeviceOf<'filesystems'>;

/** What a file system needs from the host. */
interface Needs {
  readonly facts: FilesystemFacts;
  readonly targets: readonly (ClaimedTarget & { readonly found: Found })[];
  readonly sources: readonly RelabelledSource[];
}

/**
 * Opens the file system on the host, and mounts it at its target, which is resolved in the container's own root.
 *
 * @throws DefinitionError for what can't be mounted so; and as a start, and `plugIn`.
 */
export async function attachTree(request: AttachRequest<TreeDevice>): Promise<StartRecord> {
  const { context, start, device, after, xml } = request;
  const { item } = device;
  checkAttachable(context.definition, item);
  const { facts, targets, sources } = await lookUp(request);
  const user = userOf(context);
  const released = targets.map(
    ({ path, found }) => ({ undo: 'releaseTarget', path, user, found }) as const,
  );
  const mount = unknownMount(item.target);
  return await plugIn(context, start, {
    record: {
      ...fieldsOf(start),
      xml,
      undo: [...start.undo, ...restored(start, sources), ...released],
      mounts: [...(start.mounts ?? []), mount],
    },
    undo: [
      ...sources.map(({ path }) => ({ undo: 'restoreLabel', path }) as const),
      ...released,
      { undo: 'detachTree', ...mount },
    ],
    onHost: [() => label(request, sources), () => claim(request, targets)],
    operations: planTree(after, item, {
      ...facts,
      ...(start.security === undefined ? {} : { security: securityFacts(start.security) }),
      target: isBorrowed(after, item) ? 'made before' : 'made if missing',
    }),
    places: filesystemLocations(withOnly(after, device)),
    identify: (record, numbers) =>
      identified(record, {
        ...mount,
        mount: String(numbers.mount),
        device: String(numbers.device),
        inode: String(numbers.inode),
        init: context.running.init,
      }),
    afterwards: [],
  });
}

/** @throws TslxcError OPERATION_UNSUPPORTED for the root; and as `plugOut`. */
export async function detachTree(request: DeviceRequest<TreeDevice>): Promise<StartRecord> {
  const { context, start, device, after, xml } = request;
  const { target, ...item } = device.item;
  if (target === '/') {
    const detail = 'the root of a running container cannot be detached';
    throw new TslxcError('OPERATION_UNSUPPORTED', detail, { domain: start.name });
  }
  const kept = after.filesystems.map((one) => one.target);
  const isNeeded = (path: string): boolean => kept.some((other) => isWithin(other, path));
  const released = start.undo.filter(
    (one) => one.undo === 'releaseTarget' && isWithin(target, one.path) && !isNeeded(one.path),
  ) as Extract<LiveUndo & Undo, { undo: 'releaseTarget' }>[];
  const mounts = start.mounts ?? [];
  const mount = mounts.find((one) => one.target === target) ?? unknownMount(target);
  const source = 'source' in item ? item.source : undefined;
  const isShared = after.filesystems.some((one) => 'source' in one && one.source === source);
  const isLabelled = start.security?.relabel === true && source !== undefined && !isShared;
  return await plugOut(context, start, {
    undo: [
      ...(isLabelled ? [{ undo: 'restoreLabel', path: source } as const] : []),
      ...released,
      { undo: 'detachTree', ...mount },
    ],
    without: {
      ...fieldsOf(start),
      xml,
      undo: start.undo.filter((one) => !released.some((other) => other === one)),
      mounts: mounts.filter((one) => one.target !== target),
    },
  });
}

/** The record of a mount that is not identified yet, or that was there from the start. */
function unknownMount(target: string): MountRecord {
  return { target, mount: '', device: '', inode: '', init: 0 };
}

/**
 * Refuses what can't be attached while the container runs. A target on a tree that the host shares would become a mount
 * of the host.
 */
function checkAttachable(definition: DomainDefinition, item: FilesystemDefinition): void {
  const refuse = (detail: string): never => {
    throw definitionError('CONFIG_UNSUPPORTED', detail, filesystemLocation(item));
  };
  if (item.target === '/') refuse('the root of a container cannot be attached while it runs');
  // Once unmounted inside it may still be in use: its image would be released too early, or withheld from the next user
  // of it.
  if (isServed(item)) refuse('an image that qemu-nbd serves can only be mounted at a start');
  // Limits are recorded by a start, and removed when the container ends.
  if (item.space !== undefined) refuse('limits of space can only be set at a start');
  const shared = definition.filesystems.find(
    (one) => optionsOf(definition, one)?.propagation === 'shared',
  );
  if (shared === undefined) return;
  refuse(
    `'${shared.target}' is shared with the host: what is mounted in the container could appear there, so that nothing ` +
      'is attached while it runs',
  );
}

async function lookUp(request: AttachRequest<TreeDevice>): Promise<Needs> {
  const { context, device, after } = request;
  const { lookers, within, paths } = context;
  using looks = lookers.looks({ within });
  const only = withOnly(after, device);
  const hidden = sharesRoot(after) ? hiddenDirectories(paths) : [];
  const facts = { ...(await lookUpSources(only, hidden, looks)), served: new Map() };
  await checkMappedSources(only, looks);
  return {
    facts,
    targets: await neededTargets(request, facts, looks),
    sources: await sourcesToLabel(request, looks),
  };
}

async function neededTargets(
  { start, device, after }: AttachRequest<TreeDevice>,
  facts: FilesystemFacts,
  looks: Looks,
): Promise<Needs['targets']> {
  const { item } = device;
  if (!isBorrowed(after, item)) return [];
  const place = filesystemLocation(item, 'target');
  const claimed = start.undo.flatMap((one) => (one.undo === 'releaseTarget' ? [one.path] : []));
  const found = await borrowedPaths(item.target, looks, place);
  return found
    .filter(({ path }) => !claimed.includes(path))
    .map(({ path, found: how }) => ({
      path,
      found: how,
      kind: path === item.target ? targetKind(item, facts) : 'directory',
      place,
    }));
}

/** Whether its target lies in the host's own tree. */
function isBorrowed(definition: DomainDefinition, item: FilesystemDefinition): boolean {
  return borrowedTargets(definition).some(({ target }) => target === item.target);
}

/** The host's sources that get the container's label; none for a container that relabels nothing. */
async function sourcesToLabel(
  { context, start, device, after }: AttachRequest<TreeDevice>,
  looks: Looks,
): Promise<RelabelledSource[]> {
  const { security } = start;
  if (security?.model !== 'selinux') return [];
  const { paths } = context;
  // The record has all of what was assigned.
  const assigned = security as SelinuxLabels;
  return await labelledSources({ paths, definition: withOnly(after, device), assigned }, looks);
}

async function label(
  { context, after }: AttachRequest<TreeDevice>,
  sources: readonly RelabelledSource[],
): Promise<void> {
  const { paths, name } = context;
  const force = after.extension.relabelSystem === true;
  await relabelSources({ paths, user: name, sources, force });
}

async function claim(
  { context }: AttachRequest<TreeDevice>,
  targets: Needs['targets'],
): Promise<void> {
  using looks = context.lookers.looks({ within: context.within });
  for (const target of targets) await claimTarget(target, userOf(context), looks);
}

/** The name under which targets are claimed, as by a start. */
function userOf({ paths, name }: AttachRequest['context']): string {
  return `${paths.root}:${name}`;
}

/** The undo step that restores the labels of all sources at the domain's end; nothing if it is on record already. */
function restored(start: StartRecord, sources: readonly RelabelledSource[]): Undo[] {
  const isThere = start.undo.some(({ undo }) => undo === 'restoreLabels');
  if (sources.length === 0 || isThere) return [];
  const owner = start.undo.find(({ undo }) => undo === 'releaseCategories');
  return owner?.undo === 'releaseCategories'
    ? [{ undo: 'restoreLabels', root: owner.root, name: owner.name }]
    : [];
}

function identified(record: StartRecord, mount: MountRecord): StartRecord {
  const isOf = (one: { readonly target: string }): boolean => one.target === mount.target;
  const { plug, mounts = [] } = record;
  if (plug === undefined) return record;
  const undo = plug.undo.map((one) =>
    one.undo === 'detachTree' && isOf(one) ? { ...one, ...mount } : one,
  );
  return {
    ...record,
    mounts: mounts.map((one) => (isOf(one) ? mount : one)),
    plug: { ...plug, undo },
  };
}
