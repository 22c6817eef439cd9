/** Errors as libvirt's clients know them: a code, an origin, and libvirt's words before the detail. */
import { errorPrefixes, SyscallError, TslxcError } from '../../../errors';
import { errorCodes, errorLevel, errorOrigins } from '../../protocol/error-numbers';
import type { ErrorOrigin, MoreCodes } from '../../protocol/error-numbers';
import type { ErrorReply } from '../../protocol/values';

type WireCode = keyof typeof errorCodes;

/** libvirt's words for the codes that the library does not have. */
const morePrefixes: Readonly<Record<MoreCodes, string>> = {
  RPC: '',
  AUTH_FAILED: 'authentication failed',
  AUTH_CANCELLED: 'authentication cancelled',
  AUTH_UNAVAILABLE: 'authentication unavailable',
  NO_DOMAIN_METADATA: 'metadata not found',
  NO_NETWORK_METADATA: 'metadata not found',
};

const prefixes: Readonly<Record<WireCode, string>> = { ...errorPrefixes, ...morePrefixes };

/** Errors of these codes come from another part of libvirt than the one that was asked. */
const originsByCode: Partial<Record<WireCode, ErrorOrigin>> = {
  XML_ERROR: 'domain',
  XML_DETAIL: 'domain',
  XML_INVALID_SCHEMA: 'xml',
  // Also of a start whose disk is a volume.
  NO_STORAGE_POOL: 'storage',
  NO_STORAGE_VOL: 'storage',
  CONF_SYNTAX: 'conf',
  HOOK_SCRIPT_FAILED: 'hook',
  RPC: 'rpc',
};

/** What is wrong with a document comes from the part of libvirt that reads it: these read their own. */
const readers: ReadonlySet<ErrorOrigin> = new Set(['network', 'storage', 'secret', 'filter']);
const ofDocuments: ReadonlySet<WireCode> = new Set(['XML_ERROR', 'XML_DETAIL']);

/** An error of the daemon itself, in libvirt's words. */
export class WireError extends Error {
  override readonly name = 'WireError';
  readonly code: WireCode;
  readonly detail: string;
  readonly origin: ErrorOrigin | undefined;

  constructor(code: WireCode, detail: string, origin?: ErrorOrigin) {
    super(withPrefix(code, detail));
    this.code = code;
    this.detail = detail;
    this.origin = origin;
  }
}

/** Flags that a function does not know: INVALID_ARG, whose message has no prefix in libvirt (virCheckFlags). */
export class UnknownFlags extends Error {
  override readonly name = 'UnknownFlags';
  readonly code = 'INVALID_ARG';

  constructor(flags: number, driverFunction: string) {
    super(`unsupported flags (0x${flags.toString(16)}) in function ${driverFunction}`);
  }
}

/** What a client is told of an error; `asked` is the part of libvirt that the procedure belongs to. */
export function errorReplyOf(error: unknown, asked: ErrorOrigin): ErrorReply {
  const { code, message, origin } = described(error);
  const prefix = `${prefixes[code]}: `;
  const isPrefixed = prefixes[code] !== '' && message.startsWith(prefix);
  const from =
    origin ?? (readers.has(asked) && ofDocuments.has(code) ? asked : originsByCode[code]);
  return {
    code: errorCodes[code],
    domain: errorOrigins[from ?? asked],
    message,
    level: errorLevel,
    ofDomain: undefined,
    format: isPrefixed ? `${prefix}%1$s` : '%1$s',
    detail: isPrefixed ? message.slice(prefix.length) : message,
    third: undefined,
    firstNumber: error instanceof SyscallError ? error.errno : -1,
    secondNumber: -1,
    ofNetwork: undefined,
  };
}

interface Described {
  readonly code: WireCode;
  readonly message: string;
  readonly origin?: ErrorOrigin | undefined;
}

function described(error: unknown): Described {
  if (error instanceof WireError) return error;
  if (error instanceof UnknownFlags) return error;
  // The client has sent a malformed message; the error's own words say what is wrong with it.
  if (TslxcError.is(error, 'PROTOCOL_ERROR')) return { code: 'RPC', message: error.message };
  if (TslxcError.is(error)) return error;
  const message = error instanceof Error ? error.message : String(error);
  return { code: 'INTERNAL_ERROR', message: withPrefix('INTERNAL_ERROR', message) };
}

function withPrefix(code: WireCode, detail: string): string {
  const prefix = prefixes[code];
  return prefix === '' ? detail : `${prefix}: ${detail}`;
}
