/** Options of the verbs that make a domain from an image: what differs from the image's own configuration. */
import { environmentOption } from '../environment';
import {
  directoryOf,
  exposedOf,
  identityOf,
  memoryOf,
  mountsOf,
  nameOf,
  networkOf,
  programOf,
  signalOf,
  upperOf,
  variablesOf,
} from './checked-values';
import type { ImageDomain } from '../../../index';
import type { Option, Options } from '../../shell/arguments';

const idKinds = ['auto', 'host'] as const;

// Where an empty value means nothing, what reads it says why.
export const imageDomainOptions: readonly Option[] = [
  {
    name: 'name',
    kind: 'string',
    help: 'name of the domain; by default the image’s, and a number',
    mayBeEmpty: true,
  },
  {
    name: 'entrypoint',
    kind: 'string',
    help: 'program in place of the image’s entry point',
    mayBeEmpty: true,
  },
  {
    ...environmentOption,
    help: 'NAME=VALUE for its environment, beside that of the image; NAME alone has the value that it has here; may be repeated',
  },
  {
    name: 'user',
    kind: 'string',
    help: 'user in place of the image’s: USER or USER:GROUP',
    mayBeEmpty: true,
  },
  {
    name: 'workdir',
    kind: 'string',
    help: 'directory in the container that it starts in',
    mayBeEmpty: true,
  },
  {
    name: 'stop-signal',
    kind: 'string',
    help: 'signal that asks it to end',
    mayBeEmpty: true,
  },
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
    mayBeEmpty: true,
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
    mayBeEmpty: true,
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
    mayBeEmpty: true,
  },
  { name: 'print-xml', kind: 'flag', help: 'only print the XML of the domain' },
];

/**
 * `environment`: the variables of this process, for options that name a variable without a value.
 *
 * @throws UsageError, which names the option and its value, for a value that can't be right.
 */
export function readImageDomain(
  options: Options,
  {
    cmd,
    environment,
  }: { readonly cmd: readonly string[]; readonly environment: NodeJS.ProcessEnv },
): ImageDomain {
  const text = <T>(name: string, read: (word: string) => T): T | undefined => {
    const word = options.string(name);
    return word === undefined ? undefined : read(word);
  };
  const list = <T>(name: string, read: (words: readonly string[]) => T): T | undefined =>
    options.has(name) ? read(options.strings(name)) : undefined;
  return {
    ...optional('name', text('name', nameOf)),
    ...programOf(options.string('entrypoint'), cmd),
    ...optional(
      'env',
      list('env', (words) => variablesOf(words, environment)),
    ),
    ...text('user', identityOf),
    ...optional('cwd', text('workdir', directoryOf)),
    ...optional('stopSignal', text('stop-signal', signalOf)),
    ...optional('ports', list('expose', exposedOf)),
    ...optional('mounts', list('volume', mountsOf)),
    ...optional('memory', text('memory', memoryOf)),
    ...optional(
      'idMap',
      text('ids', (word) => idKinds.find((kind) => kind === word)),
    ),
    ...networkOf(options.string('network'), options.strings('publish')),
    ...optional('root', text('upper', upperOf)),
  };
}

function optional<Name extends keyof ImageDomain>(
  name: Name,
  value: ImageDomain[Name] | undefined,
): Partial<Pick<ImageDomain, Name>> {
  return value === undefined ? {} : ({ [name]: value } as Pick<ImageDomain, Name>);
}
