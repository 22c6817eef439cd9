/** Options of the verbs that make a domain from an image: what differs from the image's own configuration. */
import { resolve } from 'node:path';
import { UsageError } from '../shell/command-error';
import { environmentOf, environmentOption } from './environment';
import { leastMemory } from '../../domain/tuning/memory-tuning';
import { readKibibytes } from './values/scaled-size';
import type { DirectoryMount, ImageDomain, InterfaceSpec } from '../../index';
import { TslxcError } from '../../errors';
import { parsePublishedPort } from './values/published-port';
import type { Option, Options } from '../shell/arguments';

const idKinds = ['auto', 'host'] as const;

export const imageDomainOptions: readonly Option[] = [
  {
    name: 'name',
    kind: 'string',
    help: 'name of the domain; by default the image’s, and a number',
  },
  { name: 'entrypoint', kind: 'string', help: 'program in place of the image’s entry point' },
  {
    ...environmentOption,
    help: 'NAME=VALUE for its environment, beside that of the image; NAME alone has the value that it has here; may be repeated',
  },
  { name: 'user', kind: 'string', help: 'user in place of the image’s: USER or USER:GROUP' },
  { name: 'workdir', kind: 'string', help: 'directory in the container that it starts in' },
  { name: 'stop-signal', kind: 'string', help: 'signal that asks it to end' },
  {
    name: 'expose',
    kind: 'string',
    repeatable: true,
    help: 'a port in place of the image’s, such as 80/tcp; may be repeated',
  },
  {
    name: 'volume',
    kind: 'string',
    letter: 'v',
    repeatable: true,
    help: 'show a directory of the host: DIRECTORY:TARGET, or DIRECTORY:TARGET:ro for read-only; may be repeated',
  },
  {
    name: 'memory',
    kind: 'string',
    help: 'most memory, such as 512MiB or 512m, a number alone being KiB; 1GiB by default',
  },
  {
    name: 'ids',
    kind: 'string',
    help: 'auto (ids of its own, the default) or host (no security boundary)',
    values: idKinds,
    closed: true,
  },
  {
    name: 'network',
    kind: 'string',
    help: 'none (the default), host, or the name of a virtual network, in which it has an address and a name',
    values: 'active-network',
  },
  {
    name: 'publish',
    kind: 'string',
    letter: 'p',
    repeatable: true,
    help: 'let a port of the host lead to it: HOST:CONTAINER, as in 8080:80 or 127.0.0.1:5353:53/udp; in the network ‘default’, unless --network names one; may be repeated',
  },
  {
    name: 'upper',
    kind: 'string',
    help: 'directory for what it writes, which stays; by default it goes with the domain',
    values: 'folder',
  },
  { name: 'print-xml', kind: 'flag', help: 'only print the XML of the domain' },
];

/** `environment`: the variables of this process, for options that name a variable without a value. @throws UsageError. */
export function readImageDomain(
  options: Options,
  {
    cmd,
    environment,
  }: { readonly cmd: readonly string[]; readonly environment: NodeJS.ProcessEnv },
): ImageDomain {
  const text = (name: string): string | undefined => options.string(name);
  const [user, ...group] = text('user')?.split(':') ?? [];
  const list = (name: string): readonly string[] | undefined =>
    options.has(name) ? options.strings(name) : undefined;
  const [entrypoint, memory, upper] = [text('entrypoint'), text('memory'), text('upper')];
  return {
    ...optional('name', text('name')),
    ...optional('init', entrypoint),
    ...optional('args', cmd.length === 0 ? undefined : cmd),
    ...optional('env', list('env') && environmentOf(options.strings('env'), environment)),
    ...optional('user', user === '' ? '0' : user),
    ...optional('group', group.length === 0 ? undefined : group.join(':')),
    ...optional('cwd', text('workdir')),
    ...optional('stopSignal', text('stop-signal')),
    ...optional('ports', list('expose')),
    ...optional('mounts', list('volume') && options.strings('volume').map(mountOf)),
    ...optional('memory', memory === undefined ? undefined : memoryOf(memory)),
    ...optional(
      'idMap',
      idKinds.find((kind) => kind === text('ids')),
    ),
    ...networkOf(text('network'), list('publish') ?? []),
    ...optional('root', upper === undefined ? undefined : { overlay: resolve(upper) }),
  };
}

function optional<Name extends keyof ImageDomain>(
  name: Name,
  value: ImageDomain[Name] | undefined,
): Partial<Pick<ImageDomain, Name>> {
  return value === undefined ? {} : ({ [name]: value } as Pick<ImageDomain, Name>);
}

/** @throws UsageError; for what no container can be started with, by the word that was typed. */
function memoryOf(word: string): `${number}KiB` {
  const kibibytes = readKibibytes(word, 'memory');
  if (kibibytes >= leastMemory) return `${kibibytes}KiB`;
  throw new UsageError(
    `'${word}' for <memory> option is ${kibibytes} KiB, too little to start a container: ` +
      `it needs ${leastMemory} KiB or more; a number alone is KiB, and 64m is 64 MiB`,
  );
}

function mountOf(word: string): DirectoryMount {
  const [, dir, target, readonly] = /^(.+):(\/[^:]*)(:ro)?$/.exec(word) ?? [];
  if (dir === undefined || target === undefined) {
    throw new UsageError(
      `'${word}' for <volume> option is not DIRECTORY:TARGET or DIRECTORY:TARGET:ro`,
    );
  }
  const source = resolve(dir);
  return readonly === undefined ? { source, target } : { source, target, readonly: true };
}

/** The network in which ports are published when none is named. */
const usualNetwork = 'default';

/** @throws TslxcError INVALID_ARG for published ports without a virtual network, and for a malformed one. */
function networkOf(
  network: string | undefined,
  published: readonly string[],
): Pick<ImageDomain, 'interfaces' | 'privateNetwork'> {
  const portForwards = published.map(parsePublishedPort);
  if (network === 'none' || network === 'host') {
    if (published.length > 0) throw unpublishable(network);
    return network === 'none' ? {} : { privateNetwork: false };
  }
  const name = network ?? (published.length === 0 ? undefined : usualNetwork);
  if (name === undefined) return {};
  const forwards = portForwards.length === 0 ? {} : { portForwards };
  const item: InterfaceSpec = { type: 'network', network: name, ...forwards };
  return { interfaces: [item] };
}

function unpublishable(network: 'none' | 'host'): TslxcError {
  const why =
    network === 'host'
      ? "with the network 'host' its ports are those of the host already"
      : "with the network 'none' it has no interface that they could lead to";
  const remedy = `name a virtual network, or leave the network out, for '${usualNetwork}'`;
  return new TslxcError('INVALID_ARG', `no port can be published: ${why}; ${remedy}`);
}
