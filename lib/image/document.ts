/** The libvirt XML of a domain that is made from an image: what the image says of its program, unless the caller says otherwise. */
import { randomBytes } from 'node:crypto';
import type { Hardening } from '../hardening';
import { confinementAt } from '../domain/namespaces/level';
import { isBelow, isSame } from '../domain/xml/path';
import { node, printXml, type PrintableElement } from '../domain/xml/print';
import { TslxcError } from '../errors';
import { ImageTree, type Account } from './image-tree';
import {
  networkDevice,
  networkOf,
  resolverDevice,
  resolverTarget,
  type NetworkShare,
} from './network-device';
import { stemOf } from './reference';
import type { ImageConfig, ImageDomain, ImageInfo, ImageVolume } from './types';

export interface ImageDocument {
  readonly image: ImageInfo;
  /** Name of the domain. */
  readonly name: string;
  /** The directory for what the container writes. */
  readonly upper: string;
  /** An empty directory. */
  readonly empty: string;
  readonly domain: ImageDomain;
  /** The level of domains that set none, by which one that asks for the host's ids must not get others. */
  readonly level: Hardening;
  /** What its virtual network gives it; undefined if it is in none, or in one without addresses. */
  readonly share?: NetworkShare;
}

/** XML namespace of the information about the image in `<metadata>`. */
const imageNamespace = 'urn:tslxc:image:1';

/** The PATH that other programs that run images use by default. */
const usualPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
const usualMemory = 1024 * 1024;

/** A name that no domain is likely to have. */
export function newDomainName(image: string): string {
  return `${stemOf(image)}-${randomBytes(3).toString('hex')}`;
}

/**
 * @throws TslxcError INVALID_ARG for an invalid value, for one that XML can't hold, or when neither the image nor the caller
 * names a program; OPERATION_FAILED when the image does not have the program; SyscallError.
 */
export function imageDocument(document: ImageDocument): string {
  const { image, name, domain } = document;
  const config = merged(image.config, domain);
  using tree = new ImageTree([...image.layers, document.empty]);
  const children = [
    node('name', {}, [name]),
    node('metadata', {}, metadata(document, config)),
    node('memory', { unit: 'KiB' }, [String(memoryOf(domain))]),
    osElement(config, tree),
    ...(networkOf(domain) === 'none' ? [node('features', {}, [node('privnet')])] : []),
    node('devices', {}, devices(document, tree)),
  ];
  return printXml(node('domain', { type: 'lxc' }, children));
}

interface Merged extends ImageConfig {
  readonly environment: ReadonlyMap<string, string>;
}

function merged(config: ImageConfig, domain: ImageDomain): Merged {
  const { entrypoint = config.entrypoint, user = config.user } = domain;
  // The image's words belong to its own entry point, and would not suit another.
  const own = domain.entrypoint === undefined ? config.cmd : [];
  const { cmd = own, workingDirectory = config.workingDirectory } = domain;
  if (!workingDirectory.startsWith('/')) {
    const detail = `the working directory '${workingDirectory}' is not an absolute path`;
    throw new TslxcError('INVALID_ARG', detail);
  }
  const { ports = config.ports, stopSignal = config.stopSignal } = domain;
  for (const port of ports) checkPort(port);
  return {
    ...config,
    ...{ entrypoint, cmd, user, workingDirectory, ports },
    ...(stopSignal === undefined ? {} : { stopSignal }),
    environment: environmentOf(config.env, domain.env ?? []),
  };
}

/**
 * The image's variables, and over them the caller's. Empty ones are left out later: libvirt's XML can't express them, and most
 * programs take them for ones that are not set.
 */
function environmentOf(
  ofImage: readonly string[],
  given: readonly string[],
): ReadonlyMap<string, string> {
  const all = new Map([['PATH', usualPath]]);
  for (const [list, isGiven] of [[ofImage, false] as const, [given, true] as const]) {
    for (const entry of list) {
      const at = entry.indexOf('=');
      if (at > 0) all.set(entry.slice(0, at), entry.slice(at + 1));
      else if (isGiven) throw new TslxcError('INVALID_ARG', `'${entry}' is not NAME=VALUE`);
    }
  }
  return all;
}

function osElement(config: Merged, tree: ImageTree): PrintableElement {
  const { entrypoint, cmd, environment, workingDirectory } = config;
  const [program, ...words] = [...entrypoint, ...cmd];
  if (program === undefined || program === '') {
    const detail = 'the image names no program: give a command';
    throw new TslxcError('INVALID_ARG', detail);
  }
  const { user, group, account } = identityOf(config.user, tree);
  const all = new Map(environment);
  if (!all.has('HOME') && account !== undefined) all.set('HOME', account.home || '/');
  const init = tree.findProgram(program, all.get('PATH') ?? usualPath, workingDirectory);
  return node('os', {}, [
    node('type', {}, ['exe']),
    node('init', {}, [init]),
    ...words.map((word) => node('initarg', {}, [word])),
    ...[...all]
      .filter(([, value]) => value !== '')
      .map(([name, value]) => node('initenv', { name }, [value])),
    node('initdir', {}, [workingDirectory]),
    node('inituser', {}, [user]),
    node('initgroup', {}, [group]),
  ]);
}

