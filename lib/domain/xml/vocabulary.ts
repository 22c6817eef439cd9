/**
 * The names of elements and attributes in libvirt's domain schema, and what this version does with each. A name that is
 * in no table is refused: none may be silently ignored. Children are in libvirt's output order: `format` prints
 * them in the order of these tables.
 */

/** The namespace of `<lxc:namespace>`; its elements are `lxc:NAME` in these tables, whatever their prefix. */
export const lxcNamespace = 'http://libvirt.org/schemas/domain/lxc/1.0';

/** The namespace of a network's `<dnsmasq:options>`; its elements are `dnsmasq:NAME` in these tables. */
export const dnsmasqNamespace = 'http://libvirt.org/schemas/network/dnsmasq/1.0';

/**
 * The namespace of `<tslxc:container>` below `<metadata>`, for what libvirt's schema has no elements for. libvirt keeps
 * metadata unchanged, so one document serves both. Its elements are `tslxc:NAME` in these tables.
 */
export const extensionNamespace = 'urn:tslxc:domain:1';

/**
 * `unsupported`: stored and printed, but refused by `start`. `output`: libvirt writes it for a running domain; it is
 * dropped from input.
 */
export type AttributeStanding = 'supported' | 'unsupported' | 'output';

/** As for attributes. `one` and `many` are supported: an element that may appear once, or several times. */
export type ChildStanding = 'one' | 'many' | 'unsupported' | 'output';

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

/** The vocabulary of one element. */
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
  attributes: { type: 'supported', id: 'output' },
  children: {
    name: 'one',
    uuid: 'one',
    genid: 'unsupported',
    title: 'one',
    description: 'one',
    metadata: 'one',
    maxMemory: 'unsupported',
    memory: 'one',
    currentMemory: 'one',
    blkiotune: 'one',
    memtune: 'one',
    memoryBacking: 'unsupported',
    vcpu: 'one',
    vcpus: 'unsupported',
    iothreads: 'unsupported',
    iothreadids: 'unsupported',
    defaultiothread: 'unsupported',
    cputune: 'one',
    numatune: 'one',
    resource: 'one',
    sysinfo: 'unsupported',
    bootloader: 'unsupported',
    bootloader_args: 'unsupported',
    os: 'one',
    idmap: 'one',
    features: 'one',
    cpu: 'unsupported',
    clock: 'one',
    on_poweroff: 'one',
    on_reboot: 'one',
    on_crash: 'one',
    on_lockfailure: 'unsupported',
    pm: 'unsupported',
    perf: 'unsupported',
    throttlegroups: 'unsupported',
    devices: 'one',
    seclabel: 'many',
    keywrap: 'unsupported',
    launchSecurity: 'unsupported',
    'lxc:namespace': 'one',
  },
});

export const memoryVocabulary = vocabulary({
  attributes: { unit: 'supported', dumpCore: 'unsupported' },
  text: 'text',
});

export const currentMemoryVocabulary = vocabulary({
  attributes: { unit: 'supported' },
  text: 'text',
});

export const vcpuVocabulary = vocabulary({
  attributes: { placement: 'supported', cpuset: 'supported', current: 'supported' },
  text: 'text',
});

export const osVocabulary = vocabulary({
  attributes: { firmware: 'unsupported' },
  children: {
    type: 'one',
    firmware: 'unsupported',
    init: 'one',
    initarg: 'many',
    initenv: 'many',
    initdir: 'one',
    inituser: 'one',
    initgroup: 'one',
    loader: 'unsupported',
    nvram: 'unsupported',
    varstore: 'unsupported',
    kernel: 'unsupported',
    initrd: 'unsupported',
    cmdline: 'one',
    dtb: 'unsupported',
    shim: 'unsupported',
    root: 'unsupported',
    acpi: 'unsupported',
    boot: 'unsupported',
    bootmenu: 'unsupported',
    bios: 'unsupported',
    smbios: 'unsupported',
  },
});

export const osTypeVocabulary = vocabulary({
  attributes: { arch: 'supported', machine: 'unsupported' },
  text: 'text',
});

export const initenvVocabulary = vocabulary({ attributes: { name: 'supported' }, text: 'text' });

export const idmapVocabulary = vocabulary({ children: { uid: 'many', gid: 'many' } });

/** `<uid>` and `<gid>` of `<idmap>`. */
export const idRangeVocabulary = vocabulary({
  attributes: { start: 'supported', target: 'supported', count: 'supported' },
});

export const clockVocabulary = vocabulary({
  attributes: {
    offset: 'supported',
    adjustment: 'unsupported',
    basis: 'unsupported',
    timezone: 'unsupported',
    start: 'unsupported',
  },
  children: { timer: 'unsupported' },
});

