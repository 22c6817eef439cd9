/**
 * The words of libvirt's domain schema, and what this version does with each. A word that stands in
 * no table is unknown to libvirt and refused; none may be ignored in silence.
 * Children stand in libvirt's output order: `format` prints them in the order of these tables.
 */

import { capabilityNumbers } from '../elements/capability-numbers';

/** The namespace of `<lxc:namespace>`; its elements are looked up as `lxc:NAME`, whatever their prefix. */
export const lxcNamespace = 'http://libvirt.org/schemas/domain/lxc/1.0';

/** The namespace of a network's `<dnsmasq:options>`, looked up as `dnsmasq:NAME`. */
export const dnsmasqNamespace = 'http://libvirt.org/schemas/network/dnsmasq/1.0';

/**
 * The namespace of `<tslxc:container>` below `<metadata>`: what tslxc can do and libvirt has no words for.
 * libvirt keeps metadata as it is, so that one document serves both. Looked up as `tslxc:NAME`.
 */
export const extensionNamespace = 'urn:tslxc:domain:1';

/**
 * carried: read and carried out; later: kept, printed, refused by `start`; output: what libvirt
 * writes for a running domain, dropped from input.
 */
export type AttributeStanding = 'carried' | 'later' | 'output';

/** As for attributes; 'one' and 'many' are carried out. */
export type ChildStanding = 'one' | 'many' | 'later' | 'output';

export interface Vocabulary {
  readonly attributes: ReadonlyMap<string, AttributeStanding>;
  readonly children: ReadonlyMap<string, ChildStanding>;
  readonly text: 'text' | 'no text';
}

interface Words {
  readonly attributes?: Readonly<Record<string, AttributeStanding>>;
  readonly children?: Readonly<Record<string, ChildStanding>>;
  readonly text?: 'text';
}

/** The words of one element. */
export function vocabulary({ attributes = {}, children = {}, text }: Words): Vocabulary {
  return {
    attributes: new Map(Object.entries(attributes)),
    children: new Map(Object.entries(children)),
    text: text ?? 'no text',
  };
}

/** An element without attributes and content. */
export const emptyVocabulary = vocabulary({});

/** An element that holds text and nothing else. */
export const textVocabulary = vocabulary({ text: 'text' });

export const domainVocabulary = vocabulary({
  attributes: { type: 'carried', id: 'output' },
  children: {
    name: 'one',
    uuid: 'one',
    genid: 'later',
    title: 'one',
    description: 'one',
    metadata: 'one',
    maxMemory: 'later',
    memory: 'one',
    currentMemory: 'one',
    blkiotune: 'one',
    memtune: 'one',
    memoryBacking: 'later',
    vcpu: 'one',
    vcpus: 'later',
    iothreads: 'later',
    iothreadids: 'later',
    defaultiothread: 'later',
    cputune: 'one',
    numatune: 'one',
    resource: 'one',
    sysinfo: 'later',
    bootloader: 'later',
    bootloader_args: 'later',
    os: 'one',
    idmap: 'one',
    features: 'one',
    cpu: 'later',
    clock: 'one',
    on_poweroff: 'one',
    on_reboot: 'one',
    on_crash: 'one',
    on_lockfailure: 'later',
    pm: 'later',
    perf: 'later',
    throttlegroups: 'later',
    devices: 'one',
    seclabel: 'many',
    keywrap: 'later',
    launchSecurity: 'later',
    'lxc:namespace': 'one',
  },
});

export const memoryVocabulary = vocabulary({
  attributes: { unit: 'carried', dumpCore: 'later' },
  text: 'text',
});

export const currentMemoryVocabulary = vocabulary({
  attributes: { unit: 'carried' },
  text: 'text',
});

export const vcpuVocabulary = vocabulary({
  attributes: { placement: 'carried', cpuset: 'carried', current: 'carried' },
  text: 'text',
});

export const osVocabulary = vocabulary({
  attributes: { firmware: 'later' },
  children: {
    type: 'one',
    firmware: 'later',
    init: 'one',
    initarg: 'many',
    initenv: 'many',
    initdir: 'one',
    inituser: 'one',
    initgroup: 'one',
    loader: 'later',
    nvram: 'later',
    varstore: 'later',
    kernel: 'later',
    initrd: 'later',
    cmdline: 'one',
    dtb: 'later',
    shim: 'later',
    root: 'later',
    acpi: 'later',
    boot: 'later',
    bootmenu: 'later',
    bios: 'later',
    smbios: 'later',
  },
});

export const osTypeVocabulary = vocabulary({
  attributes: { arch: 'carried', machine: 'later' },
  text: 'text',
});

export const initenvVocabulary = vocabulary({ attributes: { name: 'carried' }, text: 'text' });

export const idmapVocabulary = vocabulary({ children: { uid: 'many', gid: 'many' } });

/** `<uid>` and `<gid>` of `<idmap>`. */
export const idRangeVocabulary = vocabulary({
  attributes: { start: 'carried', target: 'carried', count: 'carried' },
});

