// The machines that test:vm runs in, one a row: kernel, what its command line gets, Jest projects.
'use strict';
const { escapeFlavours, legacy } = require('./escapes');

/** What the machine is, with its cgroups, and the seed's transcripts. */
const quickEverywhere = [
  'test/vm-every/machine.test.ts',
  ...['hello', 'mounts'].map((name) => `test/container/seed-${name}.test.ts`),
  'test/network/seed-network.test.ts',
];

/**
 * `kernel` is a name in image/kernels.js. The root disk is the same for all: the command line decides what the
 * kernel and systemd make of it. `projects` run in the first boot, `again` in a second one from the disks as the first has left
 * them, `named` only when their files are asked for; `quick` are the files of what would catch most breaks. `seconds` is the
 * limit of the tests in the machine. Those that take longest come first, so that no other waits for them at the end. One with a
 * `suite` is started only with that (`--escapes`), or by its name; `brings` is what else the project's disk gets.
 */
const flavours = [
  {
    name: 'apparmor',
    is: 'Debian 13: its kernel, AppArmor, cgroup v2 only, systemd',
    kernel: 'debian-13',
    commandLine: ['apparmor=1', 'security=apparmor'],
    projects: ['vm', 'vm-every', 'vm-apparmor'],
    again: ['vm-again'],
    named: ['vm-long'],
    quick: [...quickEverywhere, 'test/vm-apparmor/attempts.test.ts'],
    seconds: 2400,
  },
  {
    name: 'selinux-enforcing',
    is: 'Debian 13: SELinux enforcing Debian’s policy, cgroup v2 only, systemd',
    kernel: 'debian-13',
    commandLine: ['security=selinux', 'selinux=1', 'enforcing=1'],
    projects: ['vm-every', 'vm-selinux'],
    quick: [
      ...quickEverywhere,
      ...['seed', 'separation'].map((name) => `test/vm-selinux/${name}.test.ts`),
    ],
    seconds: 1800,
  },
  {
    name: 'selinux-permissive',
    is: 'Debian 13: SELinux that only notes what it would refuse, cgroup v2 only, systemd',
    kernel: 'debian-13',
    commandLine: ['security=selinux', 'selinux=1', 'enforcing=0'],
    projects: ['vm-every'],
    seconds: 1800,
  },
  {
    name: 'cgroup-v1',
    is: 'Debian 13 with Debian 12’s kernel: cgroup v1 only, systemd',
    kernel: 'debian-12',
    commandLine: [...legacy, 'systemd.legacy_systemd_cgroup_controller=1'],
    projects: ['vm-every'],
    seconds: 1800,
  },
  {
    name: 'cgroup-hybrid',
    is: 'Debian 13 with Debian 12’s kernel: cgroup v1, and v2 without controllers, systemd',
    kernel: 'debian-12',
    commandLine: legacy,
    projects: ['vm-every'],
    seconds: 1800,
  },
  {
    name: 'early-kernel',
    is: 'Debian 13 with a kernel of its first weeks, which has what later ones have closed: cgroup v2 only, systemd',
    kernel: 'debian-13-early',
    commandLine: [],
    projects: ['vm-early-kernel'],
    seconds: 1200,
  },
  ...escapeFlavours,
];

/**
 * What each boot of a flavour runs, and with how many processors: a second one is for what divides them, since emulated
 * ones that wait for each other take a sixth more time than one.
 */
function bootsOf({ projects, again = [], named = [], quick }, files) {
  if (files === quick) return [{ projects, processors: 1 }];
  if (files.length > 0) return [{ projects: [...projects, ...again, ...named], processors: 2 }];
  const boots = [{ projects, processors: 1 }];
  return again.length === 0 ? boots : [...boots, { projects: again, processors: 2 }];
}

module.exports = { bootsOf, flavours };
