/** A filter of libvirt's for network traffic (`<filter>`), as data. */
import type { UnknownWord } from '../../domain/xml/unsupported';

export interface NetworkFilterDefinition {
  readonly name: string;
  /** Lower case with dashes. */
  readonly uuid: string;
  /** `root`, or a chain whose name begins with that of a protocol, such as `arp-mac`. */
  readonly chain: string;
  /** Of the chain, -1000 to 1000. */
  readonly priority: number;
  /** In document order. */
  readonly entries: readonly FilterEntry[];
  /** What the text has besides, and libvirt's schema does not know. */
  readonly unknown?: readonly UnknownWord[];
}

export type FilterEntry = FilterRule | FilterInclusion;

/** `<filterref>`: the rules of another filter, with values for its variables. */
export interface FilterInclusion {
  readonly filter: string;
  readonly parameters: readonly FilterParameter[];
}

export interface FilterParameter {
  readonly name: string;
  readonly value: string;
}

export interface FilterRule {
  readonly action: (typeof ruleActions)[number];
  readonly direction: (typeof ruleDirections)[number];
  /** -1000 to 1000. */
  readonly priority: number;
  /** Whether the state of connections counts. */
  readonly stateMatch: boolean;
  /** Undefined for a rule about every frame. */
  readonly protocol?: RuleProtocol;
}

/** What a frame has to be like. */
export interface RuleProtocol {
  readonly name: string;
  /** By name, as they are written. */
  readonly attributes: Readonly<Record<string, string>>;
}

export const ruleActions = ['drop', 'accept', 'reject', 'continue', 'return'] as const;
export const ruleDirections = ['in', 'out', 'inout'] as const;

/** libvirt's priority of a rule that has none. */
export const defaultRulePriority = 500;

/** Prefixes of chains, with libvirt's priority of a filter in such a chain that has none. */
export const chainPriorities: Readonly<Record<string, number>> = {
  root: 0,
  stp: -810,
  mac: -800,
  vlan: -750,
  ipv4: -700,
  ipv6: -600,
  rarp: -400,
  arp: -500,
};

export function isInclusion(entry: FilterEntry): entry is FilterInclusion {
  return 'filter' in entry;
}