/** libvirt's features, in its output order. */
export const featureNames: readonly string[] = (
  'acpi apic pae hap viridian privnet hyperv kvm pvspinlock capabilities pmu vmport gic smm ioapic ' +
  'hpt vmcoreinfo htm nested-hv msrs ccf-assist xen cfpc sbbc ibs tcg async-teardown ras ps2 aia'
).split(' ');

export const devicesVocabulary = vocabulary({
  children: {
    emulator: 'one',
    disk: 'many',
    controller: 'unsupported',
    lease: 'unsupported',
    filesystem: 'many',
    interface: 'many',
    smartcard: 'unsupported',
    serial: 'unsupported',
    parallel: 'unsupported',
    console: 'many',
    channel: 'unsupported',
    input: 'unsupported',
    tpm: 'unsupported',
    graphics: 'unsupported',
    sound: 'unsupported',
    audio: 'unsupported',
    video: 'unsupported',
    hostdev: 'many',
    redirdev: 'unsupported',
    redirfilter: 'unsupported',
    hub: 'unsupported',
    watchdog: 'unsupported',
    memballoon: 'unsupported',
    rng: 'unsupported',
    nvram: 'unsupported',
    panic: 'unsupported',
    shmem: 'unsupported',
    memory: 'unsupported',
    iommu: 'unsupported',
    vsock: 'unsupported',
    crypto: 'unsupported',
    pstore: 'unsupported',
  },
});

export const filesystemVocabulary = vocabulary({
  attributes: {
    type: 'supported',
    accessmode: 'supported',
    model: 'unsupported',
    multidevs: 'unsupported',
    fmode: 'unsupported',
    dmode: 'unsupported',
  },
  children: {
    driver: 'one',
    binary: 'unsupported',
    idmap: 'unsupported',
    source: 'one',
    target: 'one',
    readonly: 'one',
    space_hard_limit: 'unsupported',
    space_soft_limit: 'unsupported',
    boot: 'unsupported',
    acpi: 'unsupported',
    alias: 'output',
    address: 'output',
  },
});

/** Each type supports some of these attributes; see `sourceAttributes` of filesystem.ts. */
export const filesystemSourceVocabulary = vocabulary({
  attributes: {
    dir: 'unsupported',
    file: 'unsupported',
    dev: 'unsupported',
    name: 'unsupported',
    usage: 'unsupported',
    units: 'unsupported',
    pool: 'unsupported',
    volume: 'unsupported',
    socket: 'unsupported',
    startupPolicy: 'unsupported',
  },
  children: { seclabel: 'many' },
});

export const filesystemTargetVocabulary = vocabulary({ attributes: { dir: 'supported' } });

export const filesystemDriverVocabulary = vocabulary({
  attributes: {
    type: 'supported',
    format: 'supported',
    name: 'unsupported',
    wrpolicy: 'unsupported',
    queue: 'unsupported',
    iommu: 'unsupported',
    ats: 'unsupported',
    packed: 'unsupported',
    page_per_vq: 'unsupported',
  },
});

export const consoleVocabulary = vocabulary({
  attributes: { type: 'supported', tty: 'output' },
  children: {
    source: 'many',
    protocol: 'unsupported',
    log: 'unsupported',
    target: 'one',
    acpi: 'unsupported',
    alias: 'output',
    address: 'output',
  },
});

export const ptySourceVocabulary = vocabulary({
  attributes: { path: 'output', startupPolicy: 'unsupported' },
  children: { seclabel: 'many' },
});

export const consoleTargetVocabulary = vocabulary({
  attributes: { type: 'supported', port: 'supported' },
});

/** A child of `<lxc:namespace>`. */
export const sharedNamespaceVocabulary = vocabulary({
  attributes: { type: 'supported', value: 'supported' },
});

/** `<tslxc:container>`. */
export const extensionVocabulary = vocabulary({
  children: {
    'tslxc:hardening': 'one',
    'tslxc:no-new-privileges': 'one',
    'tslxc:rlimit': 'many',
    'tslxc:pids': 'one',
    'tslxc:ptys': 'one',
    'tslxc:hugepages': 'many',
    'tslxc:idmap': 'one',
    'tslxc:filesystem': 'many',
    'tslxc:overlay': 'many',
    'tslxc:relabel': 'one',
  },
});

export const allocationVocabulary = vocabulary({
  attributes: { allocate: 'supported', count: 'supported' },
});

export const hardeningVocabulary = vocabulary({ attributes: { level: 'supported' } });

export const resourceLimitVocabulary = vocabulary({
  attributes: { name: 'supported', soft: 'supported', hard: 'supported' },
});

/** `<tslxc:filesystem>`. */
export const filesystemOptionsVocabulary = vocabulary({
  attributes: { target: 'supported', recursive: 'supported', propagation: 'supported' },
});

/** `<tslxc:relabel>`. */
export const relabelVocabulary = vocabulary({ attributes: { system: 'supported' } });

/** `<tslxc:overlay>`. */
export const overlayVocabulary = vocabulary({
  attributes: { target: 'supported', upper: 'supported' },
});
