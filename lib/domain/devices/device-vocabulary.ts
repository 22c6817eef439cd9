/** The words of `<disk>` and `<hostdev>`; see vocabulary.ts. */
import { vocabulary } from '../xml/vocabulary';

export const diskVocabulary = vocabulary({
  attributes: {
    type: 'carried',
    device: 'carried',
    model: 'later',
    rawio: 'later',
    sgio: 'later',
    snapshot: 'later',
  },
  children: {
    driver: 'later',
    auth: 'later',
    source: 'one',
    backingStore: 'later',
    mirror: 'later',
    backenddomain: 'later',
    geometry: 'later',
    blockio: 'later',
    target: 'one',
    iotune: 'later',
    throttlefilters: 'later',
    readonly: 'one',
    shareable: 'one',
    transient: 'later',
    encryption: 'later',
    serial: 'later',
    wwn: 'later',
    vendor: 'later',
    product: 'later',
    boot: 'later',
    acpi: 'later',
    alias: 'output',
    address: 'output',
  },
});

export const diskSourceVocabulary = vocabulary({
  attributes: { dev: 'carried', file: 'later', startupPolicy: 'later', index: 'output' },
  children: {
    encryption: 'later',
    reservations: 'later',
    slices: 'later',
    seclabel: 'many',
    privateData: 'output',
  },
});

export const diskTargetVocabulary = vocabulary({
  attributes: {
    dev: 'carried',
    bus: 'carried',
    tray: 'later',
    removable: 'later',
    rotation_rate: 'later',
    dpofua: 'later',
  },
});

export const hostdevVocabulary = vocabulary({
  attributes: { mode: 'carried', type: 'carried' },
  children: { source: 'one', boot: 'later', acpi: 'later', alias: 'output', address: 'output' },
});

export const hostdevSourceVocabulary = vocabulary({
  children: { block: 'one', char: 'one', seclabel: 'many' },
});
