/** The vocabularies of `<devices>`, `<console>`, `<disk>` and `<hostdev>`; see xml/vocabulary.ts. */
import { ignored, refused, undefinable, vocabulary, type NotCarriedOut } from '../xml/vocabulary';
import { imageFormats } from './image-formats';

const noFirmware = ignored('a container has no firmware, and boots nothing');
const noBus = ignored('a container has no buses: it gets nodes of devices');
const noTerminal = ignored('the terminals of a container are its <console> elements');
const noScreen = ignored('a container has no screen, no keyboard and no sound');
const noDevice = ignored("it is a device of a virtual machine, which a container can't get");
const noDrive = ignored("a container gets the host's device itself, and no emulated drive");

export const devicesVocabulary = vocabulary({
  children: {
    emulator: 'one',
    disk: 'many',
    controller: noBus,
    lease: refused('the lease would not be held, and another host might write to the same disk'),
    filesystem: 'many',
    interface: 'many',
    smartcard: noDevice,
    serial: noTerminal,
    parallel: noTerminal,
    console: 'many',
    channel: ignored('no agent of a virtual machine runs in a container'),
    input: undefinable(
      'Input devices are not supported by this virtualization driver.',
      'INTERNAL_ERROR',
    ),
    tpm: noDevice,
    graphics: noScreen,
    sound: noScreen,
    audio: noScreen,
    video: noScreen,
    hostdev: 'many',
    redirdev: noDevice,
    redirfilter: noDevice,
    hub: noBus,
    watchdog: noDevice,
    memballoon: ignored("the memory of a container is the host's: nothing has to be given back"),
    rng: ignored('a container has /dev/random and /dev/urandom of the kernel'),
    nvram: noDevice,
    panic: noDevice,
    shmem: noDevice,
    memory: undefinable('memory devices are not supported by this driver'),
    iommu: noBus,
    vsock: noDevice,
    crypto: noDevice,
    pstore: noDevice,
  },
});

const lxcConsole = ignored('every console of a container is a terminal of type lxc');

export const consoleVocabulary = vocabulary({
  attributes: { type: 'supported', tty: 'output' },
  children: {
    source: 'many',
    protocol: ignored('a pty has no protocol'),
    log: 'one',
    target: 'one',
    acpi: noFirmware,
    alias: 'output',
    address: 'output',
  },
});

export const consoleLogVocabulary = vocabulary({
  attributes: {
    file: 'supported',
    append: { values: { on: 'supported', off: 'supported' } },
  },
});

/** `@type` of a console other than `pty`. */
export const otherConsole = refused(
  'libvirt refuses it too, for a container',
  'Only PTY console types are supported',
);

export const ptySourceVocabulary = vocabulary({
  attributes: {
    path: 'output',
    startupPolicy: ignored('the terminal is made for the container, and is always there'),
  },
  children: { seclabel: 'many' },
});

export const consoleTargetVocabulary = vocabulary({
  attributes: {
    type: {
      values: {
        lxc: 'supported',
        serial: lxcConsole,
        xen: lxcConsole,
        uml: lxcConsole,
        virtio: lxcConsole,
        openvz: lxcConsole,
        sclp: lxcConsole,
        sclplm: lxcConsole,
      },
    },
    port: 'supported',
  },
});

const noNode = refused('the device would not be in /dev');
const otherBytes = refused('the container would see different data from what the element asks for');

export const diskVocabulary = vocabulary({
  attributes: {
    type: {
      values: {
        none: noNode,
        block: 'supported',
        file: 'supported',
        dir: noNode,
        network: noNode,
        volume: 'supported',
        nvme: noNode,
        vhostuser: noNode,
      },
    },
    device: 'supported',
    model: noDrive,
    rawio: ignored('a container is never given CAP_SYS_RAWIO by a disk'),
    sgio: noDrive,
    snapshot: ignored('snapshots of containers hold directories, and no disks'),
  },
  children: {
    driver: 'one',
    auth: ignored('a block device of the host asks for no password'),
    source: 'one',
    backingStore: ignored('a block device has no chain of images'),
    mirror: ignored('a block device has no chain of images'),
    backenddomain: noDrive,
    geometry: noDrive,
    blockio: noDrive,
    target: 'one',
    iotune: refused('the limit would not hold: <blkiotune> has limits of block devices'),
    throttlefilters: refused('the limit would not hold: <blkiotune> has limits of block devices'),
    readonly: 'one',
    shareable: 'one',
    transient: refused('what the container writes would stay on the device'),
    encryption: otherBytes,
    serial: noDrive,
    wwn: noDrive,
    vendor: noDrive,
    product: noDrive,
    boot: noFirmware,
    acpi: noFirmware,
    alias: 'output',
    address: 'stored',
  },
});

