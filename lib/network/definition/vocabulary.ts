/**
 * The names of elements and attributes in libvirt's network schema, and what this version does with each; see
 * domain/xml/vocabulary.ts. Children are in libvirt's output order.
 */
import { ignored, refused, vocabulary } from '../../domain/xml/vocabulary';

export const noSwitch = refused('the port of the switch would not be set up');
const noPciDevice = refused("PCI devices can't be given to containers");
const trusted = {
  values: {
    no: 'supported',
    yes: refused('the host would not take the filters that a container asks for'),
  },
} as const;

/** `managed='yes'` of `<forward>` in modes other than hostdev. */
export const managedDevice = noPciDevice;

/** `<forward mode='hostdev'>`. */
export const hostdevMode = refused(
  noPciDevice.why,
  "forward mode 'hostdev' is not supported: PCI devices can't be given to containers",
);

/** `<vlan>` in mode passthrough. */
export const passedVlan = refused(
  'the device would not get the tag',
  '<vlan> of devices that are passed through is not carried out by this version',
);

/** `<vlan>` in mode bridge, of interfaces on a device. */
export const deviceVlan = refused(
  'the interfaces would not get the tag',
  '<vlan> of interfaces on a device of the host is not carried out by this version',
);

/** `<port isolated='yes'/>` of interfaces on a device. */
export const devicePort = refused(
  'the interfaces would not be isolated from each other',
  'interfaces on a device of the host can only be isolated by the mode of their network',
);

/** `<dns>` and `<dnsmasq:options>` of a network without its own bridge. */
export const noNameServer = ignored('the network has no name server of its own');

export const networkVocabulary = vocabulary({
  attributes: { connections: 'output', ipv6: 'supported', trustGuestRxFilters: trusted },
  children: {
    name: 'one',
    uuid: 'one',
    title: 'one',
    description: 'one',
    metadata: 'one',
    forward: 'one',
    bridge: 'one',
    mtu: 'one',
    mac: 'one',
    domain: 'one',
    dns: 'one',
    vlan: 'one',
    bandwidth: 'one',
    port: 'one',
    ip: 'many',
    route: 'many',
    virtualport: 'one',
    portgroup: 'many',
    'dnsmasq:options': 'one',
  },
});

export const forwardVocabulary = vocabulary({
  attributes: { dev: 'supported', mode: 'supported', managed: 'supported' },
  children: {
    driver: noPciDevice,
    nat: 'one',
    pf: noPciDevice,
    interface: 'many',
    address: noPciDevice,
  },
});

/** `<interface>` of `<forward>`. */
export const poolDeviceVocabulary = vocabulary({
  attributes: { dev: 'supported', connections: 'output' },
});

export const natVocabulary = vocabulary({
  attributes: { ipv6: 'supported' },
  children: { address: 'one', port: 'one' },
});

/** `<address>` and `<port>` of `<nat>`. */
export const natRangeVocabulary = vocabulary({
  attributes: { start: 'supported', end: 'supported' },
});

export const bridgeVocabulary = vocabulary({
  attributes: {
    name: 'supported',
    zone: refused('firewalld would not know the bridge'),
    stp: 'supported',
    delay: 'supported',
    macTableManager: {
      values: {
        kernel: 'supported',
        libvirt: refused('the bridge would still learn addresses and flood packets'),
      },
    },
  },
});

export const mtuVocabulary = vocabulary({ attributes: { size: 'supported' } });

export const macVocabulary = vocabulary({ attributes: { address: 'supported' } });

export const domainNameVocabulary = vocabulary({
  attributes: {
    name: 'supported',
    localOnly: 'supported',
    register: { values: { no: 'supported', yes: refused('the host would not resolve the names') } },
  },
});

export const dnsVocabulary = vocabulary({
  attributes: { enable: 'supported', forwardPlainNames: 'supported' },
  children: { forwarder: 'many', txt: 'many', srv: 'many', host: 'many' },
});

export const forwarderVocabulary = vocabulary({
  attributes: { domain: 'supported', addr: 'supported' },
});

export const txtVocabulary = vocabulary({ attributes: { name: 'supported', value: 'supported' } });

export const srvVocabulary = vocabulary({
  attributes: {
    service: 'supported',
    protocol: 'supported',
    domain: 'supported',
    target: 'supported',
    port: 'supported',
    priority: 'supported',
    weight: 'supported',
  },
});

export const dnsHostVocabulary = vocabulary({
  attributes: { ip: 'supported' },
  children: { hostname: 'many' },
});

export const portVocabulary = vocabulary({ attributes: { isolated: 'supported' } });

export const ipVocabulary = vocabulary({
  attributes: {
    family: 'supported',
    address: 'supported',
    netmask: 'supported',
    prefix: 'supported',
    localPtr: 'supported',
  },
  children: { tftp: 'one', dhcp: 'one' },
});

export const tftpVocabulary = vocabulary({ attributes: { root: 'supported' } });

export const dhcpVocabulary = vocabulary({
  children: { range: 'many', host: 'many', bootp: 'one' },
});

export const rangeVocabulary = vocabulary({
  attributes: { start: 'supported', end: 'supported' },
  children: { lease: 'one' },
});

/** `<host>` of `<dhcp>`. */
export const dhcpHostVocabulary = vocabulary({
  attributes: { mac: 'supported', id: 'supported', name: 'supported', ip: 'supported' },
  children: { lease: 'one' },
});

export const leaseVocabulary = vocabulary({
  attributes: { expiry: 'supported', unit: 'supported' },
});

export const bootpVocabulary = vocabulary({
  attributes: { file: 'supported', server: 'supported' },
});

export const portgroupVocabulary = vocabulary({
  attributes: { name: 'supported', default: 'supported', trustGuestRxFilters: trusted },
  children: { vlan: 'one', virtualport: 'one', bandwidth: 'one' },
});

export const dnsmasqVocabulary = vocabulary({ children: { 'dnsmasq:option': 'many' } });

export const dnsmasqOptionVocabulary = vocabulary({ attributes: { value: 'supported' } });
