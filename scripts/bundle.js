// Makes one file of the package's many modules: finding, reading and compiling them takes longer than Node's own start.
'use strict';
const { createHash } = require('node:crypto');
const { readFileSync, readdirSync, rmSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');
const { packageRoot } = require('./steps');
const { dependencies } = require('../package.json');

/** What is part of the bundle, so that it is no dependency of those who install it: an ES module, which Node 20 can't always require(). */
const inlined = ['get-east-asian-width'];

/** The licences of these packages, which go with their text. */
function licences() {
  const texts = inlined.map((name) =>
    readFileSync(join(packageRoot, 'node_modules', name, 'license'), 'utf8').trim(),
  );
  return inlined.map((name, index) => `/*\n${name}\n\n${texts[index]}\n*/`).join('\n');
}

/** Bundles the compiled modules of the folder `dist`. */
function bundle(dist) {
  const { buildSync } = require('esbuild');
  const path = join(dist, 'bundle', 'parts.js');
  const { outputFiles } = buildSync({
    absWorkingDir: packageRoot,
    entryPoints: [path],
    outfile: path,
    bundle: true,
    charset: 'ascii',
    external: Object.keys(dependencies),
    footer: { js: licences() },
    platform: 'node',
    target: 'node20',
    write: false,
  });
  const [{ text }] = outputFiles;
  const sum = createHash('sha256').update(text).digest('hex');
  writeFileSync(path, `// ${sum}\n${text}`);
  writeFileSync(
    join(dist, 'bundle', 'library.js'),
    "module.exports = require('./parts.js').library();\n",
  );
  rmSync(join(dist, 'bundle', 'parts.d.ts'));
  // Nobody loads the command's modules but from there.
  const folder = join(dist, 'cli');
  for (const name of readdirSync(folder)) {
    if (name !== 'main.js') rmSync(join(folder, name), { recursive: true });
  }
}

module.exports = { bundle };
