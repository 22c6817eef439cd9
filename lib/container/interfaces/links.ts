/**
 * Resolves the network interfaces of a container on this host: free names, and the bridges and devices that are there.
 * It only reads and chooses; nothing is made yet, so that a mistake in the XML is reported with its line.
 */
import { constants } from 'node:os';
import type { DomainDefinition, HostInterfaceDefinition } from '../../domain/definition';
import type { Bandwidth, InterfaceDefinition } from '../../domain/interface/definition';
import { hostSideMac } from '../../domain/interface/mac-address';
import { faultOfSwitch } from '../../domain/interface/validate';
import { definitionError } from '../../domain/xml/source-location';
import type { SourceLocation } from '../../domain/xml/source-location';
import { describeErrno, describePlace, SyscallError, TslxcError } from '../../errors';
import { native } from '../../host/native';
import type { Link as HostLink } from '../../host/native';
import { guestNames } from '../../plan/network/links';
import type { Link, MacvlanLink, MovedLink, Port, VethLink } from '../../plan/network/links';
import type { LinkFilter } from './tables/filter-rules';
import { linkFilter } from './tables/link-filter';
import { recordedAddresses } from './recorded-addresses';
import { linkReach, undoOfReach, type LinkReach } from './port/link-reach';
import { previewNames } from './link-numbers';
import type { LinkNames } from './link-numbers';
import { checkSwitchBridge, switchPort } from './switch-port';
import type { SwitchPort } from './switch-port';
import type { LinkRecord } from '../record/run-state';
import type { Undo } from '../record/undo';

/** What a start makes and borrows for the interfaces. */
export interface ResolvedLinks {
  /** Those of `<interface>` in their order, then those that the host lends; `records` has the same order. */
  readonly links: readonly Link[];
  readonly records: readonly LinkRecord[];
  /** Put in place before anything is made. */
  readonly filters: readonly LinkFilter[];
  /** Likewise. */
  readonly reaches: readonly LinkReach[];
  /** Added when the links are there. */
  readonly switchPorts: readonly SwitchPort[];
  readonly undo: readonly Undo[];
}

export interface LinksWanted {
  readonly definition: DomainDefinition;
  /** Where each `<interface>` is plugged in, in their order. */
  readonly ports: readonly Port[];
  readonly names: LinkNames;
}

/** The kernel's default. */
const usualMtu = 1500;

const step = 'look up the network interfaces';

export const noLinks: ResolvedLinks = {
  links: [],
  records: [],
  filters: [],
  reaches: [],
  switchPorts: [],
  undo: [],
};

/**
 * @throws TslxcError SYSTEM_ERROR for a bridge or device that does not exist; DefinitionError CONFIG_UNSUPPORTED for
 * one that can't be used in this way, and for an address that is in use; RESOURCE_BUSY for a name that is in use. All
 * with element and position.
 */
export async function lookUpLinks(wanted: LinksWanted): Promise<ResolvedLinks> {
  const { interfaces, hostInterfaces } = wanted.definition;
  if (interfaces.length === 0 && hostInterfaces.length === 0) return noLinks;
  const resolved = resolveLinks(await native().listLinks(), wanted);
  for (const port of resolved.switchPorts) await checkSwitchBridge(port);
  return resolved;
}

/** `found` are the interfaces of the host. @throws as `lookUpLinks`. */
export function resolveLinks(found: readonly HostLink[], wanted: LinksWanted): ResolvedLinks {
  const { interfaces, hostInterfaces } = wanted.definition;
  const resolution = new Resolution(found, wanted);
  const names = guestNames(wanted.definition);
  const resolved = [
    ...interfaces.map((one, index) => {
      const port = wanted.ports[index];
      if (port === undefined) throw new RangeError('an interface without a port');
      return resolution.resolve(one, port, names[index] ?? '');
    }),
    ...hostInterfaces.map((one) => resolution.lend(one)),
  ];
  return {
    links: resolved.map(({ link }) => link),
    records: resolved.map(({ record }) => record),
    filters: resolved.flatMap(({ filter }) => filter ?? []),
    reaches: resolved.flatMap(({ reach }) => reach ?? []),
    switchPorts: resolved.flatMap((one) => one.switchPort ?? []),
    undo: resolved.flatMap(({ undo }) => undo),
  };
}

