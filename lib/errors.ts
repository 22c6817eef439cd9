/**
 * Every error that tslxc throws. An error is data until it is shown: it carries the code and, where they apply, the errno, system
 * call, path, step, element and position. No program parses a message. Whatever a message quotes, such as names chosen by a
 * container, it has no character that could control a terminal.
 */
import { constants } from 'node:os';
import { getSystemErrorMap } from 'node:util';
import { printableText } from './printable';

/**
 * The codes, named as libvirt names its `VIR_ERR_*`, and the words that libvirt puts before the detail. `NO_IMAGE`,
 * `NATIVE_NOT_BUILT`, `PROTOCOL_ERROR` and `MAX_BUFFER_EXCEEDED` are tslxc's own.
 */
export const errorPrefixes = {
  INTERNAL_ERROR: 'internal error',
  NO_SUPPORT: 'this function is not supported by the connection driver',
  NO_CONNECT: 'failed to connect to the hypervisor',
  INVALID_ARG: 'invalid argument',
  OPERATION_FAILED: 'operation failed',
  NO_SOURCE: 'missing source information for device',
  NO_TARGET: 'missing target information for device',
  NO_NAME: 'missing name information',
  XML_ERROR: 'XML error',
  XML_DETAIL: '',
  OPERATION_DENIED: 'operation forbidden',
  SYSTEM_ERROR: '',
  NO_DOMAIN: 'Domain not found',
  NO_DOMAIN_SNAPSHOT: 'Domain snapshot not found',
  NO_NETWORK: 'Network not found',
  NETWORK_EXIST: 'this network exists already',
  NO_NODE_DEVICE: 'Node device not found',
  NO_NWFILTER: 'Network filter not found',
  NO_NWFILTER_BINDING: 'Network filter binding not found',
  NO_SECRET: 'Secret not found',
  INVALID_SECRET: 'Invalid secret',
  NO_INTERFACE: 'Interface not found',
  MULTIPLE_INTERFACES: 'multiple matching interfaces found',
  NO_STORAGE_POOL: 'Storage pool not found',
  NO_STORAGE_VOL: 'Storage volume not found',
  STORAGE_VOL_EXIST: '',
  OPERATION_INVALID: 'Requested operation is not valid',
  CONFIG_UNSUPPORTED: 'unsupported configuration',
  XML_INVALID_SCHEMA: 'XML document failed to validate against schema',
  CONF_SYNTAX: 'configuration file syntax error',
  OPERATION_TIMEOUT: 'Timed out during operation',
  DEVICE_MISSING: 'device not found',
  ARGUMENT_UNSUPPORTED: 'argument unsupported',
  ACCESS_DENIED: 'access denied',
  OPERATION_UNSUPPORTED: 'Operation not supported',
  RESOURCE_BUSY: 'resource busy',
  OPERATION_ABORTED: 'operation aborted',
  PROTOCOL_ERROR: 'protocol error',
  NO_HOSTNAME: 'no hostname found',
  NO_NETWORK_PORT: 'network port not found',
  NETWORK_PORT_EXIST: 'this network port exists already',
  HOOK_SCRIPT_FAILED: 'Hook script execution failed',
  NO_IMAGE: 'Image not found',
  NATIVE_NOT_BUILT: "native code can't be used",
  MAX_BUFFER_EXCEEDED: 'too much output',
} as const;

/** A stable error code. Test this, not the class and not the message. */
export type ErrorCode = keyof typeof errorPrefixes;

/** One of several things that are wrong with a definition. */
export interface DefinitionProblem {
  /** The XML element or attribute, as a path such as `domain/os/init`; of a DomainSpec the key, such as `definition.init`. */
  readonly element: string;
  /** Line of the XML text, from 1; of a DomainSpec, of the text that `domainXml` makes of it. */
  readonly line: number;
  /** Column of the XML text, from 1; of a DomainSpec as `line`. */
  readonly column: number;
  /** What is wrong, with the place. */
  readonly message: string;
}

