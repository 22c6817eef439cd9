// Which Jest projects run where, when, and for how long at most. A new project gets its lane here.
'use strict';
const { basename, join } = require('node:path');

/**
 * Lanes that run at once, each in this order, one file at a time where they share something. Those of `host` share what the
 * host has once (containers, mounts, ptys) and compare it before and after; so do those of `apart`, in a world of their own;
 * those `beside` touch none of it. Only `host` does not give way.
 */
const lanes = {
  host: ['addon', 'container', 'host'],
  apart: ['security', 'network', 'life'],
  beside: ['unit', 'native', 'package', 'virtual-network'],
};

/** Those that measure time, or use up what all share: when there is nothing beside them any more. */
const last = ['undisturbed'];

/**
 * What `npm test` leaves to `npm run test:more`: the folders of test/more, each run as the project is that it has its name of,
 * in the same lanes.
 */
const more = (name) => `more-${name}`;
const moreLanes = {
  host: ['addon', 'container'].map(more),
  apart: ['security', 'network'].map(more),
  beside: ['native', 'package', 'virtual-network'].map(more),
};
const moreLast = ['undisturbed'].map(more);

/** What takes too long for both. */
const long = [
  ...['long', 'repeated', 'repeated-networks', 'repeated-worlds'],
  ...['network-long', 'open-vswitch', 'install'],
];

/** What is compared with a real libvirt: `npm run test:parity`. */
const parity = ['parity'];

/** What unmodified clients of libvirt do with the daemon: `npm run test:clients`. */
const clients = ['clients'];

/** What runs in machines: scripts/test-vm.js. */
const machines = [
  'vm',
  'vm-again',
  'vm-long',
  'vm-every',
  'vm-selinux',
  'vm-apparmor',
  'vm-early-kernel',
  'vm-escapes',
];

/**
 * What a project is started by. Bridges, rules of nftables and IP forwarding belong to a network namespace: those of the
 * tests are made in one of their own, and the machine's are left alone. With containers beside others' it takes more.
 */
const ownNetwork = ['unshare', '--net', '--', 'sh', join(__dirname, 'begin-network.sh')];
const ownWorld = ['env', 'TSLXC_TEST_LANE=apart', 'sh', join(__dirname, 'own-world.sh')];
const allRepeats = ['env', 'TSLXC_TEST_REPEATS=all'];
const surroundings = {
  security: ownWorld,
  network: ownWorld,
  life: ownWorld,
  parity: ownWorld,
  clients: ownWorld,
  // Some files once more, with all of their repetitions.
  repeated: allRepeats,
  'repeated-networks': [...allRepeats, ...ownNetwork],
  'repeated-worlds': [...allRepeats, ...ownWorld],
  'network-long': ownNetwork,
  'open-vswitch': ownWorld,
  // The comparison ignores what tests of other lanes change on the host, and this lane gives way to them.
  'virtual-network': ['env', 'TSLXC_TEST_LANE=beside', ...ownNetwork],
};

/** Options of Node.js: hundreds of short files are over before optimised code pays for its compilation. */
const nodeOptions = { unit: ['--no-opt'] };

/**
 * Minutes in which at least one file of a project begins or ends, on a slow machine beside others: several times what the slowest
 * takes. After that, the project hangs.
 */
const usualMinutes = 15;
const minutes = {
  long: 90,
  parity: 30,
  clients: 30,
  repeated: 30,
  // The packages of the last landings are built there once.
  'network-long': 60,
  install: 30,
};

/**
 * How to run a project: what starts it, with which options of Node.js, whether one file at a time, and after how many minutes
 * without progress it hangs.
 */
function settingsOf(project) {
  const name = project.replace(/^more-/, '');
  return {
    prefix: surroundings[name] ?? [],
    nodeOptions: nodeOptions[name] ?? [],
    isSerial: !lanes.beside.includes(name) || surroundings[name] !== undefined,
    minutes: minutes[name] ?? usualMinutes,
  };
}

/** The projects of those names that would never be run. */
function forgottenProjects(names) {
  const inLanes = [lanes, moreLanes].flatMap((one) => Object.values(one).flat());
  const known = [...inLanes, ...last, ...moreLast, ...long, ...parity, ...clients, ...machines];
  return names.filter((name) => !known.includes(name));
}

/** What a tier needs of Debian, as purposes of debian-packages.js. */
const tierNeeds = { test: 'test', more: 'test', parity: 'long', clients: 'clients', long: 'long' };

/** Files of test/long that need what no other test does: it is large, and comes only for them. */
const ownNeeds = { 'web-console.test.ts': 'browser' };

const kitFile = 'compatibility-kit.test.ts';

/** The purposes of a tier, or of some files of test/long. */
function needsOf(tier, files = []) {
  const isRun = (name) => files.length === 0 || files.some((file) => basename(file) === name);
  const own = tier === 'long' ? Object.keys(ownNeeds).filter(isRun) : [];
  return [tierNeeds[tier], ...own.map((name) => ownNeeds[name])];
}

/** Whether a tier, or those files of it, run the scripts of libvirt's compatibility kit. */
function runsKit(tier, files = []) {
  const isRun = files.length === 0 || files.some((file) => basename(file) === kitFile);
  return ['parity', 'clients'].includes(tier) && isRun;
}

module.exports = {
  clients,
  forgottenProjects,
  lanes,
  last,
  long,
  moreLanes,
  moreLast,
  needsOf,
  parity,
  runsKit,
  settingsOf,
};