/** What a start would choose; locks nothing. @throws as `lookUpLinks`. */
export async function previewLinks(
  definition: DomainDefinition,
  ports: readonly Port[],
): Promise<ResolvedLinks> {
  return await lookUpLinks({ definition, ports, names: { choose: previewNames(), taken: [] } });
}

export function interfacePlace({
  position,
}: Pick<InterfaceDefinition, 'position'>): SourceLocation {
  return { path: 'domain/devices/interface', position };
}

function hostInterfacePlace({ position }: HostInterfaceDefinition): SourceLocation {
  return { path: 'domain/devices/hostdev', position };
}

interface Resolved {
  readonly link: Link;
  readonly record: LinkRecord;
  readonly filter?: LinkFilter | undefined;
  readonly reach?: LinkReach;
  readonly switchPort?: SwitchPort | undefined;
  readonly undo: readonly Undo[];
}

/** The interfaces of the host at one moment, and the names that have been chosen since. */
class Resolution {
  readonly #byName: ReadonlyMap<string, HostLink>;
  readonly #all: readonly HostLink[];
  readonly #domain: DomainDefinition;
  readonly #names: LinkNames;
  /** Names on the host that are in use, asked for by the definition, or chosen. */
  readonly #taken: Set<string>;

  constructor(all: readonly HostLink[], { definition, names }: LinksWanted) {
    this.#all = all;
    this.#domain = definition;
    this.#byName = new Map(all.map((link) => [link.name, link]));
    this.#names = names;
    const asked = definition.interfaces.flatMap(({ targetDevice }) => targetDevice ?? []);
    this.#taken = new Set([...this.#byName.keys(), ...asked, ...names.taken]);
  }

  resolve(definition: InterfaceDefinition, port: Port, guest: string): Resolved {
    switch (port.kind) {
      case 'bridge':
        if (port.virtualPort !== undefined) return this.#toSwitch(definition, port, guest);
        return this.#plugIn(definition, port, guest);
      case 'free':
        return this.#veth(definition, { guest, type: definition.type });
      case 'direct':
        return this.#macvlan(definition, port, guest);
    }
  }

  lend(definition: HostInterfaceDefinition): Resolved {
    const { device, addresses, routes } = definition;
    const place = hostInterfacePlace(definition);
    const found = this.#find(device, 'network interface', place);
    const { kind, address: mac, mtu, index, alternativeNames } = found;
    const facts = { name: device, guest: device, kind, mac, mtu, index, alternativeNames };
    const link: MovedLink = {
      kind: 'moved',
      host: device,
      guest: device,
      state: 'up',
      addresses,
      routes,
      place,
    };
    return {
      link,
      record: { type: 'hostdev', guest: device, host: device, mac: '' },
      undo: [{ undo: 'returnLink', ...facts }],
    };
  }

