/** The vocabularies of `<interface>`, and of `<hostdev>` for an interface; see xml/vocabulary.ts. */
import {
  ignored,
  refused,
  vocabulary,
  type NotCarriedOut,
  type Vocabulary,
} from '../xml/vocabulary';

const noFirmware = ignored('a container has no firmware, and boots nothing');
const noCard = ignored('a container has a link of the kernel, and no emulated card');
const alsoRefused = 'libvirt refuses it too, for a container';
const noScript = refused(alsoRefused, 'scripts are not supported on LXC network interfaces');

/** `@type` of an `<interface>` that no container can have. */
export function otherType(type: string): NotCarriedOut {
  return refused(alsoRefused, `Unsupported network type ${type}`);
}

/** `<virtualport>` of an interface that is not a port of a bridge. */
export function portWithoutBridge(type: string): NotCarriedOut {
  return type === 'direct'
    ? refused(alsoRefused, 'Unable to set port profile on direct interfaces')
    : refused('the port of the switch would not be set up: the link is not a port of a bridge');
}

/** `<filterref>` of an interface that is not a port of a bridge. */
export function filterWithoutBridge(type: string): NotCarriedOut {
  return type === 'direct'
    ? refused(alsoRefused, 'filterref is not supported for network interfaces of type direct')
    : refused('its rules would not hold: they are those of the bridge that a link is a port of');
}

export const interfaceVocabulary = vocabulary({
  attributes: {
    type: 'supported',
    trustGuestRxFilters: ignored(
      'the kernel takes the filters of a link from its container as they are',
    ),
  },
  children: {
    mac: 'one',
    source: 'one',
    vlan: 'one',
    virtualport: 'one',
    bandwidth: 'one',
    port: 'one',
    ip: 'many',
    route: 'many',
    script: noScript,
    downscript: noScript,
    backenddomain: noCard,
    target: 'one',
    guest: 'one',
    model: 'one',
    driver: noCard,
    backend: noCard,
    filterref: 'one',
    tune: noCard,
    link: 'one',
    mtu: 'one',
    coalesce: noCard,
    portForward: 'many',
    teaming: ignored('a container has no card of the host to fail over to'),
    boot: noFirmware,
    rom: noFirmware,
    acpi: noFirmware,
    alias: 'output',
    address: 'stored',
  },
});

/**
 * `<source>` by type. In live XML, libvirt also writes how a network interface was realized: a bridge next to the network, or a
 * network next to the bridge or device.
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
    type: ignored('the address is taken as it stands'),
    check: ignored('the address is taken as it stands'),
    currentAddress: 'output',
  },
});

export const portVocabulary = vocabulary({ attributes: { isolated: 'supported' } });

export const interfaceTargetVocabulary = vocabulary({
  attributes: {
    dev: 'supported',
    managed: ignored('the driver makes the link, and fails where there is one of that name'),
  },
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
    boot: noFirmware,
    acpi: noFirmware,
    alias: 'output',
    address: 'output',
  },
});

export const hostInterfaceSourceVocabulary = vocabulary({ children: { interface: 'one' } });
