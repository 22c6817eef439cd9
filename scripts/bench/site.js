// The folders of a bench, the same for all systems: roots with nothing but a static busybox, what is mapped or laid over them,
// and the state of tslxc, whose run state is on a tmpfs as on most hosts.
'use strict';
const { execFileSync } = require('node:child_process');
const { copyFileSync, cpSync, mkdirSync, mkdtempSync, rmSync } = require('node:fs');
const { chmodSync, symlinkSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');
const { compiled } = require('./programs');

const applets = ['true', 'sleep', 'sh', 'dd', 'cat'];
/** Also what lxc and systemd-nspawn mount on, or look for. */
const folders = ['bin', 'proc', 'sys', 'dev', 'etc', 'sbin', 'usr', 'tmp', 'run', 'var', 'root'];

/** The bridge for interfaces. */
const bridge = 'tslxc-bench';

/** Ids for what has a user namespace. */
const firstId = 100_000;
const idCount = 65_536;

/** Bytes that each container may take. */
const memory = 104_857_600;

function run(program, ...words) {
  execFileSync(program, words, { stdio: ['ignore', 'ignore', 'pipe'] });
}

async function makeRoot(path) {
  for (const name of folders) mkdirSync(join(path, name), { recursive: true });
  copyFileSync('/bin/busybox', join(path, 'bin/busybox'));
  for (const name of applets) symlinkSync('busybox', join(path, 'bin', name));
  copyFileSync(await compiled('hello'), join(path, 'bin/hello'));
  writeFileSync(join(path, 'etc/os-release'), 'ID=bench\n');
}

/** For runtimes that don't map the owners of files. */
function makeMappedRoot(from, path) {
  cpSync(from, path, { recursive: true, verbatimSymlinks: true });
  run('chown', '-hR', `${firstId}:${firstId}`, path);
}

function makeBridge() {
  run('ip', 'link', 'add', bridge, 'type', 'bridge');
  run('ip', 'link', 'set', bridge, 'up');
}

/**
 * Makes them, in a world of its own. `folder(NAME)` makes one more. `spawnsFromNode`: how the stopwatch of the site runs programs.
 */
async function makeSite({ spawnsFromNode = false } = {}) {
  const directory = mkdtempSync('/var/tmp/tslxc-bench-');
  const at = (name) => join(directory, name);
  const folder = (name) => {
    mkdirSync(at(name), { recursive: true });
    return at(name);
  };
  // tslxc shows a root to other ids only when ordinary users of the host can't reach it...
  const root = folder('private/root');
  chmodSync(at('private'), 0o700);
  await makeRoot(root);
  // ... and others look for it as such a user.
  makeMappedRoot(root, at('mapped-root'));
  chmodSync(directory, 0o755);
  makeBridge();
  const mounted = new Set();
  /** A root of tslxc; the same for the same name. */
  const stateRoot = (name) => {
    const runFolder = folder(`${name}/run`);
    if (!mounted.has(name)) run('mount', '-t', 'tmpfs', 'tmpfs', runFolder);
    mounted.add(name);
    return at(name);
  };
  return {
    directory,
    spawnsFromNode,
    root,
    mappedRoot: at('mapped-root'),
    folder,
    stateRoot,
    /** The writable layer of the overlay of that name, and its work directory. */
    overlay: (name) => ({ upper: folder(`${name}/upper`), work: folder(`${name}/work`) }),
    remove() {
      spawnQuietly('sh', '-c', `umount -l ${directory}/*/run 2>/dev/null`);
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

function spawnQuietly(program, ...words) {
  try {
    run(program, ...words);
  } catch {
    // None is mounted.
  }
}

module.exports = { bridge, firstId, idCount, makeSite, memory };
