/** The domain that is made from an image: what the image says of its program, unless the caller says otherwise. */
import { randomBytes } from 'node:crypto';
import type { KeyPath } from '../domain/builder/origin';
import type { DirectoryMount, DomainSpec, MountSpec } from '../domain/builder/spec';
import { isWithin } from '../domain/xml/path';
import { TslxcError } from '../errors';
import { present } from '../present';
import { withoutLayers } from './config';
import { combinedHealth } from './health-check';
import { ImageTree, type Account } from './image-tree';
import { resolverMount, resolverTarget, withShare, type NetworkShare } from './network-share';
import { stemOf } from './reference';
import { sharedMemory } from './shared-memory';
import type { ImageConfig, ImageDomain, ImageInfo } from './types';

export interface ImageDocument {
  readonly image: ImageInfo;
  /** Name of the domain. */
  readonly name: string;
  /** The directory for what the container writes. */
  readonly upper: string;
  /** An empty directory. */
  readonly empty: string;
  readonly domain: ImageDomain;
  /** What virtual networks give to each of its interfaces, in their order; undefined for one that is given nothing. */
  readonly shares?: readonly (NetworkShare | undefined)[];
}

/** The PATH that other programs that run images use by default. */
const usualPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
const usualMemory = '1GiB';

/** A name that no domain is likely to have. */
export function newDomainName(image: string): string {
  return `${stemOf(image)}-${randomBytes(3).toString('hex')}`;
}

/**
 * The domain.
 *
 * @throws TslxcError INVALID_ARG for an invalid value, or when neither the image nor the caller names a program; OPERATION_FAILED when the
 * image does not have the program, or has no layers; SyscallError.
 */
export function imageSpec(document: ImageDocument): DomainSpec {
  const { image, name, domain, shares = [] } = document;
  const { config } = image;
  const { root: _root, ports = config.ports, ...own } = domain;
  const { memory = usualMemory, idMap = 'auto', stopSignal = config.stopSignal } = own;
  const { interfaces = [], privateNetwork = interfaces.length === 0 } = own;
  // One that an earlier version has pulled.
  if (image.layers.length === 0) throw withoutLayers();
  using tree = new ImageTree([...image.layers, document.empty]);
  return present({
    ...own,
    ...{ name, memory, idMap, stopSignal },
    health: combinedHealth(config.health, domain.health),
    ...programOf(config, domain, tree),
    root: rootOf(document),
    mounts: [...ownMounts(domain), ...(domain.mounts ?? []), ...resolverOf(document, tree)],
    interfaces: interfaces.map((one, index) => withShare(one, shares[index])),
    privateNetwork,
    image: { name: image.name, digest: image.digest, ports, volumes: config.volumes },
  });
}

/** Which key of the caller's ImageDomain decides what this key of `imageSpec` is. */
export function keyOfImageDomain(key: KeyPath, domain: ImageDomain): KeyPath {
  const { mounts = [] } = domain;
  const [first, second, ...below] = key;
  // What is mounted there is the image.
  if (first === 'root')
    return second === 'overlay' || second === 'readonly' ? key.slice(0, 2) : ['root'];
  if (first !== 'mounts' || second === undefined) return key;
  const index = Number(second) - ownMounts(domain).length;
  if (index < 0) return ['mounts'];
  // Behind those of the caller is what comes of a network.
  return index < mounts.length ? [first, index, ...below] : ['interfaces'];
}

/** What every container of an image has in front of the caller's mounts, which may be below it; not what the caller has at its place. */
function ownMounts(domain: ImageDomain): readonly MountSpec[] {
  return isMountedBy(domain, sharedMemory.target) ? [] : [sharedMemory];
}

/** Whether this path of the container is in a mount of the caller. */
function isMountedBy({ mounts = [] }: ImageDomain, path: string): boolean {
  return mounts.some(({ target }) => isWithin(path, target));
}

function rootOf({ image, upper, domain }: ImageDocument): DomainSpec['root'] {
  const [source = '', ...lower] = image.layers;
  return present({ source, readonly: domain.root?.readonly, overlay: { upper, lower } });
}

type Program = Pick<DomainSpec, 'init' | 'args' | 'env' | 'cwd' | 'user' | 'group'>;

function programOf(config: ImageConfig, domain: ImageDomain, tree: ImageTree): Program {
  const { cwd = config.workingDirectory } = domain;
  if (!cwd.startsWith('/')) {
    throw new TslxcError('INVALID_ARG', `the working directory '${cwd}' is not an absolute path`);
  }
  const [program, ...args] = wordsOf(config, domain);
  if (program === undefined || program === '') throw noProgram(config, domain);
  const { user, group, account } = identityOf(config, domain, tree);
  const env = environmentOf(config.env, domain.env ?? {});
  if (!env.has('HOME') && account !== undefined) env.set('HOME', account.home || '/');
  const init = tree.findProgram(program, env.get('PATH') ?? usualPath, cwd);
  // libvirt's XML can't express empty variables, and most programs take them for ones that are not set.
  const set = [...env].filter(([, value]) => value !== '');
  return { init, args, env: Object.fromEntries(set), cwd, user, group };
}

/** The image's words belong to its own entry point, and would not suit another program. */
function wordsOf({ entrypoint, cmd }: ImageConfig, { init, args }: ImageDomain): string[] {
  return init === undefined ? [...entrypoint, ...(args ?? cmd)] : [init, ...(args ?? [])];
}

function noProgram({ entrypoint, cmd }: ImageConfig, { args }: ImageDomain): TslxcError {
  const isLeftOut = entrypoint.length === 0 && args?.length === 0 && (cmd[0] ?? '') !== '';
  const detail = isLeftOut
    ? "the image has no entry point, and 'args' is an empty list: leave it out for the image's own command, or give a command"
    : 'the image names no program (Entrypoint, Cmd): give a command or an entry point';
  return new TslxcError('INVALID_ARG', detail);
}

/** The image's variables, and over them the caller's. */
function environmentOf(
  ofImage: readonly string[],
  given: Readonly<Record<string, string | undefined>>,
): Map<string, string> {
  const all = new Map([['PATH', usualPath]]);
  for (const entry of ofImage) {
    const at = entry.indexOf('=');
    if (at > 0) all.set(entry.slice(0, at), entry.slice(at + 1));
  }
  for (const [name, value] of Object.entries(present(given))) all.set(name, value);
  return all;
}

/** A user without a group gets the one from the image's passwd(5), or root's if the user is not in it. */
function identityOf(
  config: ImageConfig,
  domain: ImageDomain,
  tree: ImageTree,
): { readonly user: string; readonly group: string; readonly account: Account | undefined } {
  const [name = '', theirs = ''] = config.user.split(':');
  const user = domain.user ?? (name === '' ? '0' : name);
  const account = tree.accountOf(user);
  const group = domain.group ?? (domain.user === undefined && theirs !== '' ? theirs : undefined);
  return { user, group: group ?? account?.gid ?? '0', account };
}

/** Nothing if the path is in a mount of the caller, which must not be changed, nor if a dangling link is there. */
function resolverOf({ domain, shares = [] }: ImageDocument, tree: ImageTree): DirectoryMount[] {
  const resolver = shares.find((share) => share?.resolver !== undefined)?.resolver;
  const isTheirs = isMountedBy(domain, resolverTarget);
  if (resolver === undefined || isTheirs || !tree.canShowAt(resolverTarget)) return [];
  return [resolverMount(resolver)];
}
