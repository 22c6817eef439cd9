/** The vocabularies of `<domain>` and of its children other than `<devices>` and the limits; see xml/vocabulary.ts. */
import { ignored, refused, undefinable, vocabulary } from '../xml/vocabulary';

const noFirmware = ignored('a container has no firmware, and boots nothing');
const noThreads = ignored('a container has no I/O threads: the kernel does its I/O');
const noMachine = ignored('it describes a virtual machine to its guest');

export const domainVocabulary = vocabulary({
  attributes: { type: 'supported', id: 'output' },
  children: {
    name: 'one',
    uuid: 'one',
    genid: noMachine,
    title: 'one',
    description: 'one',
    metadata: 'one',
    maxMemory: undefinable(
      'memory hotplug tunables <maxMemory> are not supported by this hypervisor driver',
    ),
    memory: 'one',
    currentMemory: 'one',
    blkiotune: 'one',
    memtune: 'one',
    memoryBacking: ignored('the memory of a container is that of its processes'),
    vcpu: 'one',
    vcpus: undefinable('individual CPU state configuration is not supported'),
    iothreads: noThreads,
    iothreadids: noThreads,
    defaultiothread: noThreads,
    cputune: 'one',
    numatune: 'one',
    resource: 'one',
    sysinfo: noMachine,
    bootloader: noFirmware,
    bootloader_args: noFirmware,
    os: 'one',
    idmap: 'one',
    features: 'one',
    cpu: ignored("a container's programs see the CPUs of the host"),
    clock: 'one',
    on_poweroff: 'one',
    on_reboot: 'one',
    on_crash: 'one',
    on_lockfailure: ignored('it is about the leases of <lease>, with which no container starts'),
    pm: ignored("a container can't be put to sleep"),
    perf: ignored('libvirt counts these events for virtual machines only'),
    throttlegroups: ignored('it has no effect before a disk names a group'),
    devices: 'one',
    seclabel: 'many',
    keywrap: ignored('it protects keys of a virtual machine'),
    launchSecurity: refused('the memory would not be protected from the host'),
    'lxc:namespace': 'one',
  },
});

export const memoryVocabulary = vocabulary({
  attributes: {
    unit: 'supported',
    dumpCore: ignored('libvirt dumps no core of a container'),
  },
  text: 'text',
});

export const currentMemoryVocabulary = vocabulary({
  attributes: { unit: 'supported' },
  text: 'text',
});

export const vcpuVocabulary = vocabulary({
  attributes: {
    placement: { values: { static: 'supported', auto: 'supported' } },
    cpuset: 'supported',
    current: 'supported',
  },
  text: 'text',
});

/** Without the elements that libvirt drops from the `<os>` of a container, such as `<boot>` and `<kernel>`. */
export const osVocabulary = vocabulary({
  children: {
    type: 'one',
    init: 'one',
    initarg: 'many',
    initenv: 'many',
    initdir: 'one',
    inituser: 'one',
    initgroup: 'one',
    cmdline: 'one',
    smbios: noFirmware,
  },
});

export const osTypeVocabulary = vocabulary({
  attributes: { arch: 'supported', machine: noMachine },
  text: 'text',
});

export const initenvVocabulary = vocabulary({ attributes: { name: 'supported' }, text: 'text' });

export const idmapVocabulary = vocabulary({ children: { uid: 'many', gid: 'many' } });

/** `<uid>` and `<gid>` of `<idmap>`. */
export const idRangeVocabulary = vocabulary({
  attributes: { start: 'supported', target: 'supported', count: 'supported' },
});

const hostClock = ignored(
  "a container has the host's clock; its time zone is that of its own files",
);

export const clockVocabulary = vocabulary({
  attributes: {
    offset: {
      values: {
        utc: 'supported',
        localtime: 'supported',
        variable: hostClock,
        timezone: hostClock,
        absolute: hostClock,
      },
    },
    adjustment: hostClock,
    basis: { values: { utc: 'supported', localtime: hostClock } },
    timezone: hostClock,
    start: hostClock,
  },
  children: { timer: 'many' },
});

const hostTimer = ignored('a container has the timers of the host');

/** `@name` of `<timer>`. As in libvirt, it gives a container a device only if the clock has the offset `localtime`. */
export const timerNames = {
  platform: hostTimer,
  pit: hostTimer,
  rtc: hostTimer,
  hpet: hostTimer,
  tsc: hostTimer,
  kvmclock: hostTimer,
  hypervclock: hostTimer,
  armvtimer: hostTimer,
} as const;

/** The timers that are devices, if the offset is `localtime` and `present` is not `no`. */
export const timerDevices = ['rtc', 'hpet'] as const;

/** Any other timer, if the offset is `localtime` and `present` is not `no`. */
export const otherLocalTimer = refused('libvirt refuses it too: it knows no device for it');

const machineFeature = ignored('it is a feature of a virtual machine');

/** In libvirt's output order. */
export const featuresVocabulary = vocabulary({
  children: {
    acpi: machineFeature,
    apic: machineFeature,
    pae: machineFeature,
    hap: machineFeature,
    viridian: machineFeature,
    privnet: 'many',
    hyperv: machineFeature,
    kvm: machineFeature,
    pvspinlock: machineFeature,
    capabilities: 'one',
    pmu: machineFeature,
    vmport: machineFeature,
    gic: machineFeature,
    smm: machineFeature,
    ioapic: machineFeature,
    hpt: machineFeature,
    vmcoreinfo: machineFeature,
    htm: machineFeature,
    'nested-hv': machineFeature,
    msrs: machineFeature,
    'ccf-assist': machineFeature,
    xen: machineFeature,
    cfpc: machineFeature,
    sbbc: machineFeature,
    ibs: machineFeature,
    tcg: machineFeature,
    'async-teardown': machineFeature,
    ras: machineFeature,
    ps2: machineFeature,
    aia: machineFeature,
  },
});

const preserve = ignored('what is left of the container is cleaned up, as with destroy');
const rename = ignored('the container restarts under its own name');

/** `<on_poweroff>` and `<on_reboot>`. */
export const actionVocabulary = vocabulary({
  text: {
    destroy: 'supported',
    restart: 'supported',
    'rename-restart': rename,
    preserve,
  },
});

const noCore = 'there is no core of a container: each of its programs dumps its own';

/** `<on_crash>`. */
export const crashVocabulary = vocabulary({
  text: {
    destroy: 'supported',
    restart: 'supported',
    'rename-restart': rename,
    preserve,
    'coredump-destroy': ignored(`${noCore}; what is left is cleaned up`),
    'coredump-restart': ignored(`${noCore}; it restarts`),
  },
});

/** A child of `<lxc:namespace>`. */
export const sharedNamespaceVocabulary = vocabulary({
  attributes: { type: 'supported', value: 'supported' },
  unknown: 'refused',
});
