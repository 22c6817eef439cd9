/**
 * What is said of a container from an image that could not be started: the option and its value, as they were typed, in place of
 * the key of an ImageDomain, which a user has not seen. Pure.
 */
import { constants } from 'node:os';
import { usualIds } from '../../../domain/namespaces/allocated-ids';
import { messageWithoutElement, TslxcError } from '../../../errors';
import type { ImageDomain } from '../../../index';
import { printable } from '../../../printable';
import type { Options } from '../../shell/arguments';
import { CommandError } from '../../shell/command-error';

/** What was typed, and what was made of it. */
interface Typed {
  readonly options: Options;
  readonly domain: ImageDomain;
}

const { ENOENT, ENOTDIR } = constants.errno;

/** Passes the error of `action` on in the words of the options. */
export async function inTypedWords<T>(typed: Typed, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    throw TslxcError.is(error) ? ofOption(error, typed) : error;
  }
}

/** The error itself, if it is about none of the options and no element. */
function ofOption(error: TslxcError, typed: Typed): Error {
  const told = saidOfOption(error, typed) ?? saidOfImage(error);
  if (told === undefined && error.element === undefined) return error;
  const message = told ?? messageWithoutElement(error);
  return new CommandError(message, { cause: error, causeLine: 'hidden', code: error.code });
}

/** Undefined if it is about none of the options that were typed. */
function saidOfOption(error: TslxcError, { options, domain }: Typed): string | undefined {
  const { errno, path, syscall, step } = error;
  const { key, inner } = keyOf(error);
  const told = (name: string, why: string, value = options.string(name)) =>
    value === undefined ? undefined : `'${printable(value)}' for <${name}> option${why}`;
  const rest = `: ${messageWithoutElement(error)}`;
  const isNoDirectory = errno === ENOENT || errno === ENOTDIR;
  if (syscall === 'chdir' && isNoDirectory && path === domain.cwd) {
    return told('workdir', whyNoDirectory(errno));
  }
  // Not if it is empty: then the program is the first word after the image.
  const isOfProgram = syscall === 'execve' || step === 'find the program';
  if (isOfProgram && options.string('entrypoint') === domain.init) return told('entrypoint', rest);
  switch (key) {
    case 'user':
    case 'group':
      return told('user', whyNotThatUser(error));
    case 'root':
      // A layer of the image was not typed, and has a path.
      if (inner !== 'overlay' && path !== undefined) return undefined;
      return told('upper', whyNoUpper(error) ?? rest);
    case 'mounts':
    case 'devices':
    case 'resourceLimits': {
      const [name = '', word] = oneOfSeveral(error, options);
      const why = key === 'mounts' ? whyNoVolume(error) : undefined;
      return word === undefined ? undefined : told(name, why ?? rest, word);
    }
    case 'interfaces':
      return toldOfInterface(error, options, told);
    default:
      return toldOfSingle(error, (name) => told(name, rest));
  }
}

type Teller = (name: string, why: string, value?: string) => string | undefined;

function toldOfInterface(error: TslxcError, options: Options, told: Teller): string | undefined {
  const { inner } = keyOf(error);
  const rest = `: ${messageWithoutElement(error)}`;
  if (inner === 'mac') return told('mac-address', rest);
  const why = error.code === 'NO_NETWORK' ? whyNoNetwork(error, options) : rest;
  const [, forward] = /^portForwards\[(\d+)\]/.exec(inner) ?? [];
  const published = options.strings('publish')[Number(forward ?? 0)];
  const ofPort = told('publish', why, published);
  return forward === undefined ? (told('network', why) ?? ofPort) : ofPort;
}

/** The option and the word that made this mount, device or limit; nothing, or no word, if none did. */
function oneOfSeveral(
  error: TslxcError,
  options: Options,
): readonly [name?: string, word?: string | undefined] {
  const { key, index, inner } = keyOf(error);
  if (key === 'devices') return ['device', options.strings('device')[index]];
  if (key === 'resourceLimits') {
    const [limit = ''] = inner.split('.');
    return ['ulimit', options.strings('ulimit').find((word) => word.startsWith(`${limit}=`))];
  }
  // They are in this order in the domain.
  let at = index;
  for (const name of ['volume', 'mount', 'tmpfs']) {
    const words = options.strings(name);
    if (at < words.length) return [name, words[at]];
    at -= words.length;
  }
  return [];
}

