// The test projects: one for each folder below test/ (golden and fuzz, which make no containers, go with unit), and one with a list of files for each place where some of them run again,
// repeated or in a machine. Each can be run alone: npx jest --selectProjects unit. Those whose tests make containers are run
// with --runInBand, one file at a time, each in a world of its own; scripts/lanes.js says which run side by side.
'use strict';

const { escapeFiles } = require('./scripts/vm/escapes');

/** ES modules of node_modules, which Jest can load only as CommonJS. */
const modules = 'get-east-asian-width';

const transform = {
  [`\\.ts$|/node_modules/(${modules})/`]: [
    '@swc/jest',
    {
      jsc: {
        target: 'es2022',
        parser: { syntax: 'typescript' },
        transform: { useDefineForClassFields: true },
      },
      module: { type: 'commonjs' },
      sourceMaps: 'inline',
    },
  ],
};

/** A project that runs the *.test.ts of these folders, each test with `seconds` of time. */
function project(displayName, folders, seconds) {
  return {
    displayName,
    // The same id for all projects, so that they share one cache of transformed files, also with other clones.
    id: 'tslxc',
    rootDir: __dirname,
    // Jest searches no other folders for modules.
    roots: ['<rootDir>/lib', '<rootDir>/test'],
    testEnvironment: 'node',
    testMatch: folders.map((folder) => `<rootDir>/test/${folder}/**/*.test.ts`),
    globals: { testSeconds: seconds },
    setupFilesAfterEnv: [
      '<rootDir>/test/support/time/time-limit.ts',
      '<rootDir>/test/support/world/suppressed-error.ts',
    ],
    transform,
    transformIgnorePatterns: [`/node_modules/(?!(${modules})/)`],
    moduleNameMapper: { '^tslxc$': '<rootDir>/dist/bundle/library.js' },
  };
}

module.exports = {
  testSequencer: '<rootDir>/scripts/sequence.js',
  projects: [
    project('unit', ['unit', 'golden', 'fuzz'], 20),
    project('native', ['native'], 120),
    project('addon', ['addon'], 20),
    project('container', ['container'], 60),
    // Tests that measure time, or use up the host's ptys: they run last, when nothing else is running.
    project('undisturbed', ['undisturbed'], 60),
    // In worlds of their own, with nothing but lo for a network: scripts/lanes.js says how.
    project('life', ['life'], 60),
    project('security', ['security'], 60),
    project('network', ['network'], 60),
    // In a network namespace of its own, and without containers.
    project('virtual-network', ['virtual-network'], 60),
    project('package', ['package'], 180),
    project('host', ['host'], 120),
    // The projects of npm run test:more, each run like the project whose name it has.
    project('more-native', ['more/native'], 120),
    project('more-addon', ['more/addon'], 20),
    project('more-container', ['more/container'], 60),
    project('more-security', ['more/security'], 60),
    project('more-network', ['more/network'], 60),
    project('more-virtual-network', ['more/virtual-network'], 60),
    project('more-package', ['more/package'], 180),
    project('more-undisturbed', ['more/undisturbed'], 60),
    project('install', ['install'], 400),
    project('long', ['long'], 600),
    // Compares tslxc with a real libvirt, for each document of a corpus.
    project('parity', ['parity'], 1200),
    // With Debian's own clients of libvirt, and the daemon.
    project('clients', ['clients'], 120),
    // What npm test repeats less often (test/support/time/repeats.ts).
    {
      ...project('repeated', [], 120),
      testMatch: [
        'container/{console,lifecycle,start-signals}',
        'more/container/{events,failpoints,seed-hello-edges}',
        'more/native/native',
        'more/security/evil-root',
        'security/{capabilities,evil-etc}',
        'unit/driver/{definitions/damaged-definitions,lifecycle/verbs}',
        'unit/{domain,network}/properties',
        'unit/domain/lxc-configuration/properties',
        'unit/plan/security/extensible-ioctls',
      ].map((name) => `<rootDir>/test/${name}.test.ts`),
    },
    {
      ...project('repeated-networks', [], 120),
      testMatch: ['<rootDir>/test/more/virtual-network/network-crash.test.ts'],
    },
    {
      ...project('repeated-worlds', [], 120),
      testMatch: ['more/network/plug-failpoints', 'life/hard-ends'].map(
        (name) => `<rootDir>/test/${name}.test.ts`,
      ),
    },
    project('network-long', ['network-long'], 120),
    project('open-vswitch', ['open-vswitch'], 120),
    // In a machine that has booted a second time, with two processors.
    {
      ...project('vm-again', [], 240),
      testMatch: ['vm-again/*', 'container/limits'].map((name) => `<rootDir>/test/${name}.test.ts`),
    },
    // In a virtual machine, and only if its file is named.
    {
      ...project('vm-long', [], 1200),
      testMatch: ['<rootDir>/test/long/categories.test.ts'],
    },
    // In every machine of test:vm: the seed's whole transcript, what a flavour is, and what a container costs there.
    {
      ...project('vm-every', [], 480),
      testMatch: [
        ...['vm-every/**/*', 'container/seed-{hello,mounts}', 'network/seed-network'],
        'container/counts',
      ].map((name) => `<rootDir>/test/${name}.test.ts`),
    },
    // Those of one security module. Permissive mode is tested in the machine that enforces SELinux, by switching the mode.
    project('vm-selinux', ['vm-selinux'], 240),
    project('vm-apparmor', ['vm-apparmor'], 240),
    // What only a kernel of 2025 can be attacked by.
    project('vm-early-kernel', ['vm-early-kernel'], 480),
    // The escape recipes, in machines with several kernels: npm run test:vm -- --escapes.
    {
      ...project('vm-escapes', [], 480),
      testMatch: escapeFiles.map((name) => `<rootDir>/test/${name}.test.ts`),
    },
    // In one machine of test:vm only, where everything takes twenty times as long: tests that need a machine, and tests
    // whose result depends on the kernel.
    {
      ...project('vm', [], 240),
      testMatch: [
        'vm/**/*',
        'container/{idmap,idmap-root}',
        'container/filesystem-{mapped,overlay}',
        'security/oom-score',
        'addon/{links,bridge-ports,addresses,network-operations}',
      ].map((name) => `<rootDir>/test/${name}.test.ts`),
    },
  ],
};
