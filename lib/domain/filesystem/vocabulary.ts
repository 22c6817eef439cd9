/** The vocabularies of `<filesystem>`; see xml/vocabulary.ts. */
import { ignored, refused, vocabulary, type NotCarriedOut } from '../xml/vocabulary';
import { imageFormats } from '../devices/image-formats';

const ofShare = ignored('it is about how a virtual machine and its host share files');

/** `type='template'`, and `type='volume'` without a pool and a volume. */
export const noSuchTree = refused('libvirt refuses it too, for a container');

export const filesystemVocabulary = vocabulary({
  attributes: {
    type: {
      values: {
        mount: 'supported',
        bind: 'supported',
        file: 'supported',
        block: 'supported',
        template: noSuchTree,
        ram: 'supported',
        volume: 'supported',
      },
    },
    accessmode: 'supported',
    model: ofShare,
    multidevs: ofShare,
    fmode: ofShare,
    dmode: ofShare,
  },
  children: {
    driver: 'one',
    binary: ofShare,
    idmap: ofShare,
    source: 'one',
    target: 'one',
    readonly: 'one',
    space_hard_limit: 'one',
    space_soft_limit: 'one',
    boot: ignored('a container has no firmware, and boots nothing'),
    acpi: ignored('a container has no firmware, and boots nothing'),
    alias: 'output',
    address: 'stored',
  },
});

/** `@accessmode` of a container that has the ids of the host. */
export const modesWithoutIdMap = {
  mapped: ignored('without an <idmap> the container has the ids of the host'),
  squash: ignored('without an <idmap> the container has the ids of the host'),
} as const;

/** `@accessmode` of a container with an `<idmap>`. */
export const modesWithIdMap = {
  squash: refused(
    'other ids would own the files',
    "accessmode='squash' of <filesystem> is not supported: ids are mapped one to one",
  ),
} as const;

/** `@accessmode='mapped'` of a filesystem that has no ids of the host. */
export const mappedByItself = ignored("its files have the container's ids already");

const ofOtherType = ignored('it belongs to another type of <filesystem>');

/** What attributes of `<source>` mean for the types that they do not belong to; see `sourceAttributes` of filesystem.ts. */
export const filesystemSourceVocabulary = vocabulary({
  attributes: {
    dir: ofOtherType,
    file: ofOtherType,
    dev: ofOtherType,
    name: ofOtherType,
    usage: ofOtherType,
    units: ofOtherType,
    pool: ofOtherType,
    volume: ofOtherType,
    socket: ofOtherType,
    startupPolicy: ignored('without its source a container does not start'),
  },
  children: { seclabel: 'many' },
});

export const filesystemTargetVocabulary = vocabulary({ attributes: { dir: 'supported' } });

/** `<driver>` of a `<filesystem>` of a type other than file. */
export const otherDriver = ignored('the kernel mounts it, and libvirt has no driver for it either');

const otherType = (type: string) =>
  refused('libvirt refuses it too, for a container', `fs driver ${type} is not supported`);

/** A `@format` that a loop device can't show. libvirt has a message for it if the driver's type is written. */
export function formatOfLoop(format: string, driver: 'written' | 'left out'): NotCarriedOut {
  return refused(
    "a loop device shows raw images only; type='nbd' is for others",
    driver === 'written' ? `fs format ${format} is not supported` : undefined,
  );
}

/** `type='nbd'` without a format. */
export const missingFormat = refused(
  'to guess the format of what a container can write is dangerous',
  "An explicit format must be specified for the driver 'nbd' of a filesystem",
);

export const filesystemDriverVocabulary = vocabulary({
  attributes: {
    type: {
      values: {
        path: otherType('path'),
        handle: otherType('handle'),
        loop: 'supported',
        nbd: 'supported',
        ploop: otherType('ploop'),
        mtp: otherType('mtp'),
        virtiofs: otherType('virtiofs'),
      },
    },
    format: {
      values: imageFormats,
    },
    name: ofShare,
    wrpolicy: ofShare,
    queue: ofShare,
    iommu: ofShare,
    ats: ofShare,
    packed: ofShare,
    page_per_vq: ofShare,
  },
});

/** `<space_hard_limit>` and `<space_soft_limit>`. */
export const spaceLimitVocabulary = vocabulary({
  attributes: { unit: 'supported' },
  text: 'text',
});

/** Why limits of space are not carried out. */
export const spaceLimits = {
  ofBind: refused(
    'it would not hold, since the tree belongs to another file system of the container',
  ),
  ofImage: refused('it would not hold, since the size of an image or a device is its limit'),
  ofRam: refused('it would not hold, since the usage of a file system in memory is its limit'),
  ofHost: refused("it would be one of all that the host writes below its own '/'"),
  withoutIdMap: refused(
    'it would not hold, since without an <idmap> root inside may exceed it, and take files out of the count',
  ),
  ofReadonly: ignored('nothing is written there'),
} as const;
