/**
 * The writable layer of an overlay: a directory of the user's, with `upper` and `work` inside. What is missing is made;
 * nothing is ever removed, since all of it is the user's data. Two overlays at once would corrupt it, so that the
 * container that uses it is recorded in an extended attribute, with the boot for which that is valid.
 */
import { chmodSync, chownSync, closeSync, constants, mkdirSync, openSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { DomainDefinition } from '../../domain/definition';
import { overlayOf } from '../../domain/filesystem/lookup';
import type { SourceLocation } from '../../domain/xml/source-location';
import { SyscallError, TslxcError } from '../../errors';
import { native } from '../../host/native';
import { lockFile } from '../../host/state/file-lock';
import type { Looks } from '../looks/looks';
import { unlessMissing } from '../../host/state/file-error';

const userAttribute = 'trusted.tslxc.upper';

const makingLayer = 'make the writable layer of an overlay';

export interface OverlayUpper {
  readonly path: string;
  /** The directory whose owner and mode the overlay's root gets; '' when the base is no directory of the host. */
  readonly like: string;
  readonly place: SourceLocation;
}

/** Who uses a layer, and in which boot of the host. */
export interface OverlayUpperUser {
  readonly user: string;
  readonly boot: string;
}

/** The layers that a definition asks for. */
export function overlayUppersOf(definition: DomainDefinition): OverlayUpper[] {
  return definition.filesystems.flatMap((filesystem) => {
    const overlay = overlayOf(definition, filesystem);
    if (overlay === undefined) return [];
    const { upper, position } = overlay;
    const like = filesystem.type === 'mount' ? filesystem.source : '';
    const path = 'domain/metadata/tslxc:container/tslxc:overlay';
    return [{ path: upper, like, place: { path, position } }];
  });
}

/**
 * Makes what is missing of the layer, and claims it.
 *
 * @throws TslxcError RESOURCE_BUSY when another container has it; SyscallError; OPERATION_TIMEOUT and OPERATION_ABORTED as Looks.
 */
export async function claimOverlayUpper(
  layer: OverlayUpper,
  taking: OverlayUpperUser,
  looks: Looks,
): Promise<void> {
  await prepareLayer(layer, looks);
  await withUser(layer.path, (other) => {
    refuseOther(layer, taking, other);
    return taking;
  });
}

/**
 * Makes what is missing of the layer, and prevents other containers from claiming it until the result is disposed of,
 * or this process ends: a start waits for that. The container that has the layer now is not disturbed.
 *
 * @throws as `claimOverlayUpper`.
 */
export async function holdOverlayUpper(
  layer: OverlayUpper,
  taking: OverlayUpperUser,
  looks: Looks,
): Promise<Disposable> {
  await prepareLayer(layer, looks);
  const fd = openSync(layer.path, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    await lockFile(fd);
    refuseOther(layer, taking, userOn(fd));
  } catch (error) {
    closeSync(fd);
    throw error;
  }
  return { [Symbol.dispose]: () => closeSync(fd) };
}

async function prepareLayer(layer: OverlayUpper, looks: Looks): Promise<void> {
  const what = { step: makingLayer, place: layer.place };
  await looks.untilAnswered(layer.path, userAttribute, what);
  if (layer.like !== '') await looks.stateIfThere(layer.like, what);
  makeLayer(layer);
}

/** @throws TslxcError RESOURCE_BUSY when another container has it in this boot. */
function refuseOther(
  layer: OverlayUpper,
  { user, boot }: OverlayUpperUser,
  other: OverlayUpperUser | undefined,
): void {
  if (other === undefined || other.user === user || other.boot !== boot) return;
  const { path, position } = layer.place;
  const at = `${path}, line ${position.line}, column ${position.column}`;
  const detail = `upper '${layer.path}' is in use by ${other.user} (${at})`;
  throw new TslxcError('RESOURCE_BUSY', detail, { element: path, ...position });
}

/**
 * Gives the layer back; does nothing when it is gone, or another container has it. @throws TslxcError OPERATION_TIMEOUT
 * as Looks.
 */
export async function releaseOverlayUpper(path: string, user: string, looks: Looks): Promise<void> {
  await looks.untilAnswered(path, userAttribute, { step: 'give back the writable layer' });
  await withUser(path, (current) => (current?.user === user ? undefined : current));
}

/** Changes who uses the layer, under flock(2) of it. */
async function withUser(
  path: string,
  change: (current: OverlayUpperUser | undefined) => OverlayUpperUser | undefined,
): Promise<void> {
  const fd = openLayer(path);
  if (fd === undefined) return;
  try {
    await lockFile(fd);
    const current = userOn(fd);
    const next = change(current);
    if (next === current) return;
    if (next === undefined) native().removeXattr(fd, userAttribute);
    else native().setXattr(fd, userAttribute, Buffer.from(`${next.boot}\n${next.user}`));
  } finally {
    closeSync(fd);
  }
}

function openLayer(path: string): number | undefined {
  return unlessMissing(() => openSync(path, constants.O_RDONLY | constants.O_DIRECTORY));
}

function makeLayer({ path, like, place }: OverlayUpper): void {
  const step = makingLayer;
  const { path: element, position } = place;
  try {
    makeDirectory(path);
    makeDirectory(join(path, 'work'));
    // The root of the overlay has the owner and mode of this directory.
    const upper = join(path, 'upper');
    if (makeDirectory(upper) === 'found') return;
    const { mode, uid, gid } = like === '' ? { mode: 0o755, uid: 0, gid: 0 } : statSync(like);
    chownSync(upper, uid, gid);
    chmodSync(upper, mode & 0o7777);
  } catch (error) {
    const { errno = 0, syscall = 'mkdir', path: at = path } = error as NodeJS.ErrnoException;
    throw new SyscallError({ errno: -errno, syscall, path: at, step, element, ...position });
  }
}

function makeDirectory(path: string): 'made' | 'found' {
  try {
    mkdirSync(path, { mode: 0o700 });
    return 'made';
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return 'found';
  }
}

function userOn(fd: number): OverlayUpperUser | undefined {
  const text = native().getXattr(fd, userAttribute)?.toString('utf8') ?? '';
  const [boot = '', user = ''] = text.split('\n');
  return user === '' ? undefined : { user, boot };
}