/** A user without a group gets the one from the image's passwd(5), or root's if the user is not in it. */
function identityOf(
  asked: string,
  tree: ImageTree,
): { readonly user: string; readonly group: string; readonly account: Account | undefined } {
  const [name = '', group = ''] = asked.split(':');
  const user = name === '' ? '0' : name;
  const account = tree.accountOf(user);
  return { user, group: group === '' ? (account?.gid ?? '0') : group, account };
}

function metadata(
  { image, upper, domain, level }: ImageDocument,
  config: Merged,
): PrintableElement['children'] {
  const [, ...lowers] = image.layers;
  const layers = lowers.map((dir) => node('tslxc:lower', { dir }));
  const { stopSignal } = config;
  const container = [
    ...idElements(domain, level),
    node('tslxc:overlay', { target: '/', upper }, layers),
    ...(stopSignal === undefined ? [] : [node('tslxc:stop', { signal: stopSignal })]),
  ];
  const { name, digest } = image;
  const told = [
    ...config.ports.map((port) => node('image:port', portAttributes(port))),
    ...config.volumes.map((target) => node('image:volume', { target })),
  ];
  return [
    node('tslxc:container', { 'xmlns:tslxc': 'urn:tslxc:domain:1' }, container),
    node('image:image', { 'xmlns:image': imageNamespace, name, digest }, told),
  ];
}

function idElements({ ids = 'auto' }: ImageDomain, level: Hardening): PrintableElement[] {
  if (ids === 'auto') return [node('tslxc:idmap', { allocate: 'auto' })];
  return level === 'isolated' ? [node('tslxc:hardening', { level: confinementAt(level) })] : [];
}

const portPattern = /^(\d{1,5})(?:-(\d{1,5}))?(?:\/(tcp|udp|sctp))?$/;

function checkPort(port: string): void {
  const [, first, last = first] = portPattern.exec(port) ?? [];
  const isPort = [first, last].every((one) => Number(one) >= 1 && Number(one) <= 65535);
  if (isPort) return;
  throw new TslxcError('INVALID_ARG', `'${port}' is not a port such as 80/tcp`);
}

function portAttributes(port: string): Record<string, string | undefined> {
  const [, start, end, protocol = 'tcp'] = portPattern.exec(port) ?? [];
  return { protocol, start, end };
}

function devices(
  { image, domain, share }: ImageDocument,
  tree: ImageTree,
): PrintableElement['children'] {
  const [top = ''] = image.layers;
  const volumes = Object.entries(domain.volumes ?? {});
  const network = networkOf(domain);
  const { publish = [] } = domain;
  return [
    filesystem(top, '/'),
    ...volumes.map(([target, volume]) => filesystem(volume, target)),
    ...(share?.resolver !== undefined && canHaveResolver(domain, tree)
      ? [resolverDevice(share.resolver)]
      : []),
    ...(typeof network === 'string' ? [] : [networkDevice(network.name, { share, publish })]),
    node('console', { type: 'pty' }),
  ];
}

/** Not if the path is in a volume of the caller, which must not be changed, nor if a dangling link is there. */
function canHaveResolver({ volumes = {} }: ImageDomain, tree: ImageTree): boolean {
  const isTheirs = Object.keys(volumes).some(
    (target) => isSame(target, resolverTarget) || isBelow(resolverTarget, target),
  );
  return !isTheirs && tree.canShowAt(resolverTarget);
}

function filesystem(volume: string | ImageVolume, target: string): PrintableElement {
  const { source: dir, readonly = false }: ImageVolume =
    typeof volume === 'string' ? { source: volume } : volume;
  if (!dir.startsWith('/') || !target.startsWith('/')) {
    throw new TslxcError('INVALID_ARG', `a volume has absolute paths, not '${dir}' at '${target}'`);
  }
  return node('filesystem', { type: 'mount' }, [
    node('source', { dir }),
    node('target', { dir: target }),
    ...(readonly ? [node('readonly')] : []),
  ]);
}

function memoryOf({ memory = usualMemory }: ImageDomain): number {
  if (Number.isSafeInteger(memory) && memory > 0) return memory;
  throw new TslxcError('INVALID_ARG', `memory is ${memory}, not a whole number of KiB above 0`);
}
