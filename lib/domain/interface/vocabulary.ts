/** The words of `<interface>`, and of `<hostdev>` for an interface; see vocabulary.ts. */
import { vocabulary, type Vocabulary } from '../xml/vocabulary';

export const interfaceVocabulary = vocabulary({
  attributes: { type: 'carried', trustGuestRxFilters: 'later' },
  children: {
    mac: 'one',
    source: 'one',
    vlan: 'one',
    virtualport: 'later',
    bandwidth: 'one',
    port: 'one',
    ip: 'many',
    route: 'many',
    script: 'later',
    downscript: 'later',
    backenddomain: 'later',
    target: 'one',
    guest: 'one',
    model: 'one',
    driver: 'later',
    backend: 'later',
    filterref: 'later',
    tune: 'later',
    link: 'one',
    mtu: 'one',
    coalesce: 'later',
    portForward: 'later',
    teaming: 'later',
    boot: 'later',
    rom: 'later',
    acpi: 'later',
    alias: 'output',
    address: 'output',
  },
});

/**
 * `<source>` by type. What a network has made of an interface, libvirt writes into its live XML: a bridge beside
 * the network, or a network beside the bridge or device.
 */
export const interfaceSourceVocabularies = {
  bridge: vocabulary({
    attributes: {
      bridge: 'carried',
      network: 'output',
      portgroup: 'output',
      portid: 'output',
      macTableManager: 'output',
    },
    children: { ip: 'many', route: 'many' },
  }),
  network: vocabulary({
    attributes: {
      network: 'carried',
      portgroup: 'carried',
      portid: 'output',
      bridge: 'output',
      macTableManager: 'output',
    },
    children: { ip: 'many', route: 'many' },
  }),
  direct: vocabulary({
    attributes: {
      dev: 'carried',
      mode: 'carried',
      network: 'output',
      portgroup: 'output',
      portid: 'output',
    },
    children: { ip: 'many', route: 'many' },
  }),
  ethernet: vocabulary({ children: { ip: 'many', route: 'many' } }),
} as const satisfies Record<string, Vocabulary>;

export const macVocabulary = vocabulary({
  attributes: { address: 'carried', type: 'later', check: 'later', currentAddress: 'output' },
});

export const portVocabulary = vocabulary({ attributes: { isolated: 'carried' } });

export const interfaceTargetVocabulary = vocabulary({
  attributes: { dev: 'carried', managed: 'later' },
});

export const guestVocabulary = vocabulary({ attributes: { dev: 'carried', actual: 'output' } });

export const modelVocabulary = vocabulary({ attributes: { type: 'carried' } });

export const linkVocabulary = vocabulary({ attributes: { state: 'carried' } });

export const mtuVocabulary = vocabulary({ attributes: { size: 'carried' } });

export const hostInterfaceVocabulary = vocabulary({
  attributes: { mode: 'carried', type: 'carried' },
  children: {
    source: 'one',
    ip: 'many',
    route: 'many',
    boot: 'later',
    acpi: 'later',
    alias: 'output',
    address: 'output',
  },
});

export const hostInterfaceSourceVocabulary = vocabulary({ children: { interface: 'one' } });
