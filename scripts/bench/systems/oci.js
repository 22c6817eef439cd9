// The runtimes that take an OCI bundle: crun and runc. They make no interfaces, and no overlay.
'use strict';
const { execFileSync } = require('node:child_process');
const { existsSync, readFileSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');
const { LineProcess } = require('../line-process');
const { compiled } = require('../programs');
const { firstId, idCount, memory } = require('../site');
const { Stopwatch } = require('../stopwatch');
const { missingProgram, programUnit } = require('./program');

const programs = { sleep: ['/bin/sleep', '10000'], true: ['/bin/true'] };
const mappings = [{ containerID: 0, hostID: firstId, size: idCount }];

/** What the runtime itself suggests, with what all systems have: the root, the program, a terminal, a limit. */
function configure(spec, { site, variant, program }) {
  const isMapped = variant === 'idmap';
  const { linux } = spec;
  return {
    ...spec,
    // One that runs in the foreground would need a terminal of its caller's.
    process: { ...spec.process, terminal: program === 'sleep', args: programs[program] },
    root: { path: isMapped ? site.mappedRoot : site.root, readonly: false },
    linux: {
      ...linux,
      resources: { ...linux.resources, memory: { limit: memory } },
      ...(isMapped && {
        namespaces: [...linux.namespaces, { type: 'user' }],
        uidMappings: mappings,
        gidMappings: mappings,
      }),
    },
  };
}

function makeBundle(runtime, site, spec) {
  const bundle = site.folder(`${runtime}-bundles/${spec.name}`);
  const file = join(bundle, 'config.json');
  if (!existsSync(file)) execFileSync(runtime, ['spec'], { cwd: bundle, stdio: 'ignore' });
  const suggested = JSON.parse(readFileSync(file, 'utf8'));
  writeFileSync(file, JSON.stringify(configure(suggested, { site, ...spec })));
  return bundle;
}

function open(runtime) {
  return async (site) => {
    const socket = join(site.directory, `${runtime}.console`);
    const consoles = new LineProcess([await compiled('console-socket'), socket]);
    await consoles.answer();
    const stopwatch = await Stopwatch.start(site);
    const program = [runtime, '--root', site.folder(`${runtime}-state`)];
    return {
      stopwatch,
      async make(spec) {
        const { name } = spec;
        const run = [...program, 'run', '--bundle', makeBundle(runtime, site, spec)];
        return programUnit(stopwatch, {
          start: [...run, '--detach', '--console-socket', socket, name],
          destroy: [...program, 'delete', '--force', name],
          exec: [...program, 'exec', name, '/bin/true'],
          run: [...run, name],
        });
      },
      async close() {
        await stopwatch.close();
        await consoles.kill();
      },
    };
  };
}

/** The system of a runtime. */
function ociRuntime(runtime) {
  return {
    title: `${runtime}: run -d, delete -f, exec`,
    variants: ['plain', 'idmap'],
    actions: ['start', 'destroy', 'exec', 'run'],
    missing: missingProgram(runtime, runtime),
    open: open(runtime),
  };
}

module.exports = { crun: ociRuntime('crun'), runc: ociRuntime('runc') };
