// Makes a fresh minimal Debian 13 (git, Node and npm only: no compiler) and runs commands in it, as if it were the
// machine: its own mounts and root, this kernel. What apt and npm need to reach their registries is taken
// from this machine's configuration; credentials are not.
'use strict';
const { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync } = require('node:fs');
const { join } = require('node:path');
const { cachedTree } = require('./cached-folder');
const { StepError, packageRoot, run, runOrFail, say } = require('./steps');

const suite = 'trixie';
const packages = ['ca-certificates', 'git', 'nodejs', 'npm'];
/** The folder in the tree that commands run in. */
const home = '/root/tslxc';
const caBundle = '/etc/ssl/certs/ca-certificates.crt';

/** A copy of the base tree. */
async function makeFreshTree() {
  const base = await cachedTree(`debian-${suite}`, {
    what: `a minimal Debian 13 with ${packages.join(', ')}`,
    suite,
    packages,
  });
  const tree = mkdtempSync('/var/tmp/tslxc-fresh-');
  say(`copying it to ${tree}`);
  await runOrFail(['cp', '-a', '--reflink=auto', `${base}/.`, tree], (output) => output.trim());
  for (const file of ['/etc/resolv.conf', '/etc/hosts', caBundle]) {
    if (existsSync(file)) cpSync(file, join(tree, file), { dereference: true });
  }
  mkdirSync(join(tree, home));
  return tree;
}

/** Puts the checked-in state of this repository into the tree, where its commands begin. */
async function addClone(tree) {
  say('cloning the committed state into it');
  const clone = ['git', 'clone', '--quiet', '--no-hardlinks', packageRoot];
  await runOrFail([...clone, join(tree, home)], (output) => `git clone: ${output.trim()}`);
}

/** Puts a file there, too. */
function addFile(tree, name, from) {
  cpSync(from, join(tree, home, name));
}

let npmSettings;

/** npm's way to its registry, as environment variables. npm takes seconds to tell them, and is asked once. */
function npmEnvironment() {
  npmSettings ??= readNpmSettings();
  return npmSettings;
}

async function readNpmSettings() {
  const env = { NODE_EXTRA_CA_CERTS: caBundle };
  for (const key of ['registry', 'proxy', 'https-proxy', 'noproxy']) {
    const { output } = await run(['npm', 'config', 'get', key]);
    const value = output.trim();
    const name = `npm_config_${key.replace('-', '_')}`;
    if (value !== '' && value !== 'null' && value !== 'undefined') env[name] = value;
  }
  return env;
}

// $1 is the tree, the rest the command. Everything is mounted in a namespace that ends with it.
const enter = `set -e
mount --make-rprivate /
mount --bind "$1" "$1"
cd "$1"
mount -t proc proc proc
mount --rbind /sys sys
mount --rbind /dev dev
mount -t tmpfs -o mode=755 tmpfs run
pivot_root . mnt
shift
exec chroot . sh -c 'umount -l /mnt; cd ${home}; exec "$@"' sh "$@"`;

/** Runs a command in that folder of the tree, with its output shown; resolves with exit code, output and seconds. */
async function runInTree(tree, argv) {
  const env = {
    PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    HOME: '/root',
    LANG: 'C.UTF-8',
    TERM: 'dumb',
    ...(await npmEnvironment()),
  };
  const unshare = ['unshare', '--mount', 'sh', '-c', enter, 'enter', tree, ...argv];
  const started = Date.now();
  const result = await run(unshare, { env, echo: 'live' });
  return { ...result, seconds: (Date.now() - started) / 1000 };
}

/** Removes the tree, but nothing that might still be mounted in it. */
async function removeTree(tree) {
  if (readFileSync('/proc/self/mountinfo', 'utf8').includes(` ${tree}`)) {
    throw new StepError(`something is still mounted under ${tree}`);
  }
  await run(['rm', '-rf', '--one-file-system', tree]);
}

module.exports = { addClone, addFile, makeFreshTree, removeTree, runInTree };
