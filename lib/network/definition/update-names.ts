/**
 * The parts of a network that an update can name, and the ways to change them, with libvirt's numbers for both
 * (virNetworkUpdateSection, virNetworkUpdateCommand): for the library, the command and the daemon. Pure.
 */

export const networkSections = {
  bridge: 1,
  domain: 2,
  ip: 3,
  'ip-dhcp-host': 4,
  'ip-dhcp-range': 5,
  forward: 6,
  'forward-interface': 7,
  'forward-pf': 8,
  portgroup: 9,
  'dns-host': 10,
  'dns-txt': 11,
  'dns-srv': 12,
} as const;

/** Parts that libvirt knows; `bridge`, `domain`, `ip`, `forward` and `forward-pf` can't be changed by themselves. */
export type NetworkSection = keyof typeof networkSections;

export const networkUpdateCommands = {
  modify: 1,
  delete: 2,
  'add-last': 3,
  'add-first': 4,
} as const;

/** What an update does with an element. */
export type NetworkUpdateCommand = keyof typeof networkUpdateCommands;

/** In libvirt's order. */
export const networkSectionNames = Object.keys(networkSections) as readonly NetworkSection[];

/** The part with this number in libvirt; undefined if there is none. */
export function networkSectionOf(number: number): NetworkSection | undefined {
  return networkSectionNames.find((name) => networkSections[name] === number);
}

/** The command with this number in libvirt; undefined if there is none. */
export function networkUpdateCommandOf(number: number): NetworkUpdateCommand | undefined {
  const names = Object.keys(networkUpdateCommands) as readonly NetworkUpdateCommand[];
  return names.find((name) => networkUpdateCommands[name] === number);
}
