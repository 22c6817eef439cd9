/**
 * The names of elements and attributes in libvirt's schemas of storage pools and volumes, and what this version does with each; see
 * domain/xml/vocabulary.ts. Children are in libvirt's output order. What says how large something is, or when it was changed, is output:
 * it is found out anew, whatever a text says.
 */
import { undefinable, vocabulary } from '../../domain/xml/vocabulary';

/** Parts of sources that only other types of pools have: libvirt leaves them out too. */
const ofOtherTypes = {
  host: 'output',
  dir: 'output',
  adapter: 'output',
  initiator: 'output',
  auth: 'output',
  protocol: 'output',
} as const;

export const poolVocabulary = vocabulary({
  attributes: { type: 'supported' },
  children: {
    name: 'one',
    uuid: 'one',
    capacity: 'output',
    allocation: 'output',
    available: 'output',
    features: 'one',
    source: 'one',
    target: 'one',
  },
});

export const featuresVocabulary = vocabulary({ children: { cow: 'one' } });
export const cowVocabulary = vocabulary({ attributes: { state: 'supported' } });

export const sourceVocabulary = vocabulary({
  children: {
    ...ofOtherTypes,
    device: 'many',
    name: 'one',
    format: 'one',
    vendor: 'one',
    product: 'one',
  },
});

/** `<device>` of a source. */
export const deviceVocabulary = vocabulary({
  attributes: { path: 'supported', part_separator: 'output' },
  children: { freeExtent: 'output' },
});

/** `<vendor>` and `<product>`. */
export const namedVocabulary = vocabulary({ attributes: { name: 'supported' } });

export const poolTargetVocabulary = vocabulary({ children: { path: 'one', permissions: 'one' } });

export const permissionsVocabulary = vocabulary({
  children: { mode: 'one', owner: 'one', group: 'one', label: 'one' },
});

export const volumeVocabulary = vocabulary({
  attributes: { type: 'supported' },
  children: {
    name: 'one',
    key: 'output',
    source: 'output',
    capacity: 'one',
    allocation: 'one',
    physical: 'output',
    target: 'one',
    backingStore: 'one',
  },
});

/** `<capacity>`, `<allocation>`, `<clusterSize>`. */
export const sizeVocabulary = vocabulary({ attributes: { unit: 'supported' }, text: 'text' });

const noEncryption = undefinable('encryption of volumes is not carried out by this version');
const noCopyOnWrite = undefinable('<nocow> is not carried out by this version');

export const volumeTargetVocabulary = vocabulary({
  children: {
    path: 'output',
    format: 'one',
    permissions: 'one',
    timestamps: 'output',
    encryption: noEncryption,
    compat: 'one',
    nocow: noCopyOnWrite,
    clusterSize: 'one',
    features: 'one',
  },
});

export const formatVocabulary = vocabulary({ attributes: { type: 'supported' } });
export const volumeFeaturesVocabulary = vocabulary({ children: { lazy_refcounts: 'one' } });

export const backingStoreVocabulary = vocabulary({
  children: {
    path: 'one',
    format: 'one',
    permissions: 'output',
    timestamps: 'output',
    encryption: noEncryption,
  },
});