/** `<driver>` of a `<disk>` of a type other than file. */
export const otherDiskDriver = ignored("a container gets the host's device itself");

/** `@name`, other than loop and nbd, of a `<driver>` of a `<disk>` of type file. */
export function otherDiskDriverName(name: string): NotCarriedOut {
  return refused('libvirt refuses it too, for a container', `disk driver ${name} is not supported`);
}

/** A format, by its name, that a loop device can't show. */
export function formatOfLoop(format: string): NotCarriedOut {
  const why = 'a loop device shows the bytes of the file, whatever they mean';
  return refused(why, `disk format ${format} is not supported`);
}

/** `name='nbd'` without a format. */
export const missingFormat = refused(
  'libvirt refuses it too: to guess the format of what a container can write is dangerous',
  'An explicit disk format must be specified',
);

/** `@cache`, with nbd, other than default and none. */
export function otherCache(mode: string): NotCarriedOut {
  return refused(
    'libvirt refuses it too, for a container',
    `Disk cache mode ${mode} is not supported`,
  );
}

/** `<driver>` of a `<disk>` of type file. */
export const diskDriverVocabulary = vocabulary({
  attributes: {
    name: 'supported',
    type: {
      values: imageFormats,
    },
    cache: noDrive,
    error_policy: noDrive,
    rerror_policy: noDrive,
    io: noDrive,
    ioeventfd: noDrive,
    event_idx: noDrive,
    copy_on_read: noDrive,
    discard: noDrive,
    iothread: noDrive,
    detect_zeroes: noDrive,
    discard_no_unref: noDrive,
    queues: noDrive,
    queue_size: noDrive,
    iommu: noDrive,
    ats: noDrive,
    packed: noDrive,
    page_per_vq: noDrive,
  },
  children: { metadata_cache: noDrive, iothreads: noDrive, statistics: noDrive },
});

/** A `<disk>` of device cdrom or floppy without a source. */
export const emptyDrive = refused('no device would be in /dev: nothing is in the drive');

const ofOtherType = ignored('it belongs to another type of <disk>');

/** `diskSources` of disk.ts says which attribute of `<source>` belongs to which type. */
export const diskSourceVocabulary = vocabulary({
  attributes: {
    dev: ofOtherType,
    file: ofOtherType,
    pool: ofOtherType,
    volume: ofOtherType,
    mode: refused(
      'it says how an initiator reaches a pool of type iscsi',
      'disk source mode is only valid when storage pool is of iscsi type',
    ),
    startupPolicy: ignored('without its source a container does not start'),
    index: 'output',
  },
  children: {
    encryption: otherBytes,
    reservations: noDrive,
    slices: otherBytes,
    seclabel: 'many',
    privateData: 'output',
  },
});

export const diskTargetVocabulary = vocabulary({
  attributes: {
    dev: 'supported',
    bus: 'supported',
    tray: noDrive,
    removable: noDrive,
    rotation_rate: noDrive,
    dpofua: noDrive,
  },
});

export const hostdevVocabulary = vocabulary({
  attributes: {
    mode: 'supported',
    type: 'supported',
    managed: {
      values: { no: 'supported', yes: ignored('the host and its drivers keep the device') },
    },
  },
  children: {
    source: 'one',
    boot: noFirmware,
    acpi: noFirmware,
    alias: 'output',
    address: 'output',
  },
});

const ofUsbHost = ignored(
  'the container opens the device itself, and no virtual machine resets it',
);

/** `<source>` of type usb. */
export const usbSourceVocabulary = vocabulary({
  attributes: {
    startupPolicy: 'supported',
    guestReset: ofUsbHost,
    autoAddress: 'output',
    missing: 'output',
  },
  children: { vendor: 'one', product: 'one', address: 'one' },
});

/** `<vendor>` and `<product>`. */
export const usbIdVocabulary = vocabulary({ attributes: { id: 'supported' } });

export const usbAddressVocabulary = vocabulary({
  attributes: { bus: 'supported', device: 'supported' },
});

/** `@type` of a `<hostdev>` other than storage, misc, usb and net. */
export function otherHostdev(type: string): NotCarriedOut {
  return refused('the device would not be in /dev', `Unsupported hostdev type ${type}`);
}

export const hostdevSourceVocabulary = vocabulary({
  children: { block: 'one', char: 'one', seclabel: 'many' },
});
