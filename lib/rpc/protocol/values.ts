/** The values of libvirt's remote protocol that several procedures share: domains, networks, typed parameters, errors. */
import {
  double,
  fixedOpaque,
  hyper,
  int,
  optional,
  structure,
  text,
  uint,
  union,
  unsignedHyper,
} from '../xdr/codec';
import type { Codec, ValueOf } from '../xdr/codec';

/** The most entries of a list of domains or networks. */
export const longestList = 16_384;

export const uuid = fixedOpaque(16);

/** A text that may be missing. */
export const maybeText = optional(text);

/** A domain: its name, its uuid, and the pid of its monitor, or -1. */
export const domain = structure({ name: text, uuid, id: int });
export type WireDomain = ValueOf<typeof domain>;

export const network = structure({ name: text, uuid });
export type WireNetwork = ValueOf<typeof network>;

export const networkPort = structure({ network, uuid });
export type WireNetworkPort = ValueOf<typeof networkPort>;

/** The number of the type of a typed parameter. */
export const parameterTypes = {
  int: 1,
  uint: 2,
  hyper: 3,
  unsignedHyper: 4,
  double: 5,
  boolean: 6,
  text: 7,
} as const;

/** The value of a typed parameter, with the number of its type. */
export type ParameterValue =
  | Readonly<{ type: 1 | 2 | 5 | 6; value: number }>
  | Readonly<{ type: 3 | 4; value: bigint }>
  | Readonly<{ type: 7; value: string }>;

const parameterValue: Codec<ParameterValue> = union<ParameterValue>({
  [parameterTypes.int]: int,
  [parameterTypes.uint]: uint,
  [parameterTypes.hyper]: hyper,
  [parameterTypes.unsignedHyper]: unsignedHyper,
  [parameterTypes.double]: double,
  [parameterTypes.boolean]: int,
  [parameterTypes.text]: text,
});

export const parameter = structure({ field: text, value: parameterValue });
export type Parameter = ValueOf<typeof parameter>;

/** What answers a call that has failed. `detail`, `extra` and `third` are libvirt's str1, str2 and str3. */
export const errorReply = structure({
  code: int,
  domain: int,
  message: maybeText,
  level: int,
  ofDomain: optional(domain),
  format: maybeText,
  detail: maybeText,
  third: maybeText,
  firstNumber: int,
  secondNumber: int,
  ofNetwork: optional(network),
});
export type ErrorReply = ValueOf<typeof errorReply>;

export const header = structure({
  program: uint,
  version: uint,
  procedure: int,
  type: int,
  serial: uint,
  status: int,
});
export type Header = ValueOf<typeof header>;
