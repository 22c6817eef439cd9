/**
 * The words of libvirt's network schema, and what this version does with each; see domain/vocabulary.ts. Children
 * stand in libvirt's output order.
 */
import { vocabulary } from '../../domain/xml/vocabulary';

export const networkVocabulary = vocabulary({
  attributes: { connections: 'output', ipv6: 'carried', trustGuestRxFilters: 'carried' },
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
    virtualport: 'later',
    portgroup: 'many',
    'dnsmasq:options': 'one',
  },
});

export const forwardVocabulary = vocabulary({
  attributes: { dev: 'carried', mode: 'carried', managed: 'carried' },
  children: { driver: 'later', nat: 'one', pf: 'later', interface: 'many', address: 'later' },
});

/** `<interface>` of `<forward>`. */
export const poolDeviceVocabulary = vocabulary({
  attributes: { dev: 'carried', connections: 'output' },
});

export const natVocabulary = vocabulary({
  attributes: { ipv6: 'carried' },
  children: { address: 'one', port: 'one' },
});

/** `<address>` and `<port>` of `<nat>`. */
export const natRangeVocabulary = vocabulary({ attributes: { start: 'carried', end: 'carried' } });

export const bridgeVocabulary = vocabulary({
  attributes: {
    name: 'carried',
    zone: 'later',
    stp: 'carried',
    delay: 'carried',
    macTableManager: 'carried',
  },
});

export const mtuVocabulary = vocabulary({ attributes: { size: 'carried' } });

export const macVocabulary = vocabulary({ attributes: { address: 'carried' } });

export const domainNameVocabulary = vocabulary({
  attributes: { name: 'carried', localOnly: 'carried', register: 'carried' },
});

export const dnsVocabulary = vocabulary({
  attributes: { enable: 'carried', forwardPlainNames: 'carried' },
  children: { forwarder: 'many', txt: 'many', srv: 'many', host: 'many' },
});

export const forwarderVocabulary = vocabulary({
  attributes: { domain: 'carried', addr: 'carried' },
});

export const txtVocabulary = vocabulary({ attributes: { name: 'carried', value: 'carried' } });

export const srvVocabulary = vocabulary({
  attributes: {
    service: 'carried',
    protocol: 'carried',
    domain: 'carried',
    target: 'carried',
    port: 'carried',
    priority: 'carried',
    weight: 'carried',
  },
});

export const dnsHostVocabulary = vocabulary({
  attributes: { ip: 'carried' },
  children: { hostname: 'many' },
});

export const portVocabulary = vocabulary({ attributes: { isolated: 'carried' } });

export const ipVocabulary = vocabulary({
  attributes: {
    family: 'carried',
    address: 'carried',
    netmask: 'carried',
    prefix: 'carried',
    localPtr: 'carried',
  },
  children: { tftp: 'one', dhcp: 'one' },
});

export const tftpVocabulary = vocabulary({ attributes: { root: 'carried' } });

export const dhcpVocabulary = vocabulary({
  children: { range: 'many', host: 'many', bootp: 'one' },
});

export const rangeVocabulary = vocabulary({
  attributes: { start: 'carried', end: 'carried' },
  children: { lease: 'one' },
});

/** `<host>` of `<dhcp>`. */
export const dhcpHostVocabulary = vocabulary({
  attributes: { mac: 'carried', id: 'carried', name: 'carried', ip: 'carried' },
  children: { lease: 'one' },
});

export const leaseVocabulary = vocabulary({ attributes: { expiry: 'carried', unit: 'carried' } });

export const bootpVocabulary = vocabulary({ attributes: { file: 'carried', server: 'carried' } });

export const portgroupVocabulary = vocabulary({
  attributes: { name: 'carried', default: 'carried', trustGuestRxFilters: 'carried' },
  children: { vlan: 'one', virtualport: 'later', bandwidth: 'one' },
});

export const dnsmasqVocabulary = vocabulary({ children: { 'dnsmasq:option': 'many' } });

export const dnsmasqOptionVocabulary = vocabulary({ attributes: { value: 'carried' } });
