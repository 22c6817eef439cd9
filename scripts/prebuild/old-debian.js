// Compiles the native code in a Debian 11: with its compilers for both architectures, its glibc and its C++ runtime. The
// makefiles are generated on this machine, whose node-gyp and Node.js are too new for that Debian; the names of system calls come
// from this machine's kernel headers.
'use strict';
const { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync } = require('node:fs');
const { availableParallelism } = require('node:os');
const { join } = require('node:path');
const { findNodeDirectory, findNodeGyp } = require('../build-native');
const { cachedTree } = require('../cached-folder');
const { CompileProgress, countSources } = require('../compile-progress');
const { StepError, packageRoot, run, runOrFail, say } = require('../steps');
const { targets } = require('./targets');

const suite = 'bullseye';
const packages = ['g++', 'make', 'g++-aarch64-linux-gnu', 'libc6-dev-arm64-cross'];

/** Folders below /usr/include that linux-libc-dev brings for every architecture; `asm` is each one's own. */
const kernelHeaders = ['linux', 'asm-generic'];

/** Copies what the build reads into `work`: sources, headers of Node.js and of the kernel. */
function gather(work, { triplet }) {
  const copy = (from, to) => cpSync(from, join(work, to), { recursive: true, dereference: true });
  for (const name of ['binding.gyp', 'package.json', 'native', 'node_modules/node-addon-api'])
    copy(join(packageRoot, name), name);
  const headers = join(findNodeDirectory(), 'include');
  copy(join(headers, 'node'), 'node/include/node');
  // Debian's own Node.js takes libuv, and its headers, from another package.
  const libuv = ['uv.h', 'uv'].filter((name) => existsSync(join(headers, name)));
  for (const name of libuv) copy(join(headers, name), `node/include/node/${name}`);
  for (const name of kernelHeaders) copy(join('/usr/include', name), `kernel/${name}`);
  const asm = join('/usr/include', triplet, 'asm');
  if (!existsSync(join(asm, 'unistd.h'))) {
    throw new StepError(`no ${asm}: Debian 13's linux-libc-dev brings it`);
  }
  copy(asm, 'kernel/asm');
}

/** Has gyp write the makefiles. */
async function configure(work, arch) {
  const env = { ...process.env, npm_config_nodedir: join(work, 'node') };
  const options = ['--loglevel=error', `--arch=${arch}`, '--', '-Dprebuilt=1'];
  await runOrFail(
    [...findNodeGyp(), 'configure', ...options],
    (output) => `node-gyp configure: ${output.trim()}`,
    { cwd: work, env },
  );
}

// $1 is the tree, $2 the folder, which is at the same place in it; the rest is the command.
const enter = `set -e
mount --make-rprivate /
mkdir -p "$1$2"
mount --bind "$2" "$1$2"
tree=$1
shift 2
exec chroot "$tree" "$@"`;

/** Compiles in the tree what gyp has written. */
async function make(tree, work, { triplet }) {
  const tools = {
    'CC.target': `${triplet}-gcc`,
    'CXX.target': `${triplet}-g++`,
    'LINK.target': `${triplet}-g++`,
    'AR.target': `${triplet}-ar`,
  };
  const argv = [
    ...['make', '-C', join(work, 'build'), 'BUILDTYPE=Release', `-j${availableParallelism()}`],
    // It is as it should be, and gyp, which would write it anew, is not there.
    ...['-o', 'Makefile'],
    ...Object.entries(tools).map(([name, program]) => `${name}=${program}`),
  ];
  const env = {
    PATH: '/usr/sbin:/usr/bin:/sbin:/bin',
    LC_ALL: 'C',
    CPLUS_INCLUDE_PATH: join(work, 'kernel'),
  };
  const progress = new CompileProgress({ total: countSources(work), tell: say });
  const listen = (chunk) => progress.take(`${chunk}`);
  const words = ['unshare', '--mount', 'sh', '-c', enter, 'enter', tree, work, ...argv];
  const { code, output } = await run(words, { env, listen });
  rmSync(join(tree, work), { recursive: true, force: true });
  if (code === 0) return;
  process.stderr.write(output);
  throw new StepError(`make failed (exit code ${code}); its output is above`);
}

/** Compiles for an architecture, and has `take` look at the folder of what has been built. */
async function buildInOldDebian(arch, take) {
  const tree = await cachedTree(`debian-${suite}-compilers`, {
    what: `a Debian 11 with ${packages.join(', ')}`,
    suite,
    packages,
  });
  const work = mkdtempSync('/var/tmp/tslxc-prebuild-');
  try {
    mkdirSync(join(work, 'node'));
    gather(work, targets[arch]);
    await configure(work, arch);
    await make(tree, work, targets[arch]);
    await take(join(work, 'build', 'Release'));
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

module.exports = { buildInOldDebian };