/** Where an error happened; each field is there only when it means something. */
export interface ErrorDetails {
  /** Positive errno of the system call that failed, as in errno(3). */
  readonly errno?: number;
  /** Name of the system call that failed. */
  readonly syscall?: string;
  /** The file, device or address that the call was about. */
  readonly path?: string;
  /** The step of the start, stop or plan that failed, in words. */
  readonly step?: string;
  /** The domain that it happened to. An argument that is refused for itself, whatever the domain is, has `element` instead. */
  readonly domain?: string;
  /** The last lines of the console of a container that has ended, without control characters. */
  readonly console?: readonly string[];
  /**
   * What an awaited command had written to its standard output when it was ended: text or bytes, as requested. For a command on a
   * terminal, everything that the terminal had shown.
   */
  readonly stdout?: string | Buffer;
  /** The same for its standard error; empty for a command on a terminal. */
  readonly stderr?: string | Buffer;
  /**
   * The XML element that is at fault, as a path such as `domain/os/init`; of an argument, also of a definition that was given as a
   * DomainSpec, a path that begins with the argument's name, such as `definition.mounts[0].source`.
   */
  readonly element?: string;
  /** Line of the XML text, from 1. */
  readonly line?: number;
  /** Column of the XML text, from 1. */
  readonly column?: number;
  /**
   * Everything that is wrong with a definition, if all of it is reported at once; `element`, `line` and `column` are those of the
   * first problem.
   */
  readonly problems?: readonly DefinitionProblem[];
  /** The error that led to this one. */
  readonly cause?: unknown;
}

/** What is known of an error that was asked for by its code. */
export interface WithCode<Code extends ErrorCode> {
  /** One of the codes that were asked for. */
  readonly code: Code;
}

const brand = Symbol.for('tslxc.error');

/**
 * Base of all errors of this package.
 *
 * @example
 * try {
 *   await connection.lookupDomainByName('web');
 * } catch (error) {
 *   if (TslxcError.is(error, 'NO_DOMAIN')) await connection.defineDomain(xml);
 *   else throw error;
 * }
 */
export class TslxcError extends Error implements ErrorDetails {
  /** The name of the class. */
  override readonly name: string = 'TslxcError';
  /** Marks an error of this package, whichever copy of the package it comes from. */
  readonly [brand] = true;
  /** Stable: test this. */
  readonly code: ErrorCode;
  declare readonly errno?: number;
  declare readonly syscall?: string;
  declare readonly path?: string;
  declare readonly step?: string;
  declare readonly domain?: string;
  declare readonly console?: readonly string[];
  declare readonly stdout?: string | Buffer;
  declare readonly stderr?: string | Buffer;
  declare readonly element?: string;
  declare readonly line?: number;
  declare readonly column?: number;
  declare readonly problems?: readonly DefinitionProblem[];

  constructor(code: ErrorCode, detail: string, details: ErrorDetails = {}) {
    const { cause, ...fields } = details;
    super(printableText(prefixed(code, detail)), cause === undefined ? undefined : { cause });
    this.code = code;
    Object.assign(this, fields);
  }

  /**
   * True for an error of this package with one of these codes, whichever copy or realm it comes from (Jest has several). TypeScript
   * then knows `error.code` to be one of them.
   */
  static is<Code extends ErrorCode>(
    error: unknown,
    code: Code,
    ...others: readonly Code[]
  ): error is TslxcError & WithCode<Code>;
  /** The same with any code, if it is left out or undefined. */
  static is(error: unknown, code?: ErrorCode): error is TslxcError;
  static is(error: unknown, ...codes: readonly (ErrorCode | undefined)[]): error is TslxcError {
    return isOfClass('TslxcError', error, codes);
  }
}

