// Makes one file of the package's many modules: finding, reading and compiling them takes longer than Node's own start.
'use strict';
const { createHash } = require('node:crypto');
const { readFileSync, readdirSync, rmSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');
const { packageRoot, StepError } = require('./steps');
const { dependencies } = require('../package.json');

/**
 * What is part of the bundle: an ES module, which Node 20 can't always require(), and the parser that every verb needs which
 * reads a definition. The modules beside the bundle still load the latter as a dependency.
 */
const inlined = ['get-east-asian-width', 'saxes', 'xmlchars'];

const external = Object.keys(dependencies).filter((name) => !inlined.includes(name));

/** The licence of a package, which goes with its text: its file, or what its package.json says of it. */
function licenceOf(name) {
  const folder = join(packageRoot, 'node_modules', name);
  const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
  if (file !== undefined) return readFileSync(join(folder, file), 'utf8').trim();
  const { author, license } = require(join(folder, 'package.json'));
  return `Licence: ${license}. Author: ${author}`;
}

function licences() {
  return inlined.map((name) => `/*\n${name}\n\n${licenceOf(name)}\n*/`).join('\n');
}

/** The text of a module of lib/ as CommonJS, which loads what it imports when it first uses it, and not when it is loaded. */
function withLazyImports(path) {
  const { transformSync } = require('@swc/core');
  const { preProcessFile } = require('typescript');
  const text = readFileSync(path, 'utf8');
  const lazy = preProcessFile(text).importedFiles.map(({ fileName }) => fileName);
  const { code } = transformSync(text, {
    filename: path,
    jsc: { parser: { syntax: 'typescript' }, target: 'esnext' },
    module: { type: 'commonjs', lazy },
    swcrc: false,
  });
  return code;
}

const lazyImports = {
  name: 'lazy-imports',
  setup(build) {
    build.onLoad({ filter: /\.ts$/ }, ({ path }) => ({
      contents: withLazyImports(path),
      loader: 'js',
    }));
  },
};

/** The modules of the library, which a service loads at once: not in the midst of its first start. The daemon is none of it. */
function libraryModules() {
  return readdirSync(join(packageRoot, 'lib'), { recursive: true })
    .filter((name) => name.endsWith('.ts') && !/^(bundle|cli|rpc)\//.test(name))
    .sort();
}

/** The text of all modules, as one. `library()` loads what a service needs, `command()` what the command begins with. */
function entryText() {
  const all = libraryModules().map((name) => `require(${JSON.stringify(`./lib/${name}`)});`);
  return `
    exports.library = () => { ${all.join(' ')} return require('./lib/bundle/parts.ts').library(); };
    exports.command = () => require('./lib/bundle/parts.ts').command();
  `;
}

/** The text that this entry becomes with all that it imports. */
async function bundled(entry, options = {}) {
  const { build } = require('esbuild');
  const { outputFiles } = await build({
    ...{ absWorkingDir: packageRoot, bundle: true, charset: 'ascii', write: false },
    ...{ platform: 'node', target: 'node20', external },
    ...entry,
    ...options,
  });
  return withOwnNames(outputFiles[0].text);
}

/**
 * The text with its classes named as in their source. Of a class that names itself esbuild makes `var Domain = class _Domain`, to spare
 * a check at each use, and `_Domain` is what stack traces and inspect() would then show. In the class, both names mean the class.
 */
function withOwnNames(text) {
  const classes = [...text.matchAll(/\b([\w$]+) ?= ?class (_[\w$]+)/g)];
  const other = classes.find(([, outer, inner]) => inner !== `_${outer}`);
  if (other !== undefined) throw new StepError(`the bundle names a class otherwise: ${other[0]}`);
  const inner = new Set(classes.map(([, , name]) => name));
  return text.replace(/(?<![\w$.#])_[\w$]+/g, (name) => (inner.has(name) ? name.slice(1) : name));
}

/** Bundles the modules of lib/ into the folder `dist`. */
async function bundle(dist) {
  const stdin = { contents: entryText(), resolveDir: packageRoot, sourcefile: 'entry.js' };
  // Whitespace would only be read; lines stay short enough for a stack trace to say where.
  const short = { minifyWhitespace: true, lineLimit: 160 };
  const footer = { js: licences() };
  const text = await bundled({ stdin }, { plugins: [lazyImports], footer, ...short });
  const sum = createHash('sha256').update(text).digest('hex');
  writeFileSync(join(dist, 'bundle', 'parts.js'), `// ${sum}\n${text}`);
  const library = "module.exports = require('./parts.js').library();\n";
  writeFileSync(join(dist, 'bundle', 'library.js'), library);
  rmSync(join(dist, 'bundle', 'parts.d.ts'));
  // The modules of the command and of the daemon are loaded only from the bundle.
  const folder = join(dist, 'cli');
  for (const name of readdirSync(folder)) rmSync(join(folder, name), { recursive: true });
  rmSync(join(dist, 'rpc'), { recursive: true });
  const main = await bundled({ entryPoints: [join(packageRoot, 'lib', 'cli', 'main.ts')] });
  writeFileSync(join(folder, 'main.js'), main);
}

module.exports = { bundle };
