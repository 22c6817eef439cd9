// LXC: lxc-start -d, lxc-stop -k, lxc-attach.
'use strict';
const { writeFileSync } = require('node:fs');
const { join } = require('node:path');
const { cgroups } = require('../world');
const { bridge, firstId, idCount, memory } = require('../site');
const { Stopwatch } = require('../stopwatch');
const { missingProgram, programUnit } = require('./program');

const programs = { sleep: '/bin/sleep 10000', true: '/bin/true' };
const limits = {
  v1: `lxc.cgroup.memory.limit_in_bytes = ${memory}`,
  v2: `lxc.cgroup2.memory.max = ${memory}`,
};

/** Lines of the configuration that the variants have. */
function variantLines(site, { name, variant }) {
  const empty = 'lxc.net.0.type = empty';
  const plain = `lxc.rootfs.path = dir:${site.root}`;
  switch (variant) {
    case 'interface':
      return [plain, 'lxc.net.0.type = veth', `lxc.net.0.link = ${bridge}`, 'lxc.net.0.flags = up'];
    case 'idmap':
      return [
        `lxc.rootfs.path = dir:${site.mappedRoot}`,
        empty,
        `lxc.idmap = u 0 ${firstId} ${idCount}`,
        `lxc.idmap = g 0 ${firstId} ${idCount}`,
      ];
    case 'overlay':
      // It makes its work folder beside the upper one.
      return [`lxc.rootfs.path = overlay:${site.root}:${site.overlay(`lxc-${name}`).upper}`, empty];
    default:
      return [plain, empty];
  }
}

function configuration(site, spec) {
  return [
    `lxc.uts.name = ${spec.name}`,
    `lxc.init.cmd = ${programs[spec.program]}`,
    'lxc.mount.auto = proc sys',
    'lxc.apparmor.profile = unchanged',
    limits[cgroups().version],
    ...variantLines(site, spec),
  ];
}

async function open(site) {
  const folder = site.folder('lxc');
  const stopwatch = await Stopwatch.start(site);
  return {
    stopwatch,
    async make(spec) {
      const { name } = spec;
      const lines = configuration(site, spec);
      writeFileSync(join(site.folder(`lxc/${name}`), 'config'), `${lines.join('\n')}\n`);
      const which = ['-P', folder, '-n', name];
      return programUnit(stopwatch, {
        start: ['lxc-start', ...which, '-d'],
        destroy: ['lxc-stop', ...which, '-k'],
        exec: ['lxc-attach', ...which, '--', '/bin/true'],
        run: ['lxc-start', ...which, '-F'],
      });
    },
    close: () => stopwatch.close(),
  };
}

module.exports = {
  title: 'LXC: lxc-start -d, lxc-stop -k, lxc-attach',
  variants: ['plain', 'interface', 'idmap', 'overlay'],
  actions: ['start', 'destroy', 'exec', 'run'],
  missing: missingProgram('lxc-start', 'lxc'),
  open,
};
