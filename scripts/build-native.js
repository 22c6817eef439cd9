// Builds the addon and the monitor with node-gyp: in a clone, and where the package is installed on a machine that the native
// code which it brings is not for (install.js). It fetches nothing: Node's headers come from this machine, or it says in one
// line which packages bring what is missing. `--if-stale` does nothing when the build is current.
'use strict';
const { accessSync, constants, existsSync, rmSync } = require('node:fs');
const { basename, delimiter, dirname, join } = require('node:path');
const { CompileProgress, countSources } = require('./compile-progress');
const { fingerprint, remember, remembered } = require('./fingerprint');
const { products } = require('./prebuilt');
const { StepError, main, packageRoot, run, say } = require('./steps');

const record = join(packageRoot, 'build', 'native.fingerprint');
const built = products.map((name) => join(packageRoot, 'build', 'Release', name));

/** The path of a program, as execvp(3) would find it, or undefined. */
function findProgram(name) {
  return (process.env.PATH ?? '')
    .split(delimiter)
    .map((folder) => join(folder, name))
    .find((path) => {
      try {
        accessSync(path, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}

/** The folder that holds include/node: what npm was told, or where this Node is installed. */
function findNodeDirectory() {
  const told = process.env.npm_config_nodedir;
  const candidates = [told, dirname(dirname(process.execPath)), '/usr', '/usr/local'];
  return candidates.find((dir) => dir && existsSync(join(dir, 'include', 'node', 'node_api.h')));
}

/** The argv that starts node-gyp: the development one, npm's own, or the one on the path. */
function findNodeGyp() {
  const script = join('node_modules', 'node-gyp', 'bin', 'node-gyp.js');
  const npm = process.env.npm_execpath;
  const candidates = [
    join(packageRoot, script),
    process.env.npm_config_node_gyp,
    npm && join(dirname(dirname(npm)), script),
    join(dirname(dirname(process.execPath)), 'lib', 'node_modules', 'npm', script),
    '/usr/share/nodejs/node-gyp/bin/node-gyp.js',
  ];
  const found = candidates.find((path) => path && existsSync(path));
  if (found !== undefined) return [process.execPath, found];
  return findProgram('node-gyp') === undefined ? undefined : ['node-gyp'];
}

/** Debian's names of the packages that the build needs and this machine lacks. */
function missingPackages() {
  const needs = [
    ['g++', findProgram(process.env.CXX?.split(' ')[0] || 'g++')],
    ['make', findProgram('make')],
    ['python3', findProgram('python3')],
    ['libnode-dev', findNodeDirectory()],
    ['node-gyp', findNodeGyp()],
  ];
  return needs.filter(([, found]) => found === undefined).map(([name]) => name);
}

/** ccache, where it is there and no other compiler is asked for, knows what other clones have compiled. */
function compilers() {
  if (process.env.CXX !== undefined || findProgram('ccache') === undefined) return {};
  return { CC: 'ccache gcc', CXX: 'ccache g++', CCACHE_BASEDIR: packageRoot };
}

function currentFingerprint() {
  const extra = [process.version, process.arch];
  return fingerprint(packageRoot, ['binding.gyp', 'native', 'package.json'], extra);
}

/** True when what is in build/ was made from the sources as they are. */
function isCurrent() {
  return built.every((path) => existsSync(path)) && remembered(record) === currentFingerprint();
}

async function buildNative() {
  const missing = missingPackages();
  if (missing.length > 0) {
    throw new StepError(`the build needs: apt-get install ${missing.join(' ')}`);
  }
  const total = countSources(packageRoot);
  say(`building the native code with node-gyp: ${total} files, a minute or more`);
  const progress = new CompileProgress({ total, tell: say });
  const wanted = currentFingerprint();
  // node-gyp takes npm's settings from the environment, and over its own arguments.
  const env = { ...process.env, ...compilers(), npm_config_nodedir: findNodeDirectory() };
  const argv = [...findNodeGyp(), '--loglevel=error', 'configure', 'build', '--jobs', 'max'];
  const { code, output } = await run(argv, { env, listen: (chunk) => progress.take(`${chunk}`) });
  if (code !== 0) {
    process.stderr.write(output);
    throw new StepError(`node-gyp failed (exit code ${code}); its output is above`);
  }
  remember(record, wanted);
}

/** Removes what a build has made, but for its objects, which nothing loads. Returns the names of what was there. */
function removeBuilt() {
  const there = built.filter((path) => existsSync(path));
  for (const path of there) rmSync(path, { recursive: true });
  return there.map((path) => basename(path));
}

module.exports = {
  buildNative,
  findNodeDirectory,
  findNodeGyp,
  findProgram,
  isCurrent,
  removeBuilt,
};

if (require.main === module) {
  const ifStale = process.argv.includes('--if-stale');
  main('tslxc build', async () => {
    if (!(ifStale && isCurrent())) await buildNative();
  });
}