/** Whether an error is of a class, by its name: that of another copy of the package is another class. */
function isOfClass(
  name: string,
  error: unknown,
  codes: readonly (ErrorCode | undefined)[],
): boolean {
  if (typeof error !== 'object' || error === null || !(brand in error)) return false;
  const { name: own, code } = error as Partial<TslxcError>;
  if (name !== 'TslxcError' && own !== name) return false;
  const wanted = codes.filter((one) => one !== undefined);
  return wanted.length === 0 || wanted.some((one) => one === code);
}

/** The definition contains something that is not allowed, or is malformed. Has `element`, and if it is XML `line` and `column`. */
export class DefinitionError extends TslxcError {
  /** The name of the class. */
  override readonly name: string = 'DefinitionError';

  /** As `TslxcError.is` with codes, for errors of this class alone. */
  static override is<Code extends ErrorCode>(
    error: unknown,
    code: Code,
    ...others: readonly Code[]
  ): error is DefinitionError & WithCode<Code>;
  /** As `TslxcError.is`, for errors of this class alone. */
  static override is(error: unknown, code?: ErrorCode): error is DefinitionError;
  static override is(
    error: unknown,
    ...codes: readonly (ErrorCode | undefined)[]
  ): error is DefinitionError {
    return isOfClass('DefinitionError', error, codes);
  }
}

/** What a failed system call reports, from the addon, the monitor or init. */
export interface Failure {
  /** Positive errno. */
  readonly errno: number;
  /** Name of the system call. */
  readonly syscall: string;
  /** The file, device or address that the call was about. */
  readonly path?: string;
  /** The step that failed, in words. */
  readonly step?: string;
  /** The domain that it happened to. */
  readonly domain?: string;
  /** The XML element that asked for it. */
  readonly element?: string;
  /** Line of the XML text, from 1. */
  readonly line?: number;
  /** Column of the XML text, from 1. */
  readonly column?: number;
}

/** A system call failed. `errno`, `syscall` and mostly `path` and `step` are set; `code` is SYSTEM_ERROR. */
export class SyscallError extends TslxcError {
  /** The name of the class. */
  override readonly name: string = 'SyscallError';
  declare readonly errno: number;
  declare readonly syscall: string;

  constructor(
    failure: Failure & Pick<ErrorDetails, 'cause'>,
    message: string = describeFailure(failure),
  ) {
    super('SYSTEM_ERROR', message, failure);
  }

  /** As `TslxcError.is` with codes, for errors of this class alone. */
  static override is<Code extends ErrorCode>(
    error: unknown,
    code: Code,
    ...others: readonly Code[]
  ): error is SyscallError & WithCode<Code>;
  /** As `TslxcError.is`, for errors of this class alone. */
  static override is(error: unknown, code?: ErrorCode): error is SyscallError;
  static override is(
    error: unknown,
    ...codes: readonly (ErrorCode | undefined)[]
  ): error is SyscallError {
    return isOfClass('SyscallError', error, codes);
  }
}

/** A peer (the monitor, or the client of a socket) violated the protocol, or stopped answering. */
export class ProtocolError extends TslxcError {
  /** The name of the class. */
  override readonly name: string = 'ProtocolError';
  declare readonly code: 'PROTOCOL_ERROR';

  constructor(detail: string, details: ErrorDetails = {}) {
    super('PROTOCOL_ERROR', detail, details);
  }

  /** As `TslxcError.is` with codes, for errors of this class alone. */
  static override is<Code extends ErrorCode>(
    error: unknown,
    code: Code,
    ...others: readonly Code[]
  ): error is ProtocolError & WithCode<Code>;
  /** As `TslxcError.is`, for errors of this class alone. */
  static override is(error: unknown, code?: ErrorCode): error is ProtocolError;
  static override is(
    error: unknown,
    ...codes: readonly (ErrorCode | undefined)[]
  ): error is ProtocolError {
    return isOfClass('ProtocolError', error, codes);
  }
}

/** Numbers from here on are libuv's own, for getaddrinfo(3) and the like. */
const firstOfLibuv = 3000;

