// Makes one file of the package's many modules: finding, reading and compiling them takes longer than Node's own start.
'use strict';
const { createHash } = require('node:crypto');
const { readdirSync, rmSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');
const { packageRoot } = require('./steps');

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
    packages: 'external',
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
