/** The operations on the images of a connection. */
import { join } from 'node:path';
import { writeSpec } from '../../domain/builder/domain-xml';
import type { DomainSpec } from '../../domain/builder/spec';
import { TslxcError } from '../../errors';
import { fileError } from '../../host/state/file-error';
import { takeHostLock } from '../../host/state/file-lock';
import { takeLock } from '../../host/state/named-lock';
import type { Identity } from '../../host/state/definitions/definition-store';
import { markTransient, newContainerLayer, transientDomains } from '../../image/container-layer';
import { imageSpec, keyOfImageDomain, newDomainName } from '../../image/document';
import { needsShare, type NetworkShare } from '../../image/network-share';
import { pullImage } from '../../image/pull/pull';
import { collect } from '../../image/store/collect';
import { imagePaths } from '../../image/store/image-paths';
import { prepareFolders } from '../../image/store/layer-store';
import {
  findImageRecord,
  infoOf,
  readImageRecords,
  removeImageRecord,
} from '../../image/store/records';
import type { ImageDomain, ImageInfo, PullOptions } from '../../image/types';
import { pathOf } from '../../shape/misfit';
import { createDomain } from '../definitions/define';
import { takeInXml } from '../definitions/key-errors';
import type { Session } from '../session/session';
import type { CreateOptions } from '../types';
import { withAccess } from './mount-access';
import { withNamedVolumes } from './named-volumes';
import { networkShare } from './network-share';
import { usedPaths } from './used-paths';

/** @throws as `pullImage`. */
export async function pull(
  session: Session,
  source: string,
  options: PullOptions,
): Promise<ImageInfo> {
  try {
    return await pullImage(session.paths, source, options);
  } finally {
    // Layers of the image that was replaced, and leftovers of a pull that was killed.
    await collectImages(session);
  }
}

export async function listImages(session: Session): Promise<ImageInfo[]> {
  const paths = imagePaths(session.paths);
  return (await readImageRecords(paths)).map((record) => infoOf(paths, record));
}

/** @throws TslxcError NO_IMAGE when there is none of that name. */
export async function lookUpImage(session: Session, name: string): Promise<ImageInfo> {
  const paths = imagePaths(session.paths);
  return infoOf(paths, await findImageRecord(paths, name, 'as it is'));
}

/** @throws TslxcError NO_IMAGE when there is none of that name, RESOURCE_BUSY when a domain needs it. */
export async function removeImage(session: Session, name: string): Promise<void> {
  const paths = imagePaths(session.paths);
  const image = infoOf(paths, await findImageRecord(paths, name, 'as it is'));
  const [top = ''] = image.layers;
  const others = (await readImageRecords(paths)).filter((other) => other.name !== image.name);
  const isShared = others.some((other) => infoOf(paths, other).layers[0] === top);
  const user = usedPaths(session)?.get(top);
  if (user !== undefined && !isShared) {
    throw new TslxcError('RESOURCE_BUSY', `image '${image.name}' is the root of domain '${user}'`);
  }
  await removeImageRecord(paths, image.name);
  await collectImages(session);
}

/** @throws as `imageSpec`, and NO_IMAGE when there is no image of that name; INVALID_ARG for a value that XML can't hold. */
export async function imageDomainXml(
  session: Session,
  name: string,
  domain: ImageDomain,
): Promise<string> {
  const shown = await withAccess(session, domain);
  return writeSpec((await describe(session, name, shown)).spec);
}

interface Described {
  readonly spec: DomainSpec;
  /** tslxc's own directory for what the container writes; undefined if the caller has named one. */
  readonly written: string | undefined;
}

async function describe(session: Session, name: string, domain: ImageDomain): Promise<Described> {
  const paths = imagePaths(session.paths);
  const image = infoOf(paths, await findImageRecord(paths, name, 'to run it'));
  const { name: called = newDomainName(image.name) } = domain;
  const { overlay } = domain.root ?? {};
  const written = overlay === undefined ? newContainerLayer(paths, called) : undefined;
  const upper = overlay ?? written ?? '';
  const empty = join(paths.empty, 'root');
  const shares = await sharesOf(session, domain);
  return { spec: imageSpec({ image, name: called, upper, empty, domain, shares }), written };
}

/** What virtual networks give to each of its interfaces, in their order. */
async function sharesOf(
  session: Session,
  { interfaces = [] }: ImageDomain,
): Promise<(NetworkShare | undefined)[]> {
  const shares: (NetworkShare | undefined)[] = [];
  for (const one of interfaces) {
    const taken = shares.flatMap((share) => share?.addresses ?? []);
    const plain = taken.map((address) => address.replace(/\/.*/, ''));
    shares.push(needsShare(one) ? await networkShare(session, one, plain) : undefined);
  }
  return shares;
}

/** @throws as `imageDomainXml` and `createDomain`. */
export async function createFromImage(
  session: Session,
  name: string,
  { domain, options }: { readonly domain: ImageDomain; readonly options: CreateOptions },
): Promise<Identity> {
  const paths = imagePaths(session.paths);
  try {
    await findImageRecord(paths, name, 'to run it');
    await prepareFolders(paths);
    await collectLeft(session);
    // Until the domain exists and names its layers, this keeps them from being removed.
    using _lock = await takeHostLock({ path: paths.lock, step: 'lock the images' }, 'shared');
    const image = infoOf(paths, await findImageRecord(paths, name, 'to run it'));
    const { signal } = options;
    const shown = await withAccess(session, domain);
    using _volumes = await withNamedVolumes(session, { image, domain, paths, signal });
    // Until the domain exists, another caller that chooses an address would not see the one chosen here.
    using _choices = await lockAddresses(session, domain);
    const { spec, written } = await describe(session, name, shown);
    if (written !== undefined) await markTransient(written, spec.name);
    return await takeInXml(spec, options, {
      takeIn: (xml, told) => createDomain(session, xml, told),
      nameOf: (key) => pathOf('domain', keyOfImageDomain(key, domain)),
    });
  } catch (error) {
    await collectImages(session);
    throw fileError(error, 'create a domain of an image');
  }
}

async function lockAddresses(
  session: Session,
  { interfaces = [] }: ImageDomain,
): Promise<Disposable> {
  const networks = new Set(interfaces.filter(needsShare).map(({ network }) => network));
  const step = 'lock the addresses of a network';
  const locks: Disposable[] = [];
  const release = (): void => {
    for (const lock of locks) lock[Symbol.dispose]();
  };
  try {
    // Sorted, so that two callers never wait for each other.
    for (const name of [...networks].sort()) {
      locks.push(await takeLock(session.paths, { name: `image-addresses:${name}`, step }));
    }
  } catch (error) {
    release();
    throw error;
  }
  return { [Symbol.dispose]: release };
}

/** Removes what was written by containers that ended on their own, while no process was there to clean up. */
async function collectLeft(session: Session): Promise<void> {
  const domains = await transientDomains(imagePaths(session.paths));
  const { containers, paths } = session;
  const isLeft = domains.some((name) => containers.readRunState(paths, name).phase === 'off');
  if (isLeft) await collectImages(session);
}

/** Removes what nothing needs any more. A failure is logged, and the next call tries again. */
export async function collectImages(session: Session): Promise<void> {
  try {
    await collect(imagePaths(session.paths), () => {
      const used = usedPaths(session);
      return Promise.resolve(used && new Set(used.keys()));
    });
  } catch (err) {
    session.logger.warn({ err }, 'what no image and no domain needs could not be removed');
  }
}
