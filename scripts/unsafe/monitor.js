// Builds the monitors of the weak packages: the sources that are changed are compiled, and linked with the objects of the others.
'use strict';
const { createHash } = require('node:crypto');
const { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync } = require('node:fs');
const { renameSync, rmSync, writeFileSync } = require('node:fs');
const { basename, join } = require('node:path');
const { packageRoot, runOrFail } = require('../steps');
const { edited, editsOf, variants } = require('./variants');

/** As the monitor's target in binding.gyp has them. */
const compilerFlags = ['-std=gnu++20', '-O2', '-Wall', '-ffunction-sections', '-fno-pie', '-I.'];
const linkerFlags = ['-static', '-no-pie', '-Wl,--gc-sections', '-s'];
/** The objects of each folder's sources. */
const objects = {
  'native/base': 'tslxc-shared',
  'native/plan': 'tslxc-shared',
  'native/monitor': 'tslxc-monitor',
};

/** Where they are kept, below the package: machines of test:vm, which have no compiler, get this folder. */
const unsafeFolder = 'build/unsafe';
const cache = join(packageRoot, unsafeFolder);

/** Resolves with the path of the monitor; it is compiled once for each state of the sources. */
async function buildMonitor(weakness) {
  const product = join(packageRoot, 'build/Release/tslxc-monitor');
  const files = [...new Set(editsOf(weakness, 'native/').map(({ file }) => file))];
  if (files.length === 0) return product;
  const sum = createHash('sha256').update(readFileSync(product));
  for (const file of files) sum.update(edited(weakness, file));
  const executable = join(cache, sum.digest('hex').slice(0, 16));
  if (existsSync(executable)) return executable;
  mkdirSync(cache, { recursive: true });
  const scratch = mkdtempSync(join(cache, 'build-'));
  try {
    const changed = await Promise.all(
      files.map(async (file) => {
        const source = join(scratch, basename(file));
        writeFileSync(source, edited(weakness, file));
        await compile([...compilerFlags, '-c', source, '-o', `${source}.o`]);
        return `${source}.o`;
      }),
    );
    const draft = join(scratch, 'monitor');
    await compile([...linkerFlags, ...changed, ...otherObjects(files), '-o', draft]);
    renameSync(draft, executable);
  } finally {
    rmSync(scratch, { recursive: true });
  }
  return executable;
}

/** Those of all weaknesses, before they are taken to where there is no compiler. */
async function buildMonitors() {
  for (const weakness of Object.keys(variants)) await buildMonitor(weakness);
}

async function compile(words) {
  const explain = (output) => `the unsafe monitor does not compile\n${output}`;
  await runOrFail(['g++', ...words], explain, { cwd: packageRoot, timeout: 120_000 });
}

/** Objects that the product's build left, of the sources that are there. */
function otherObjects(changed) {
  return Object.entries(objects).flatMap(([folder, target]) => {
    const made = join(packageRoot, 'build/Release/obj.target', target, folder);
    return readdirSync(join(packageRoot, folder))
      .filter((name) => name.endsWith('.cc') && !changed.includes(join(folder, name)))
      .map((name) => join(made, name.replace(/cc$/, 'o')))
      .filter((path) => existsSync(path));
  });
}

module.exports = { buildMonitor, buildMonitors, unsafeFolder };
