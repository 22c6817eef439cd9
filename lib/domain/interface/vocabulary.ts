/** The vocabularies of `<interface>`, and of `<hostdev>` for an interface; see vocabulary.ts. */
import { vocabulary, type Vocabulary } from '../xml/vocabulary';

export const interfaceVocabulary = vocabulary({
  attributes: { type: 'supported', trustGuestRxFilters: 'unsupported' },
  children: {
    mac: 'one',
    source: 'one',
    vlan: 'one',
    virtualport: 'unsupported',
    bandwidth: 'one',
    port: 'one',
    ip: 'many',
    route: 'many',
    script: 'unsupported',
    downscript: 'unsupported',
    backenddomain: 'unsupported',
    target: 'one',
    guest: 'one',
    model: 'one',
    driver: 'unsupported',
    backend: 'unsupported',
    filterref: 'unsupported',
    tune: 'unsupported',
    link: 'one',
    mtu: 'one',
    coalesce: 'unsupported',
    portForward: 'unsupported',
    teaming: 'unsupported',
    boot: 'unsupported',
    rom: 'unsupported',
    acpi: 'unsupported',
    alias: 'output',
    address: 'output',
  },
});

/**
 * `<source>` by type. In live XML, libvirt writes what a network has made of an interface: a bridge next to
 * the network, or a network next to the bridge or device.
 */
export const interfaceSourceVocabularies = {
  bridge: vocabulary({
    attributes: {
      bridge: 'supported',
      network: 'output',
      portgroup: 'output',
      portid: 'output',
      macTableManager: 'output',
    },
    children: { ip: 'many', route: 'many' },
  }),
  network: vocabulary({
    attributes: {
      network: 'supported',
      portgroup: 'supported',
      portid: 'output',
      bridge: 'output',
      macTableManager: 'output',
    },
    children: { ip: 'many', route: 'many' },
  }),
  direct: vocabulary({
    attributes: {
      dev: 'supported',
      mode: 'supported',
      network: 'output',
      portgroup: 'output',
      portid: 'output',
    },
    children: { ip: 'many', route: 'many' },
  }),
  ethernet: vocabulary({ children: { ip: 'many', route: 'many' } }),
} as const satisfies Record<string, Vocabulary>;

export const macVocabulary = vocabulary({
  attributes: {
    address: 'supported',
    type: 'unsupported',
    check: 'unsupported',
    currentAddress: 'output',
  },
});

export const portVocabulary = vocabulary({ attributes: { isolated: 'supported' } });

export const interfaceTargetVocabulary = vocabulary({
  attributes: { dev: 'supported', managed: 'unsupported' },
});

export const guestVocabulary = vocabulary({ attributes: { dev: 'supported', actual: 'output' } });

export const modelVocabulary = vocabulary({ attributes: { type: 'supported' } });

export const linkVocabulary = vocabulary({ attributes: { state: 'supported' } });

export const mtuVocabulary = vocabulary({ attributes: { size: 'supported' } });

export const hostInterfaceVocabulary = vocabulary({
  attributes: { mode: 'supported', type: 'supported' },
  children: {
    source: 'one',
    ip: 'many',
    route: 'many',
    boot: 'unsupported',
    acpi: 'unsupported',
    alias: 'output',
    address: 'output',
  },
});

export const hostInterfaceSourceVocabulary = vocabulary({ children: { interface: 'one' } });
