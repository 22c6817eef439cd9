// Compiles lib/ to dist/ (CommonJS and types), and writes the entry for ESM users: dist/index.mjs,
// which re-exports the CommonJS one by name, so that there is one copy of every class and of the addon.
'use strict';
const {
  chmodSync,
  existsSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} = require('node:fs');
const { join } = require('node:path');
const { bundle } = require('./bundle');
const { fingerprint, remember, remembered } = require('./fingerprint');
const { main, packageRoot, runOrFail, say, StepError } = require('./steps');

const dist = join(packageRoot, 'dist');
// Compiled here first: a failed build leaves dist/ as it was, and a running container may need it.
const draft = join(packageRoot, 'build', 'dist');
const record = join(packageRoot, 'build', 'typescript.fingerprint');
const sources = [
  'lib',
  'tsconfig.json',
  'tsconfig.build.json',
  'package.json',
  'package-lock.json',
];
const scripts = ['build-typescript.js', 'bundle.js'].map((name) => join('scripts', name));

function currentFingerprint() {
  return fingerprint(packageRoot, [...sources, ...scripts]);
}

/** True when what is in dist/ was made from the sources as they are. */
function isCurrent() {
  const made = ['bundle/library.js', 'bundle/parts.js', 'cli/main.js', 'index.mjs'].every((name) =>
    existsSync(join(dist, name)),
  );
  return made && remembered(record) === currentFingerprint();
}

/** The names that lib/index.ts exports as values, of which the compiler has written one each: loading it needs the addon. */
function exportedNames() {
  const text = readFileSync(join(draft, 'index.js'), 'utf8');
  const written = /\bexports\.(\w+) = |^Object\.defineProperty\(exports, "(\w+)", \{ enumerable/gm;
  const names = [...text.matchAll(written)].map(([, assigned, defined]) => assigned ?? defined);
  if (names.length === 0) throw new StepError('index.js exports nothing that is understood here');
  return [...new Set(names)].sort();
}

function writeModuleEntry() {
  const names = exportedNames();
  const lines = names.map((name) => `export const ${name} = tslxc.${name};`);
  const text = ["import tslxc from './bundle/library.js';", '', ...lines, ''].join('\n');
  writeFileSync(join(draft, 'index.mjs'), text);
  writeFileSync(join(draft, 'index.d.mts'), "export * from './index.js';\n");
}

async function buildTypeScript() {
  say('compiling TypeScript to dist/');
  const wanted = currentFingerprint();
  rmSync(draft, { recursive: true, force: true });
  const tsc = join(packageRoot, 'node_modules', 'typescript', 'bin', 'tsc');
  const argv = [process.execPath, tsc, '-p', 'tsconfig.build.json', '--outDir', draft];
  await runOrFail(argv, (output) => {
    process.stderr.write(output);
    return 'the TypeScript compiler found errors; they are above';
  });
  writeModuleEntry();
  await bundle(draft);
  chmodSync(join(draft, 'cli', 'main.js'), 0o755);
  rmSync(dist, { recursive: true, force: true });
  renameSync(draft, dist);
  remember(record, wanted);
}

module.exports = { buildTypeScript, isCurrent };

if (require.main === module) {
  const ifStale = process.argv.includes('--if-stale');
  main('tslxc build', async () => {
    if (!(ifStale && isCurrent())) await buildTypeScript();
  });
}