/** Words for errnos that a container can fail with, and that some versions of libuv have no words for. */
const errnoWords: Readonly<Record<string, string>> = {
  EBADMSG: 'bad message',
  ECHILD: 'no child processes',
  EDQUOT: 'disk quota exceeded',
  ENOEXEC: 'exec format error',
  ENOLCK: 'no locks available',
  ESTALE: 'stale file handle',
};

/** `ENOENT, no such file or directory` for 2. */
export function describeErrno(errno: number): string {
  const words = errno < firstOfLibuv ? getSystemErrorMap().get(-errno)?.[1] : undefined;
  const text = words ?? errnoWords[errnoName(errno)];
  return text === undefined ? errnoName(errno) : `${errnoName(errno)}, ${text}`;
}

/** The symbolic name of a positive errno: `ENOENT` for 2. Node's own map lacks some, such as ENOEXEC and ECHILD. */
export function errnoName(errno: number): string {
  const known = errno < firstOfLibuv ? getSystemErrorMap().get(-errno)?.[0] : undefined;
  return (
    known ??
    Object.entries(constants.errno).find(([, number]) => number === errno)?.[0] ??
    `E${errno}`
  );
}

function describeFailure(failure: Failure): string {
  const { errno, syscall, path } = failure;
  const what = path === undefined || path === '' ? syscall : `${syscall} ${path}`;
  const where = describePlace(failure);
  return `${what}: ${describeErrno(errno)}${where === '' ? '' : ` (${where})`}${hintFor(failure)}`;
}

/** Places that only tslxc has to write to. A systemd unit can make them read-only for it. */
const ownPlaces = /^\/sys\/fs\/cgroup\/|\/(etc|run|lib|log)\/tslxc(\/|$)/;

/** What to do about a limit of open descriptors that is reached. `whose` names it. */
export function raiseDescriptors(whose = 'its limit'): string {
  return `${whose} is to be raised (ulimit -n, LimitNOFILE=)`;
}

/** inotify(7): limits of the user, and not of the process; but for the first, which may be either. */
const watchHints: Readonly<Record<number, string>> = {
  [constants.errno.EMFILE]:
    `: its user's limit of inotify instances is to be raised (sysctl fs.inotify.max_user_instances); if that is not reached, ${raiseDescriptors('that of its descriptors')}`,
  [constants.errno.ENOSPC]:
    `: its user's limit of inotify watches is to be raised (sysctl fs.inotify.max_user_watches)`,
};

function hintFor({ errno, syscall, path = '' }: Failure): string {
  // What node:fs calls inotify_init1(2) and inotify_add_watch(2).
  if (syscall === 'watch') return watchHints[errno] ?? '';
  if (errno === constants.errno.EMFILE) return `: ${raiseDescriptors()}`;
  if (errno !== constants.errno.EROFS || !ownPlaces.test(path)) return '';
  const setting = path.startsWith('/sys/')
    ? 'ProtectControlGroups=no'
    : 'ReadWritePaths=, or a ProtectSystem= other than strict';
  return `: it is read-only for this process; in a systemd unit it needs ${setting}`;
}

/** The step, and the element with its line and column, as far as they are known. */
export function describePlace({ step, element, line, column }: ErrorDetails): string {
  const at =
    element === undefined || line === undefined
      ? []
      : [`${element}, line ${line}, column ${column ?? 1}`];
  return [...(step === undefined ? [] : [step]), ...at].join('; ');
}

/** The message without the element and its place in a document, for a reader who has not seen that; the step stays. */
export function messageWithoutElement(error: TslxcError): string {
  const { element, line, column = 1 } = error;
  if (element === undefined) return error.message;
  // Of an argument, only its path.
  const at = line === undefined ? element : describePlace({ element, line, column });
  return error.message.replace(` (${at})`, '').replace(`; ${at}`, '');
}

function prefixed(code: ErrorCode, detail: string): string {
  const prefix = errorPrefixes[code];
  return prefix === '' ? detail : `${prefix}: ${detail}`;
}
