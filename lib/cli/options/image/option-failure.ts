/**
 * What is said of a container from an image that could not be started: the option and its value, as they were typed, in place of
 * the element and the line of a definition that nobody has seen. Pure.
 */
import { constants } from 'node:os';
import { usualIds } from '../../../domain/namespaces/allocated-ids';
import { messageWithoutElement, TslxcError } from '../../../errors';
import type { ImageDomain, PortRangeSpec } from '../../../index';
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
function saidOfOption(error: TslxcError, typed: Typed): string | undefined {
  const { options, domain } = typed;
  const { element = '', errno, path, syscall } = error;
  const told = (name: string, why: string | undefined, value = options.string(name)) =>
    value === undefined || why === undefined
      ? undefined
      : `'${printable(value)}' for <${name}> option${why}`;
  const rest = `: ${messageWithoutElement(error)}`;
  if (syscall === 'chdir' && path === domain.cwd) return told('workdir', whyNoDirectory(errno));
  if (/^domain\/os\/init(user|group)$/.test(element)) return told('user', whyNotThatUser(error));
  if (element.startsWith('domain/devices/filesystem')) {
    return (
      told('volume', whyNoVolume(error) ?? rest, volumeOf(error, typed)) ??
      // The root has no path that was typed but that of what is written to it.
      (path === undefined ? told('upper', rest) : undefined)
    );
  }
  if (element.endsWith('/tslxc:overlay')) return told('upper', whyNoUpper(error) ?? rest);
  if (element.startsWith('domain/devices/interface')) {
    const published = publishedOf(error, typed);
    const why = error.code === 'NO_NETWORK' ? whyNoNetwork(error, typed) : rest;
    return element.includes('/portForward')
      ? told('publish', why, published)
      : (told('network', why) ?? told('publish', why, published));
  }
  return undefined;
}

function whyNoDirectory(errno: number | undefined): string | undefined {
  if (errno === ENOENT) return ': the image has no such directory';
  return errno === ENOTDIR ? ': that is no directory in the image' : undefined;
}

/** The code of a name that is not there is libvirt's, which calls that an internal error. */
function whyNotThatUser({ code, element = '' }: TslxcError): string {
  if (code !== 'INTERNAL_ERROR') {
    return `: the container has the ids from 0 to ${usualIds - 1}; --ids host gives it all`;
  }
  const [kind, file] = element.endsWith('user') ? ['user', '/etc/passwd'] : ['group', '/etc/group'];
  return `: the image has no ${kind} of that name in its ${file}; a number needs no entry there`;
}

/** The option whose directory or target the error is about; undefined for none. */
function volumeOf({ path }: TslxcError, { options, domain }: Typed): string | undefined {
  if (path === undefined) return undefined;
  const at = (domain.mounts ?? []).findIndex(
    (mount) => 'target' in mount && (mount.target === path || sourceOf(mount) === path),
  );
  return options.strings('volume')[at];
}

function sourceOf(mount: NonNullable<ImageDomain['mounts']>[number]): string | undefined {
  return 'source' in mount && typeof mount.source === 'string' ? mount.source : undefined;
}

/** The option whose address or port (`8080/tcp`) the error is about; else the first. */
function publishedOf({ about = '' }: TslxcError, { options, domain }: Typed): string | undefined {
  const [number = '', protocol] = about.split('/');
  const forwards = (domain.interfaces ?? []).flatMap((one) =>
    one.type === 'network' ? (one.portForwards ?? []) : [],
  );
  const at = forwards.findIndex(
    (one) =>
      one.address === about ||
      (one.protocol === protocol &&
        (one.ranges ?? []).some((ports) => hasPort(ports, Number(number)))),
  );
  return options.strings('publish')[Math.max(at, 0)];
}

function hasPort({ start, end = start }: PortRangeSpec, port: number): boolean {
  return start <= port && port <= end;
}

function whyNoVolume({ errno, element = '', path = '' }: TslxcError): string | undefined {
  const isMissing = errno === ENOENT && element.endsWith('/source');
  return isMissing ? `: there is no '${path}' on this host: make it first` : undefined;
}

function whyNoUpper({ errno, path = '' }: TslxcError): string | undefined {
  if (errno === ENOENT) return `: there is no directory in which '${path}' could be made`;
  return errno === ENOTDIR ? ': that is no directory' : undefined;
}

function whyNoNetwork(error: TslxcError, { options }: Typed): string {
  const others = 'tslxc net-list --all shows those that there are, and none and host are always';
  if (options.has('network')) return `: there is no such network; ${others}`;
  return `: ${messageWithoutElement(error)}`;
}

/** The image's own words, which an option can replace. */
function saidOfImage(error: TslxcError): string | undefined {
  const { element = '', code, syscall, path = '', errno } = error;
  if (syscall === 'chdir' && (errno === ENOENT || errno === ENOTDIR))
    return `the image names the working directory '${path}', and has no such directory: give another by --workdir`;
  if (code === 'INTERNAL_ERROR' && element === 'domain/os/inituser')
    return 'the image names a user that is not in its /etc/passwd: give another by --user';
  if (code === 'INTERNAL_ERROR' && element === 'domain/os/initgroup')
    return 'the image names a group that is not in its /etc/group: give another by --user';
  if (element.includes('/tslxc:stop'))
    return 'the image names a stop signal that is none: give another by --stop-signal';
  return undefined;
}
