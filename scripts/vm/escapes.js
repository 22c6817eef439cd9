// The escape recipes of the threat catalogue, in machines: which kernels and cgroups they are tried on, and which files try them.
'use strict';

/** By the name of a kernel in image/kernels.js, what stands for it in names, and what it is. */
const kernels = {
  'debian-12': { word: '6.1', is: 'Debian 12’s kernel' },
  'debian-13-early': { word: '6.12.43', is: 'Debian 13’s kernel of September 2025' },
  'debian-13': { word: '6.12', is: 'Debian 13’s newest kernel' },
};

/** systemd 257 makes v1 hierarchies only when both are said. */
const legacy = ['systemd.unified_cgroup_hierarchy=0', 'SYSTEMD_CGROUP_ENABLE_LEGACY_FORCE=1'];

/** By their word, what the command line gets. Without MEMCG_V1 and CPUSETS_V1, a hybrid of Debian 13 has memory and cpuset in its v2 tree. */
const layouts = {
  v2: { commandLine: [], is: 'cgroup v2 only' },
  hybrid: { commandLine: legacy, is: 'cgroup v1 and v2' },
};

/** The machines: each kernel with each layout, as rows of flavours.js. */
const escapeFlavours = Object.entries(kernels).flatMap(([kernel, { word, is }]) =>
  Object.entries(layouts).map(([layout, { commandLine, is: cgroups }]) => ({
    name: `escapes-${word}-${layout}`,
    is: `the escape recipes on ${is}: ${cgroups}, systemd`,
    suite: 'escapes',
    kernel,
    commandLine,
    projects: ['vm-escapes'],
    // The probe of the attacks and the weak monitors of their controls can't be compiled in a machine.
    brings: 'probe and weak monitors',
    seconds: 7200,
  })),
);

/** Below test/, without .test.ts. */
const escapeFiles = [
  'vm-escapes/*',
  // A hierarchy is the whole kernel’s, so it has to be a machine’s own: T36.
  'vm-early-kernel/unmounted-hierarchy',
  'security/{attendant,capabilities,cgroup-count,cgroups,confinement,control-socket}',
  'security/{defaced-filesystem,doors,evil-etc,exec-confinement,exec-mapped,exhaustion}',
  'security/{hotplug,mapped-copies,mapped-mounts,namespace-walk,oom-score,peer}',
  'security/{user-supplies,watched-folders}',
  'more/security/{descriptors,directories,evil-root,exec,executable,mounts,names,race}',
  'container/{devices,idmap,isolated}',
];

/** Files of recipes that are not tried there, and why. */
const elsewhere = {
  'test/security/hostile-images.test.ts':
    'it needs skopeo and umoci; no kernel decides what they read',
  'test/security/two-readings.test.ts':
    'it needs skopeo and umoci; no kernel decides what they read',
  'test/security/unprivileged.test.ts': 'no container is started',
  'test/security/profile-hardened.test.ts':
    'it is compared with what one kernel has in /proc and /sys',
  'test/more/security/profile.test.ts': 'it is compared with what one kernel has in /proc and /sys',
  'test/vm-early-kernel/namespace-walk.test.ts': 'it is about the one kernel of its own flavour',
  'test/vm/core-dumps.test.ts':
    'it runs in the machine apparmor; a core pattern is one for the whole kernel',
  'test/native/monitor-executable.test.ts': 'it compiles, and starts no container',
  'test/addon/accounts.test.ts': 'it compiles, and starts no container',
  'test/addon/seccomp.test.ts':
    'it compiles, which a machine can’t; the walk and the doors try the filter there',
  'test/unit/errors.test.ts': 'no container is started',
  'test/more/network/router-advertisements.test.ts':
    'it needs a network namespace of its own around it',
  'test/network/learned-addresses.test.ts': 'it needs a network namespace of its own around it',
};

module.exports = { elsewhere, escapeFiles, escapeFlavours, legacy };