  #plugIn(definition: InterfaceDefinition, port: Port & { kind: 'bridge' }, guest: string) {
    const { bridge } = port;
    const place = interfacePlace(definition);
    if (port.isPreviewed === true) {
      const vlan = definition.vlan ?? port.vlan;
      return this.#toBridge(definition, port, { guest, mtu: port.mtu, vlan });
    }
    const found = this.#find(bridge, 'bridge', place);
    if (found.kind !== 'bridge') {
      throw definitionError(
        'CONFIG_UNSUPPORTED',
        `the network interface '${bridge}' is not a bridge`,
        place,
      );
    }
    const user = this.#all.find(
      ({ master, address }) => master === found.index && address === hostSideMac(definition.mac),
    );
    if (user !== undefined) {
      const words = `the MAC address ${definition.mac} is in use on the bridge '${bridge}'`;
      throw definitionError(
        'CONFIG_UNSUPPORTED',
        `${words}, by the interface behind ${user.name}`,
        place,
      );
    }
    const mtu = port.mtu ?? (found.mtu === usualMtu ? undefined : found.mtu);
    const vlan = definition.vlan ?? port.vlan;
    const isFiltered = found.vlanFiltering || port.filtersVlans === true;
    if (vlan !== undefined && !isFiltered) throw ignoredVlan(bridge, place);
    return this.#toBridge(definition, port, { guest, mtu, vlan });
  }

  /** For the kernel the link is not a bridge port: Open vSwitch takes it as it is. */
  #toSwitch(definition: InterfaceDefinition, port: Port & { kind: 'bridge' }, guest: string) {
    const { bridge, network, bandwidth } = port;
    const place = interfacePlace(definition);
    const isolated = definition.isolated ?? port.isolated ?? false;
    const fault = faultOfSwitch({ ...definition, isolated });
    if (fault !== undefined) throw definitionError('CONFIG_UNSUPPORTED', fault.detail, place);
    if (this.#find(bridge, 'bridge', place).kind === 'bridge') {
      const words = `the bridge '${bridge}' is a bridge of the kernel, not of Open vSwitch`;
      throw definitionError('CONFIG_UNSUPPORTED', words, place);
    }
    const made = this.#veth(definition, {
      guest,
      type: definition.type,
      ...(network === undefined ? {} : { network }),
      ...(bandwidth === undefined ? {} : { bandwidth }),
    });
    const { host = '', mac } = made.record;
    return {
      ...made,
      record: { ...made.record, bridge },
      switchPort: switchPort(this.#domain, definition, { ...port, host, place }),
      undo: [...made.undo, { undo: 'removeSwitchPort', host, mac } as const],
    };
  }

  #toBridge(
    definition: InterfaceDefinition,
    port: Port & { kind: 'bridge' },
    { guest, mtu, vlan }: BridgePort,
  ): Resolved {
    const { bridge, network } = port;
    return this.#veth(definition, {
      guest,
      type: definition.type,
      bridge,
      isolated: definition.isolated ?? port.isolated ?? false,
      ...(mtu === undefined ? {} : { mtu }),
      ...(vlan === undefined ? {} : { vlan }),
      ...(network === undefined ? {} : { network }),
      ...(port.bandwidth === undefined ? {} : { bandwidth: port.bandwidth }),
      ...(port.reserved === undefined ? {} : { reserved: port.reserved }),
      ...(port.forwarding === undefined ? {} : { forwarding: port.forwarding }),
      ...(port.names === undefined ? {} : { names: port.names }),
    });
  }

  #veth(definition: InterfaceDefinition, port: VethPort): Resolved {
    const { mac, mtu = port.mtu, bandwidth = port.bandwidth } = definition;
    const { guest, type, bridge, network } = port;
    const host = this.#hostName(definition);
    const hostMac = hostSideMac(mac);
    const link: VethLink = {
      kind: 'veth',
      host,
      hostMac,
      mac,
      ...common(definition, guest),
      isolated: port.isolated ?? false,
      hostAddresses: definition.type === 'ethernet' ? definition.hostAddresses : [],
      hostRoutes: definition.type === 'ethernet' ? definition.hostRoutes : [],
      ...(mtu === undefined ? {} : { mtu }),
      ...(bridge === undefined ? {} : { bridge }),
      ...(port.vlan === undefined ? {} : { vlan: port.vlan }),
    };
    const record: LinkRecord = {
      type,
      guest,
      host,
      mac,
      ...(network === undefined ? {} : { network }),
      ...(bridge === undefined ? {} : { bridge }),
      ...(bandwidth === undefined ? {} : { bandwidth: directions(bandwidth) }),
      ...(definition.portForwards === undefined ? {} : { forwards: definition.portForwards }),
      ...(port.vlan === undefined ? recordedAddresses(definition) : {}),
    };
    const filter = linkFilter(definition, { host, reserved: port.reserved ?? [] });
    const reach = linkReach(this.#domain.name, definition, { ...port, host });
    if (reach.forwards !== undefined) this.#names.hold?.(reach.forwards);
    const remove = { undo: 'removeLink', name: host, mac: hostMac } as const;
    // Undo steps run from the last to the first: the link goes before its filter, which holds as long as there is a
    // link.
    const undo: Undo[] = [
      ...(filter === undefined ? [] : [{ undo: 'removeFilter', host, mac } as const]),
      ...undoOfReach(reach),
      remove,
    ];
    return { link, record, filter, reach, undo };
  }

  #macvlan(
    definition: InterfaceDefinition,
    { device, mode, network }: Port & { kind: 'direct' },
    guest: string,
  ): Resolved {
    const place = interfacePlace(definition);
    const { address } = this.#find(device, 'network interface', place);
    const { mac, mtu, type } = definition;
    const link: MacvlanLink = {
      kind: 'macvlan',
      lower: device,
      mode,
      mac,
      ...common(definition, guest),
      ...(mtu === undefined ? {} : { mtu }),
    };
    const record: LinkRecord = {
      type,
      guest,
      mac,
      device,
      ...(network === undefined ? {} : { network }),
    };
    const restore = { undo: 'restoreAddress', name: device, address, given: mac } as const;
    const remove = { undo: 'removeMacvlan', guest, mac } as const;
    return { link, record, undo: mode === 'passthrough' ? [restore, remove] : [remove] };
  }

  #hostName(definition: InterfaceDefinition): string {
    const { targetDevice } = definition;
    if (targetDevice === undefined) {
      const name = this.#names.choose((one) => this.#taken.has(one));
      this.#taken.add(name);
      return name;
    }
    if (this.#byName.has(targetDevice)) {
      throw nameTaken(targetDevice, interfacePlace(definition));
    }
    return targetDevice;
  }

  #find(name: string, what: 'bridge' | 'network interface', place: SourceLocation): HostLink {
    const found = this.#byName.get(name);
    if (found !== undefined) return found;
    const errno = constants.errno.ENODEV;
    const details = { step, element: place.path, ...place.position };
    throw new SyscallError(
      { ...details, errno, syscall: 'RTM_GETLINK', path: name },
      `cannot find the ${what} '${name}': ${describeErrno(errno)} (${describePlace(details)})`,
    );
  }
}