function toldOfSingle(
  error: TslxcError,
  told: (name: string) => string | undefined,
): string | undefined {
  const { key, inner } = keyOf(error);
  if (key === 'health') return told(healthNames[inner] ?? 'health-cmd');
  if (key !== 'limits') return told(optionNames[key] ?? '');
  // Time is a number of CPUs, or a quota.
  const ofTime = inner === 'cpuPeriod' || inner === 'cpuQuota' ? told('cpus') : undefined;
  return told(limitNames[inner] ?? '') ?? ofTime;
}

/** The options of keys that have one. */
const optionNames: Readonly<Record<string, string>> = {
  cpuset: 'cpuset-cpus',
  memory: 'memory',
  restart: 'restart',
};

const healthNames: Readonly<Record<string, string>> = {
  grace: 'health-start-period',
  interval: 'health-interval',
  retries: 'health-retries',
  timeout: 'health-timeout',
};

const limitNames: Readonly<Record<string, string>> = {
  blockWeight: 'blkio-weight',
  cpuPeriod: 'cpu-period',
  cpuQuota: 'cpu-quota',
  cpuShares: 'cpu-shares',
  memoryAndSwap: 'memory-swap',
  processes: 'pids-limit',
  softMemory: 'memory-reservation',
};

/** Of `domain.mounts[1].source`: `mounts`, 1 and `source`. */
function keyOf({ element = '' }: TslxcError): {
  readonly key: string;
  readonly index: number;
  readonly inner: string;
} {
  const [, key = '', index = '0', inner = ''] =
    /^domain\.(\w+)(?:\[(\d+)\])?(?:\.(.*))?$/.exec(element) ?? [];
  return { key, index: Number(index), inner };
}

function whyNoDirectory(errno: number): string {
  return errno === ENOENT
    ? ': the image has no such directory'
    : ': that is no directory in the image';
}

/** The code of a name that is not there is libvirt's, which calls that an internal error. */
function whyNotThatUser(error: TslxcError): string {
  if (error.code !== 'INTERNAL_ERROR') {
    return `: the container has the ids from 0 to ${usualIds - 1}; --ids host gives it all`;
  }
  const { key } = keyOf(error);
  const file = key === 'user' ? '/etc/passwd' : '/etc/group';
  return `: the image has no ${key} of that name in its ${file}; a number needs no entry there`;
}

function whyNoVolume(error: TslxcError): string | undefined {
  const { errno, path = '' } = error;
  const isMissing = errno === ENOENT && keyOf(error).inner === 'source';
  return isMissing ? `: there is no '${path}' on this host: make it first` : undefined;
}

function whyNoUpper({ errno, path = '' }: TslxcError): string | undefined {
  if (errno === ENOENT) return `: there is no directory in which '${path}' could be made`;
  return errno === ENOTDIR ? ': that is no directory' : undefined;
}

function whyNoNetwork(error: TslxcError, options: Options): string {
  const others = 'tslxc net-list --all shows those that there are, and none and host are always';
  if (options.has('network')) return `: there is no such network; ${others}`;
  return `: ${messageWithoutElement(error)}`;
}

/** The image's own words, which an option can replace. */
function saidOfImage(error: TslxcError): string | undefined {
  const { code, syscall, path = '', errno } = error;
  if (syscall === 'chdir' && (errno === ENOENT || errno === ENOTDIR))
    return `the image names the working directory '${path}', and has no such directory: give another by --workdir`;
  const { key, inner } = keyOf(error);
  if (key === 'health' && inner === '')
    return 'the image has no health check of its own: give one by --health-cmd';
  if (code === 'INTERNAL_ERROR' && key === 'user')
    return 'the image names a user that is not in its /etc/passwd: give another by --user';
  if (code === 'INTERNAL_ERROR' && key === 'group')
    return 'the image names a group that is not in its /etc/group: give another by --user';
  if (key === 'stopSignal')
    return 'the image names a stop signal that is none: give another by --stop-signal';
  return undefined;
}
