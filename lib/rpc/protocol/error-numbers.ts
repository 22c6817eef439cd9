/** The numbers that an error has in libvirt: its code, and what part of libvirt it comes from. */
import type { ErrorCode } from '../../errors';

/** libvirt's numbers for the library's error codes. Codes that libvirt does not have are internal errors to its clients. */
export const errorCodes: Readonly<Record<ErrorCode | MoreCodes, number>> = {
  INTERNAL_ERROR: 1,
  NO_SUPPORT: 3,
  NO_CONNECT: 5,
  INVALID_ARG: 8,
  OPERATION_FAILED: 9,
  NO_SOURCE: 19,
  NO_TARGET: 20,
  NO_NAME: 21,
  XML_ERROR: 27,
  OPERATION_DENIED: 29,
  CONF_SYNTAX: 33,
  XML_DETAIL: 35,
  NETWORK_EXIST: 37,
  SYSTEM_ERROR: 38,
  RPC: 39,
  NO_DOMAIN: 42,
  NO_NETWORK: 43,
  AUTH_FAILED: 45,
  NO_STORAGE_POOL: 49,
  NO_STORAGE_VOL: 50,
  NO_NODE_DEVICE: 53,
  OPERATION_INVALID: 55,
  NO_INTERFACE: 57,
  MULTIPLE_INTERFACES: 59,
  NO_NWFILTER: 62,
  INVALID_SECRET: 65,
  NO_SECRET: 66,
  CONFIG_UNSUPPORTED: 67,
  OPERATION_TIMEOUT: 68,
  HOOK_SCRIPT_FAILED: 70,
  NO_DOMAIN_SNAPSHOT: 72,
  ARGUMENT_UNSUPPORTED: 74,
  OPERATION_ABORTED: 78,
  AUTH_CANCELLED: 79,
  NO_DOMAIN_METADATA: 80,
  OPERATION_UNSUPPORTED: 84,
  RESOURCE_BUSY: 87,
  ACCESS_DENIED: 88,
  STORAGE_VOL_EXIST: 90,
  XML_INVALID_SCHEMA: 92,
  AUTH_UNAVAILABLE: 94,
  DEVICE_MISSING: 99,
  NO_NWFILTER_BINDING: 101,
  NETWORK_PORT_EXIST: 106,
  NO_NETWORK_PORT: 107,
  NO_HOSTNAME: 108,
  NO_NETWORK_METADATA: 111,
  NO_IMAGE: 1,
  NATIVE_NOT_BUILT: 1,
  PROTOCOL_ERROR: 1,
  MAX_BUFFER_EXCEEDED: 1,
};

/** Codes of libvirt that only the daemon uses, not the library. */
export type MoreCodes =
  | 'RPC'
  | 'AUTH_FAILED'
  | 'AUTH_CANCELLED'
  | 'AUTH_UNAVAILABLE'
  | 'NO_DOMAIN_METADATA'
  | 'NO_NETWORK_METADATA';

/** libvirt's numbers for the part of libvirt that an error comes from. */
export const errorOrigins = {
  xml: 5,
  conf: 9,
  rpc: 7,
  remote: 13,
  lxc: 17,
  storage: 18,
  network: 19,
  domain: 20,
  nodeDevice: 22,
  interface: 26,
  secret: 30,
  filter: 33,
  hook: 34,
  snapshot: 35,
  polkit: 60,
  checkpoint: 69,
} as const;

export type ErrorOrigin = keyof typeof errorOrigins;

/** VIR_ERR_ERROR: an error, not a warning. */
export const errorLevel = 2;
