/** The interfaces of an LXC configuration: `<interface>` and `<hostdev type='net'>`. Pure. */
import { numberOf, valueError, type Entry } from '../entry';
import type { Scene } from '../scene';
import { convertAddresses, convertMac } from './addresses';
import { nicsOf, type Nic } from './nic';
import { chosenLinkName, faultOfLinkName } from '../../interface/link-name';
import { node, type PrintableElement } from '../../xml/print';

export interface Network {
  /** Children of `<devices>`. */
  readonly elements: readonly PrintableElement[];
  /** Whether the container has its own network namespace although it has no interface. */
  readonly isolated: 'yes' | 'no';
}

/**
 * A container has its own network namespace, unless all `lxc.net.N.type` are `none`, or its namespace is shared. It never gets the
 * host's network because an interface can't be carried over.
 *
 * @throws TslxcError CONF_SYNTAX.
 */
export function convertNetwork(scene: Scene, own: 'own' | 'host' | 'shared'): Network {
  const nics = nicsOf(scene.settings);
  const types = nics.flatMap(({ type }) => type?.value ?? []);
  const isHost = own === 'host' || (types.length > 0 && types.every((type) => type === 'none'));
  if (own === 'shared' || isHost) {
    nics.forEach((nic) => tellRest(scene, nic, 'the container has the network of another'));
    return { elements: [], isolated: 'no' };
  }
  const elements = nics.flatMap((nic) => {
    const converted = convertNic(scene, nic);
    const isTyped = nic.type !== undefined;
    const reason = isTyped ? 'an interface of this type has none' : `${nic.name}.type is not set`;
    tellRest(scene, nic, reason);
    return converted;
  });
  return { elements, isolated: elements.length === 0 ? 'yes' : 'no' };
}

const reasons: readonly (readonly [pattern: RegExp, reason: string])[] = [
  [/\.script\.(up|down)$/, 'no script is run for an interface'],
  [/\.l2proxy$/, 'no proxy entries are made on the host'],
  [/\.veth\.ipv[46]\.route$/, 'the route on the host is not made'],
];

/** Reports the remaining entries, except flags, which have no meaning without an interface. */
function tellRest({ report }: Scene, nic: Nic, otherwise: string): void {
  for (const entry of nic.rest()) {
    if (entry.key.endsWith('.flags')) continue;
    const reason = reasons.find(([pattern]) => pattern.test(entry.key))?.[1];
    report.tell(entry, reason ?? otherwise);
  }
}

function convertNic(scene: Scene, nic: Nic): PrintableElement[] {
  const { type } = nic;
  if (type === undefined) return [];
  switch (type.value) {
    case 'veth':
      return [interfaceElement(scene, nic, vethSource(scene, nic))];
    case 'macvlan':
      return [interfaceElement(scene, nic, macvlanSource(nic, type))];
    case 'phys':
    case 'vlan':
      return lentInterface(scene, nic, type);
    case 'empty':
    case 'none':
      return [];
    case 'ipvlan':
      scene.report.tell(type, 'a domain has no interface of that type');
      return [];
    default:
      throw valueError(type, 'no type of an interface');
  }
}

interface Source {
  readonly type: 'bridge' | 'ethernet' | 'direct';
  readonly attributes: Readonly<Record<string, string>>;
  /** The interface of the host that it is connected to. */
  readonly link: string | undefined;
}

function vethSource({ report }: Scene, nic: Nic): Source {
  const link = linkOf(nic);
  const mode = nic.take('veth.mode');
  if (mode?.value === 'router') {
    const to = link === undefined ? '' : ` by '${link}'`;
    report.tell(mode, `no routes and proxy entries${to} are made on the host`);
    return { type: 'ethernet', attributes: {}, link };
  }
  if (link === undefined) return { type: 'ethernet', attributes: {}, link };
  return { type: 'bridge', attributes: { bridge: link }, link };
}

/** libvirt's names of macvlan modes. */
const modes: Readonly<Record<string, string>> = {
  private: 'private',
  vepa: 'vepa',
  bridge: 'bridge',
  passthru: 'passthrough',
};

function macvlanSource(nic: Nic, type: Entry): Source {
  const entry = nic.take('macvlan.mode');
  const mode = modes[entry?.value ?? 'private'];
  if (entry !== undefined && mode === undefined) throw valueError(entry, 'no mode of a macvlan');
  const link = linkOf(nic);
  if (link === undefined) throw valueError(type, `${nic.name}.link is not set`);
  return { type: 'direct', attributes: { dev: link, mode: mode ?? 'private' }, link };
}

