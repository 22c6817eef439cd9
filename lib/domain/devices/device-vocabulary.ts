/** The vocabularies of `<disk>` and `<hostdev>`; see vocabulary.ts. */
import { vocabulary } from '../xml/vocabulary';

export const diskVocabulary = vocabulary({
  attributes: {
    type: 'supported',
    device: 'supported',
    model: 'unsupported',
    rawio: 'unsupported',
    sgio: 'unsupported',
    snapshot: 'unsupported',
  },
  children: {
    driver: 'unsupported',
    auth: 'unsupported',
    source: 'one',
    backingStore: 'unsupported',
    mirror: 'unsupported',
    backenddomain: 'unsupported',
    geometry: 'unsupported',
    blockio: 'unsupported',
    target: 'one',
    iotune: 'unsupported',
    throttlefilters: 'unsupported',
    readonly: 'one',
    shareable: 'one',
    transient: 'unsupported',
    encryption: 'unsupported',
    serial: 'unsupported',
    wwn: 'unsupported',
    vendor: 'unsupported',
    product: 'unsupported',
    boot: 'unsupported',
    acpi: 'unsupported',
    alias: 'output',
    address: 'output',
  },
});

export const diskSourceVocabulary = vocabulary({
  attributes: {
    dev: 'supported',
    file: 'unsupported',
    startupPolicy: 'unsupported',
    index: 'output',
  },
  children: {
    encryption: 'unsupported',
    reservations: 'unsupported',
    slices: 'unsupported',
    seclabel: 'many',
    privateData: 'output',
  },
});

export const diskTargetVocabulary = vocabulary({
  attributes: {
    dev: 'supported',
    bus: 'supported',
    tray: 'unsupported',
    removable: 'unsupported',
    rotation_rate: 'unsupported',
    dpofua: 'unsupported',
  },
});

export const hostdevVocabulary = vocabulary({
  attributes: { mode: 'supported', type: 'supported' },
  children: {
    source: 'one',
    boot: 'unsupported',
    acpi: 'unsupported',
    alias: 'output',
    address: 'output',
  },
});

export const hostdevSourceVocabulary = vocabulary({
  children: { block: 'one', char: 'one', seclabel: 'many' },
});