export const clockVocabulary = vocabulary({
  attributes: {
    offset: 'carried',
    adjustment: 'later',
    basis: 'later',
    timezone: 'later',
    start: 'later',
  },
  children: { timer: 'later' },
});

/** libvirt's features, in its output order. */
export const featureNames: readonly string[] = (
  'acpi apic pae hap viridian privnet hyperv kvm pvspinlock capabilities pmu vmport gic smm ioapic ' +
  'hpt vmcoreinfo htm nested-hv msrs ccf-assist xen cfpc sbbc ibs tcg async-teardown ras ps2 aia'
).split(' ');

export const capabilitiesVocabulary = vocabulary({
  attributes: { policy: 'carried' },
  children: Object.fromEntries(Object.keys(capabilityNumbers).map((name) => [name, 'one'])),
});

export const capabilityVocabulary = vocabulary({ attributes: { state: 'carried' } });

export const devicesVocabulary = vocabulary({
  children: {
    emulator: 'one',
    disk: 'many',
    controller: 'later',
    lease: 'later',
    filesystem: 'many',
    interface: 'many',
    smartcard: 'later',
    serial: 'later',
    parallel: 'later',
    console: 'many',
    channel: 'later',
    input: 'later',
    tpm: 'later',
    graphics: 'later',
    sound: 'later',
    audio: 'later',
    video: 'later',
    hostdev: 'many',
    redirdev: 'later',
    redirfilter: 'later',
    hub: 'later',
    watchdog: 'later',
    memballoon: 'later',
    rng: 'later',
    nvram: 'later',
    panic: 'later',
    shmem: 'later',
    memory: 'later',
    iommu: 'later',
    vsock: 'later',
    crypto: 'later',
    pstore: 'later',
  },
});

export const filesystemVocabulary = vocabulary({
  attributes: {
    type: 'carried',
    accessmode: 'carried',
    model: 'later',
    multidevs: 'later',
    fmode: 'later',
    dmode: 'later',
  },
  children: {
    driver: 'one',
    binary: 'later',
    idmap: 'later',
    source: 'one',
    target: 'one',
    readonly: 'one',
    space_hard_limit: 'later',
    space_soft_limit: 'later',
    boot: 'later',
    acpi: 'later',
    alias: 'output',
    address: 'output',
  },
});

/** Each type has its own attributes of these; only they are carried out. */
export const filesystemSourceVocabulary = vocabulary({
  attributes: {
    dir: 'later',
    file: 'later',
    dev: 'later',
    name: 'later',
    usage: 'later',
    units: 'later',
    pool: 'later',
    volume: 'later',
    socket: 'later',
    startupPolicy: 'later',
  },
  children: { seclabel: 'many' },
});

export const filesystemTargetVocabulary = vocabulary({ attributes: { dir: 'carried' } });

export const filesystemDriverVocabulary = vocabulary({
  attributes: {
    type: 'carried',
    format: 'carried',
    name: 'later',
    wrpolicy: 'later',
    queue: 'later',
    iommu: 'later',
    ats: 'later',
    packed: 'later',
    page_per_vq: 'later',
  },
});

export const consoleVocabulary = vocabulary({
  attributes: { type: 'carried', tty: 'output' },
  children: {
    source: 'many',
    protocol: 'later',
    log: 'later',
    target: 'one',
    acpi: 'later',
    alias: 'output',
    address: 'output',
  },
});

export const ptySourceVocabulary = vocabulary({
  attributes: { path: 'output', startupPolicy: 'later' },
  children: { seclabel: 'many' },
});

export const consoleTargetVocabulary = vocabulary({
  attributes: { type: 'carried', port: 'carried' },
});

/** A child of `<lxc:namespace>`. */
export const sharedNamespaceVocabulary = vocabulary({
  attributes: { type: 'carried', value: 'carried' },
});

/** `<tslxc:container>`. */
export const extensionVocabulary = vocabulary({
  children: {
    'tslxc:hardening': 'one',
    'tslxc:no-new-privileges': 'one',
    'tslxc:rlimit': 'many',
    'tslxc:pids': 'one',
    'tslxc:hugepages': 'many',
    'tslxc:idmap': 'one',
    'tslxc:filesystem': 'many',
    'tslxc:overlay': 'many',
    'tslxc:relabel': 'one',
  },
});

export const allocationVocabulary = vocabulary({
  attributes: { allocate: 'carried', count: 'carried' },
});

export const hardeningVocabulary = vocabulary({ attributes: { level: 'carried' } });

export const resourceLimitVocabulary = vocabulary({
  attributes: { name: 'carried', soft: 'carried', hard: 'carried' },
});

/** `<tslxc:filesystem>`. */
export const filesystemOptionsVocabulary = vocabulary({
  attributes: { target: 'carried', recursive: 'carried', propagation: 'carried' },
});

/** `<tslxc:relabel>`. */
export const relabelVocabulary = vocabulary({ attributes: { system: 'carried' } });

/** `<tslxc:overlay>`. */
export const overlayVocabulary = vocabulary({
  attributes: { target: 'carried', upper: 'carried' },
});
