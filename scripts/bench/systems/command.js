// The command: a process for each verb.
'use strict';
const { join } = require('node:path');
const { packageRoot } = require('../../steps');
const { ServiceProcess } = require('../service-process');
const { Stopwatch } = require('../stopwatch');
const { documentOf } = require('./library');
const { programUnit } = require('./program');

const tslxc = [process.execPath, join(packageRoot, 'dist/cli/main.js')];

async function open(site) {
  const root = site.stateRoot('command');
  const stopwatch = await Stopwatch.start(site, { env: { TSLXC_ROOT: root } });
  // Actions that aren't measured are done by a service, which takes a tenth of the time.
  const service = await ServiceProcess.start({ root });
  return {
    stopwatch,
    async make(spec) {
      const { name } = spec;
      await service.ask('define', { name, xml: documentOf(site, spec) });
      const words = {
        start: [...tslxc, 'start', name],
        destroy: [...tslxc, 'destroy', name],
        exec: [...tslxc, 'exec', name, '/bin/true'],
        run: [...tslxc, 'start', '--foreground', name],
      };
      return programUnit(stopwatch, words, () => service.ask('undefine', { name }));
    },
    async close() {
      await stopwatch.close();
      await service.close();
    },
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