interface BridgePort {
  readonly guest: string;
  readonly mtu: number | undefined;
  readonly vlan: VethLink['vlan'] | undefined;
}

interface VethPort extends Pick<LinkRecord, 'guest' | 'type' | 'bridge' | 'network'> {
  readonly isolated?: boolean;
  readonly mtu?: number;
  readonly vlan?: VethLink['vlan'];
  readonly bandwidth?: Bandwidth;
  readonly reserved?: readonly string[];
  readonly forwarding?: BridgePlug['forwarding'];
  readonly names?: BridgePlug['names'];
}

type BridgePlug = Port & { kind: 'bridge' };

/** The error for a `<target dev>` that another interface has. */
function nameTaken(name: string, place: SourceLocation): TslxcError {
  return definitionError(
    'RESOURCE_BUSY',
    `the host has a network interface '${name}' already`,
    place,
  );
}

/** The kernel would accept the tags, but let every frame pass. */
function ignoredVlan(bridge: string, place: SourceLocation): TslxcError {
  const remedy = `ip link set ${bridge} type bridge vlan_filtering 1`;
  const words = `the bridge '${bridge}' does not filter VLANs, which '${remedy}' changes`;
  return definitionError('CONFIG_UNSUPPORTED', words, place);
}

/** The bandwidth without its position in the XML. */
function directions({ inbound, outbound }: Bandwidth): NonNullable<LinkRecord['bandwidth']> {
  return {
    ...(inbound === undefined ? {} : { inbound }),
    ...(outbound === undefined ? {} : { outbound }),
  };
}

function common(definition: InterfaceDefinition, guest: string) {
  const { linkState: state = 'up', addresses, routes } = definition;
  return { guest, state, addresses, routes, place: interfacePlace(definition) } as const;
}
