// Lays out what the Debian package installs, as a tree of files.
'use strict';
const { chmodSync, cpSync, mkdirSync, readFileSync, readdirSync } = require('node:fs');
const { statSync, symlinkSync, writeFileSync } = require('node:fs');
const { basename, dirname, join } = require('node:path');
const { gzipSync } = require('node:zlib');
const { packageFolders } = require('../package-folders');
const { products } = require('../prebuilt');
const { packageRoot } = require('../steps');
const { cache, controlFile, controlFiles, copyright, home } = require('./control');

/** Dependencies that only a build needs. */
const buildOnly = ['node-addon-api'];

/** Where files of the repository go, by their paths there. */
function placesOf({ dependencies, files }) {
  const names = Object.keys(dependencies).filter((name) => !buildOnly.includes(name));
  const scripts = files.filter((path) => path.startsWith('scripts/'));
  // The examples look for the package two folders above their own.
  const own = ['package.json', 'dist', 'completions', 'examples', ...scripts];
  return {
    ...Object.fromEntries(
      [...own, ...packageFolders(names)].map((path) => [path, `${home}/${path}`]),
    ),
    systemd: '/usr/lib/systemd/system',
    'completions/bash/tslxc': '/usr/share/bash-completion/completions/tslxc',
    'completions/fish/tslxc.fish': '/usr/share/fish/vendor_completions.d/tslxc.fish',
    'completions/zsh/_tslxc': '/usr/share/zsh/vendor-completions/_tslxc',
    docs: '/usr/share/doc/tslxc/docs',
    'README.md': '/usr/share/doc/tslxc/README.md',
    'SECURITY.md': '/usr/share/doc/tslxc/SECURITY.md',
  };
}

/** Makes a file with its folders. */
function write(path, content, mode = 0o644) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
  chmodSync(path, mode);
}

function compressed(path) {
  return gzipSync(readFileSync(join(packageRoot, path)), { level: 9 });
}

/** Copies a file or a folder of the repository; packages that npm has installed for an example are no part of that. */
function place(from, to) {
  const filter = (path) => from !== 'examples' || basename(path) !== 'node_modules';
  cpSync(join(packageRoot, from), to, { recursive: true, filter });
}

/** The command runs with Debian's Node.js, whichever else is on the PATH. */
function bindCommand(tree) {
  const path = join(tree, home, 'dist/cli/main.js');
  const text = readFileSync(path, 'utf8').replace(/^#!.*/, '#!/usr/bin/node --');
  write(path, text, 0o755);
  mkdirSync(join(tree, 'usr/bin'), { recursive: true });
  symlinkSync('../lib/tslxc/dist/cli/main.js', join(tree, 'usr/bin/tslxc'));
}

/** Bytes of all files below a folder. */
function sizeOf(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => statSync(join(entry.parentPath ?? entry.path, entry.name)).size)
    .reduce((total, size) => total + size, 0);
}

/** Fills the folder `tree` with the package for an architecture, whose native code is in `native`; returns the version. */
function layOut(tree, { arch, native }) {
  const manifest = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8'));
  for (const [from, to] of Object.entries(placesOf(manifest))) place(from, join(tree, to));
  for (const name of products) {
    cpSync(join(native, name), join(tree, home, `prebuilds/linux-${arch}`, name));
  }
  bindCommand(tree);
  mkdirSync(join(tree, cache), { recursive: true });
  symlinkSync(cache, join(tree, home, 'build'));
  symlinkSync('../../../lib/tslxc/examples', join(tree, 'usr/share/doc/tslxc/examples'));
  write(join(tree, 'usr/share/man/man1/tslxc.1.gz'), compressed('man/tslxc.1'));
  write(join(tree, 'usr/share/doc/tslxc/changelog.gz'), compressed('CHANGELOG.md'));
  write(join(tree, 'usr/share/doc/tslxc/copyright'), copyright);
  const kibibytes = Math.ceil(sizeOf(tree) / 1024);
  write(join(tree, 'DEBIAN/control'), controlFile({ version: manifest.version, arch, kibibytes }));
  for (const [name, text] of Object.entries(controlFiles)) {
    write(join(tree, 'DEBIAN', name), text, name === 'triggers' ? 0o644 : 0o755);
  }
  return manifest.version;
}

module.exports = { layOut };
