/** Defects of libvirt in limits, statistics, devices and file systems. */
import type { LibvirtDefect } from './defect';

const limits = 'test/unit/driver/limits/limits.test.ts';
const statistics = 'test/container/statistics.test.ts';
const filesystems = 'test/container/filesystem-types.test.ts';
const rootMounts = 'test/container/root-mounts.test.ts';
const coverage = 'test/unit/domain/coverage.test.ts';

export const resourceDefects: readonly LibvirtDefect[] = [
  {
    number: 2,
    libvirt:
      'schedinfo of a domain that is off ends the daemon, and every domain’s management with it',
    here: 'limits of a domain that is off are those of its definition',
    tests: [
      [
        limits,
        'all come from its definition, with the defaults of the kernel',
        'each setter changes the text, and its getter reads it',
      ],
    ],
  },
  {
    number: 16,
    libvirt:
      'on cgroup v2 <swap_hard_limit> limits swap alone, <soft_limit> is memory.high, and <shares> go into cpu.weight as they are',
    here: 'swap is what <swap_hard_limit> leaves beside the memory, and shares become a weight',
    tests: [
      [
        limits,
        'on v2 memory is made room for before it falls, and swap is counted alone',
        'shares are a weight on v2, and read as what was set',
      ],
      [
        'test/container/stored-limits.test.ts',
        'each is read back as it was stored, changes nothing of what runs, and is set by the next start',
      ],
    ],
    remains:
      '<soft_limit> is memory.high here too: it is the limit of v2 that holds a container back without killing in it',
  },
  {
    number: 17,
    libvirt: 'the nodes of <numatune> are not written in the mode strict, which is the default',
    here: 'they are; the other modes, which libvirt writes there, are memory policies',
    tests: [['test/golden/plan/plan.test.ts', '%s on a %s host compiles to its golden plan']],
  },
  {
    number: 21,
    libvirt:
      'of /proc only meminfo is the container’s own, and a part that is missing is all missing',
    here: 'with lxcfs on the host the seven files that it has are; without it nothing is, and a start warns',
    tests: [
      [
        'test/container/container-view.test.ts',
        'with lxcfs, %s, a container sees its own memory, and nobody is warned',
        'with lxcfs %s a container starts, sees the host’s memory, and everyone is warned',
      ],
    ],
  },
  {
    number: 23,
    libvirt: 'a character device that is attached becomes a block device',
    here: 'it has its kind and its path, and can be detached again',
    tests: [
      [
        'test/container/hotplug.test.ts',
        'devices of the host come under their own paths, of the right kind, and go',
      ],
    ],
  },
  {
    number: 24,
    libvirt: 'domblkstat of one device always fails',
    here: 'it takes the target of a disk, or the name of the device',
    tests: [
      [
        statistics,
        'bytes and operations on a block device are counted once the kernel counts them, and absent before',
      ],
    ],
  },
  {
    number: 25,
    libvirt: 'dommemstat gives the same sum as what processes have and as swap',
    here: 'what processes have, the page cache and swap are told apart',
    tests: [
      [
        statistics,
        'memory is what a process has taken, of its own and of the page cache, and what the kernel’s files say',
      ],
    ],
  },
  {
    number: 31,
    libvirt:
      'that <readonly/> can’t be had is ignored, and what is mounted below a read-only source stays writable',
    here: '<readonly/> holds for all that is mounted below; a step of a start that fails is its error',
    tests: [
      [filesystems, '%s can only be read'],
      [
        'test/container/filesystem-propagation.test.ts',
        'mounts come along, follow and go out as the options say',
      ],
    ],
  },
  {
    number: 32,
    libvirt:
      'images are opened for writing even with <readonly/>, and a root that is an image must be writable',
    here: 'they are opened for reading alone, as a root too',
    tests: [
      [filesystems, 'an image that is only read is attached to a device that is only read'],
      [rootMounts, 'an image as a read-only root is opened for reading alone'],
    ],
  },
  {
    number: 33,
    libvirt: 'sockets, mount points and the folder of the old root are left behind',
    here: 'an end leaves the record of how it ended, and nothing else',
    tests: [
      [
        rootMounts,
        'an end leaves nothing in the container’s root, and of its state what a list needs',
      ],
      ['test/container/idmap-root.test.ts', 'of the old root nothing is left'],
    ],
  },
  {
    number: 43,
    libvirt:
      'the number of <vcpu>, <vcpupin>, <emulatorpin>, <min_guarantee>, limits of space, <mtu>, <coalesce> and <on_…> are ignored without a word',
    here: '<mtu> and <on_…> are carried out, a limit of space holds or is refused, and what is ignored is told of with its line',
    tests: [
      [
        coverage,
        '%s: a start goes on without it, and says why',
        '%s: a start is refused, and says why',
      ],
      [
        'test/vm/quotas.test.ts',
        'on an %s the container gets no more than its limit, which goes with it, also when its monitor is killed',
      ],
      [
        'test/network/interfaces.test.ts',
        'three interfaces have their order, names, addresses and MTU',
      ],
      [
        'test/container/lifecycle.test.ts',
        'on_poweroff restart starts it again until it is destroyed',
      ],
    ],
    remains:
      'the number of <vcpu> limits nothing: a container has no virtual CPUs, and <vcpu cpuset> and <quota> say what it may use',
  },
];
