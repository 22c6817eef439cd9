// Peers that stay in the foreground as the container's parent, and have no command to end it: bubblewrap and systemd-nspawn. A
// start is over when init has written a byte; killing init ends them. Neither limits memory without systemd.
'use strict';
const { existsSync, readFileSync } = require('node:fs');
const { bridge, firstId, idCount } = require('../site');
const { Stopwatch } = require('../stopwatch');
const { missingProgram } = require('./program');

const programs = { sleep: '/bin/hello', true: '/bin/true' };

/** The process that is farthest down from this one, by first children. */
function leafOf(pid) {
  const file = `/proc/${pid}/task/${pid}/children`;
  const [child] = existsSync(file) ? readFileSync(file, 'utf8').trim().split(' ') : [''];
  return child === '' ? pid : leafOf(Number(child));
}

function foregroundUnit(stopwatch, argv) {
  let running;
  return {
    async start() {
      running = await stopwatch.until(...argv);
      return running.milliseconds;
    },
    destroy: () => stopwatch.end({ pid: running.pid, victim: leafOf(running.pid) }),
    run: () => stopwatch.run(...argv),
    remove: async () => undefined,
  };
}

function bubblewrapWords(site, { name, variant }) {
  const { upper, work } = variant === 'overlay' ? site.overlay(`bwrap-${name}`) : {};
  const root =
    variant === 'overlay'
      ? ['--overlay-src', site.root, '--overlay', upper, work, '/']
      : ['--bind', site.root, '/'];
  const namespaces = ['pid', 'ipc', 'net', 'uts', 'cgroup'].map((one) => `--unshare-${one}`);
  const mounts = ['--proc', '/proc', '--dev', '/dev', '--ro-bind', '/sys', '/sys'];
  return ['bwrap', ...namespaces, '--hostname', name, ...root, ...mounts, '--'];
}

const nspawnVariants = {
  plain: ['--private-network'],
  interface: [`--network-bridge=${bridge}`],
  idmap: [
    '--private-network',
    `--private-users=${firstId}:${idCount}`,
    '--private-users-ownership=map',
  ],
};

function nspawnWords(site, { name, variant }) {
  const setting = ['--quiet', '--register=no', '--keep-unit', '--console=pipe'];
  const where = ['-M', name, '-D', site.root, ...nspawnVariants[variant]];
  return ['systemd-nspawn', ...setting, ...where, '--'];
}

function open(wordsOf) {
  return async (site) => {
    const stopwatch = await Stopwatch.start(site);
    return {
      stopwatch,
      make: async (spec) =>
        foregroundUnit(stopwatch, [...wordsOf(site, spec), programs[spec.program]]),
      close: () => stopwatch.close(),
    };
  };
}

const note = 'without a limit and a terminal';

module.exports = {
  bubblewrap: {
    title: 'bubblewrap (bwrap), ended by the death of its init',
    note,
    variants: ['plain', 'overlay'],
    actions: ['start', 'destroy', 'run'],
    missing: missingProgram('bwrap', 'bubblewrap'),
    open: open(bubblewrapWords),
  },
  nspawn: {
    title: 'systemd-nspawn, ended by the death of its init',
    note,
    // It locks the root.
    atOnce: 1,
    variants: ['plain', 'interface', 'idmap'],
    actions: ['start', 'destroy', 'run'],
    missing: missingProgram('systemd-nspawn', 'systemd-container'),
    open: open(nspawnWords),
  },
};
