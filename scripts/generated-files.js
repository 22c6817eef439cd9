// Files of the project that a script makes, and that are committed: they are written anew, or found stale.
'use strict';
const { mkdirSync, readFileSync, writeFileSync } = require('node:fs');
const { dirname, join } = require('node:path');
const { main, packageRoot, StepError } = require('./steps');

function readOr(path, otherwise) {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error.code === 'ENOENT') return otherwise;
    throw error;
  }
}

/** Those of `files`, path → text, that are not what the text says. */
function staleFiles(files) {
  return Object.entries(files)
    .filter(([path, text]) => readOr(join(packageRoot, path)) !== text)
    .map(([path]) => path);
}

/** Writes what `render` makes, path → text; with `--check` it only fails when a file is stale. */
function generate(name, render) {
  main(name, async () => {
    const files = render();
    if (process.argv.includes('--check')) {
      const stale = staleFiles(files);
      if (stale.length > 0) {
        throw new StepError(`stale: ${stale.join(', ')}; run: node scripts/${name}.js`);
      }
      return;
    }
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(packageRoot, path)), { recursive: true });
      writeFileSync(join(packageRoot, path), text);
    }
  });
}

module.exports = { generate, staleFiles };
