// The library in a service. Times are those in the service's own process.
'use strict';
const { domainXml } = require('../domain-xml');
const { ServiceProcess } = require('../service-process');
const { timedUnit } = require('./timed-unit');

const actions = ['start', 'destroy', 'exec', 'run'];
const programs = { sleep: ['/bin/sleep', '10000'], true: ['/bin/true'] };

/** The document of a container that a scenario asks for. */
function documentOf(site, { name, variant, program }) {
  const overlay = variant === 'overlay' ? site.overlay(`over-${name}`) : undefined;
  return domainXml({ name, variant, argv: programs[program], root: site.root, overlay });
}

function open({ heap, state }) {
  return async (site) => {
    const service = await ServiceProcess.start({ root: site.stateRoot(state), heap });
    return {
      service,
      async make(spec) {
        await service.ask('define', { name: spec.name, xml: documentOf(site, spec) });
        const { name } = spec;
        const act = (action) => service.ask(action, { name });
        return timedUnit(actions, act, () => service.ask('undefine', { name }));
      },
      close: () => service.close(),
    };
  };
}

const common = {
  variants: ['plain', 'interface', 'idmap', 'overlay'],
  actions,
  missing: () => undefined,
};

module.exports = {
  documentOf,
  library: {
    ...common,
    title: 'the library in a small service',
    open: open({ heap: 0, state: 'library' }),
  },
  heap: {
    ...common,
    title: 'the library in a service with 500 MB on its heap',
    open: open({ heap: 500, state: 'heap' }),
  },
};
