/** Options of the verbs that make a domain from an image: what differs from the image's own configuration. */
import { environmentOption } from '../environment';
import { present } from '../../../present';
import { confinementOptions, readConfinement } from './confinement-options';
import { environmentFileOption, environmentFilesOf } from './environment-file';
import { healthOptions, readHealth } from './health-options';
import { limitOptions, readLimits } from './limit-options';
import { mountOptions, readMounts } from './mount-options';
import { networkOptions, readNetwork } from './network-options';
import {
  directoryOf,
  exposedOf,
  identityOf,
  nameOf,
  programOf,
  signalOf,
  variablesOf,
} from './checked-values';
import type { ImageDomain } from '../../../index';
import type { Option, Options } from '../../shell/arguments';

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
  environmentFileOption,
  {
    name: 'user',
    kind: 'string',
    letter: 'u',
    help: 'user in place of the image’s: USER or USER:GROUP',
    mayBeEmpty: true,
  },
  {
    name: 'workdir',
    letter: 'w',
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
  ...mountOptions,
  ...limitOptions,
  ...healthOptions,
  ...confinementOptions,
  ...networkOptions,
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
  const limits = readLimits(options);
  return {
    ...present({ name: text('name', nameOf) }),
    ...programOf(options.string('entrypoint'), cmd),
    ...present({ env: variables(options, environment) }),
    ...text('user', identityOf),
    ...present({
      cwd: text('workdir', directoryOf),
      stopSignal: text('stop-signal', signalOf),
      ports: options.has('expose') ? exposedOf(options.strings('expose')) : undefined,
    }),
    ...readMounts(options, limits),
    ...limits,
    ...readHealth(options),
    ...readConfinement(options),
    ...readNetwork(options),
  };
}

/** As with docker, those of --env outweigh those of files. */
function variables(
  options: Options,
  environment: NodeJS.ProcessEnv,
): Record<string, string> | undefined {
  const [files, words] = [options.strings('env-file'), options.strings('env')];
  if (files.length + words.length === 0) return undefined;
  return { ...environmentFilesOf(files, environment), ...variablesOf(words, environment) };
}