/** The name of an interface; undefined if it is not set. */
function linkOf(nic: Nic): string | undefined {
  const entry = nic.take('link');
  if (entry === undefined) return undefined;
  const fault = faultOfLinkName(entry.value);
  if (fault === undefined) return entry.value;
  throw valueError(entry, `the name of an interface ${fault}`);
}

function interfaceElement(scene: Scene, nic: Nic, source: Source): PrintableElement {
  const { type, attributes, link } = source;
  const state = nic.take('flags') === undefined ? 'down' : 'up';
  const children = [
    ...convertMac(scene, nic),
    ...(type === 'ethernet' ? [] : [node('source', attributes)]),
    ...(type === 'bridge' ? vlanElements(scene, nic) : []),
    ...hostSideName(scene, nic),
    ...sized(nic),
    ...named(nic),
    ...(state === 'down' ? [node('link', { state })] : []),
    ...convertAddresses(scene, nic, { link, state }),
  ];
  return node('interface', { type }, children);
}

function hostSideName({ report }: Scene, nic: Nic): PrintableElement[] {
  const entry = nic.take('veth.pair');
  if (entry === undefined) return [];
  if (!chosenLinkName.test(entry.value)) return [node('target', { dev: entry.value })];
  report.tell(entry, 'a name of this kind is chosen at each start');
  return [];
}

function named(nic: Nic): PrintableElement[] {
  const entry = nic.take('name');
  return entry === undefined ? [] : [node('guest', { dev: entry.value })];
}

function sized(nic: Nic): PrintableElement[] {
  const entry = nic.take('mtu');
  return entry === undefined ? [] : [node('mtu', { size: String(numberOf(entry, 65_535)) })];
}

/** The untagged VLAN of the bridge's port, and its tagged VLANs. */
function vlanElements({ report }: Scene, nic: Nic): PrintableElement[] {
  const own = nic.take('veth.vlan.id');
  const tagged = nic.takeAll('veth.vlan.tagged.id');
  const isNone = own?.value === 'none';
  if (own !== undefined && isNone && tagged.length === 0) {
    report.tell(own, 'a port without any VLAN carries nothing');
  }
  const untagged = own === undefined || isNone ? [] : [vlanTag(own)];
  if (untagged.length + tagged.length === 0) return [];
  const tags = [
    ...untagged.map((id) =>
      node('tag', { id, nativeMode: tagged.length > 0 ? 'untagged' : undefined }),
    ),
    ...tagged.map((entry) => node('tag', { id: vlanTag(entry) })),
  ];
  return [node('vlan', { trunk: tagged.length > 0 ? 'yes' : undefined }, tags)];
}

function vlanTag(entry: Entry): string {
  return String(numberOf(entry, 4094));
}

/** An interface of the host, or a VLAN interface on top of it, which LXC would make itself. */
function lentInterface(scene: Scene, nic: Nic, type: Entry): PrintableElement[] {
  const { report } = scene;
  const link = nic.take('link');
  if (link === undefined) {
    report.tell(type, `${nic.name}.link is not set: left out`);
    return [];
  }
  const names = type.value === 'vlan' ? vlanName(scene, nic, link) : physicalNames(scene, link);
  const state = nic.take('flags') === undefined ? 'down' : 'up';
  if (state === 'down') report.tell(type, 'an interface of the host is up in the container');
  const addresses = convertAddresses(scene, nic, { link: undefined, state: 'up' });
  return names.map((name) =>
    node('hostdev', { mode: 'capabilities', type: 'net' }, [
      node('source', {}, [node('interface', {}, [name])]),
      ...addresses,
    ]),
  );
}

/** A name that ends with `+` stands for all that begin with it. */
function physicalNames({ report }: Scene, link: Entry): string[] {
  const { value } = link;
  if (faultOfLinkName(value) === undefined && !value.endsWith('+')) return [value];
  report.tell(link, 'each interface of the host needs a <hostdev> of its own: left out');
  return [];
}

function vlanName({ report }: Scene, nic: Nic, link: Entry): string[] {
  const id = nic.take('vlan.id');
  if (id === undefined) throw valueError(link, `${nic.name}.vlan.id is not set`);
  const name = `${link.value}.${vlanTag(id)}`;
  const fault = faultOfLinkName(name);
  if (fault !== undefined) {
    report.tell(id, `'${name}' ${fault}: make the interface on the host, and a <hostdev> of it`);
    return [];
  }
  const command = `ip link add link ${link.value} name ${name} type vlan id ${id.value}`;
  report.tell(id, `the host needs that interface before a start: ${command}`);
  return [name];
}
