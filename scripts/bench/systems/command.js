// The command: a process for each verb.
'use strict';
const { writeFileSync } = require('node:fs');
const { join } = require('node:path');
const { packageRoot } = require('../../steps');
const { Stopwatch } = require('../stopwatch');
const { documentOf } = require('./library');
const { programUnit } = require('./program');

const tslxc = [process.execPath, join(packageRoot, 'dist/cli/main.js')];

async function open(site) {
  const root = site.stateRoot('command');
  const stopwatch = await Stopwatch.start(site, { env: { TSLXC_ROOT: root } });
  return {
    stopwatch,
    async make(spec) {
      const { name } = spec;
      const file = join(site.directory, `${name}.xml`);
      writeFileSync(file, documentOf(site, spec));
      await stopwatch.run(...tslxc, 'define', file);
      const words = {
        start: [...tslxc, 'start', name],
        destroy: [...tslxc, 'destroy', name],
        exec: [...tslxc, 'exec', name, '/bin/true'],
        run: [...tslxc, 'start', '--foreground', name],
      };
      return programUnit(stopwatch, words, () => stopwatch.run(...tslxc, 'undefine', name));
    },
    close: () => stopwatch.close(),
  };
}

module.exports = {
  title: 'the command tslxc, a process for each verb',
  variants: ['plain', 'interface', 'idmap', 'overlay'],
  actions: ['start', 'destroy', 'exec', 'run'],
  missing: () => undefined,
  open,
  tslxc,
};
