// Loads modules of lib/ from source, for scripts that generate documents: without a build, which could be out of date.
'use strict';
const Module = require('node:module');
const { join } = require('node:path');
const { packageRoot } = require('./steps');

/** What `contents`, which re-exports parts of lib/, exports. Nothing of the rest of the library is run. */
function loadSources(contents) {
  const { buildSync } = require('esbuild');
  const { outputFiles } = buildSync({
    stdin: { contents, resolveDir: packageRoot, loader: 'ts' },
    bundle: true,
    format: 'cjs',
    packages: 'external',
    platform: 'node',
    target: 'node20',
    write: false,
  });
  const filename = join(packageRoot, 'sources.generated.js');
  const made = new Module(filename);
  made.filename = filename;
  made.paths = Module._nodeModulePaths(packageRoot);
  made._compile(outputFiles[0].text, filename);
  return made.exports;
}

module.exports = { loadSources };
