// Kernels of the machines: taken out of their Debian packages, with the modules that tests may load, and
// an initramfs that does nothing but mount the root disk. No package is configured.
'use strict';
const { copyFileSync, cpSync, existsSync, mkdirSync, readFileSync } = require('node:fs');
const { readdirSync, symlinkSync } = require('node:fs');
const { basename, dirname, join } = require('node:path');
const { makeDebianTree } = require('../../debian-sources');
const { StepError, runOrFail } = require('../../steps');

/**
 * One a row, by the name that a flavour refers to: `image` is the package of the kernel, or `newest` one that depends on the newest of
 * them; `arch` is Debian's name of another architecture than this machine's.
 */
const kernels = {
  'debian-13': { suite: 'trixie', newest: 'linux-image-amd64' },
  // The last one of Debian's whose v1 hierarchies have memory and cpuset.
  'debian-12': { suite: 'bookworm', newest: 'linux-image-amd64' },
  // What Debian 13 had in September 2025: from the descriptor of a mount namespace it still leads to all others.
  'debian-13-early': {
    suite: 'bookworm-backports',
    image: 'linux-image-6.12.43+deb12-cloud-amd64',
  },
  'debian-13-arm64': { suite: 'trixie', newest: 'linux-image-arm64', arch: 'arm64' },
};

// Below kernel/: everything that a container may have to do with, and no drivers of real devices.
const keptModules = ['fs', 'net', 'lib', 'crypto', 'security', 'block', 'mm', 'arch', 'kernel'];
const keptDrivers = ['block', 'net', 'md', 'virtio', 'char', 'vhost'];
const droppedDrivers = ['net/ethernet', 'net/wireless', 'net/usb', 'net/wwan'];

/** What the root disk and the ports need before there is a root; what is built in is left out. */
const bootModules = ['crc32c_generic', 'virtio_pci', 'virtio_blk', 'virtio_console', 'ext4'];

/** Run by mmdebstrap: apt with its configuration, $1 is the tree. */
const fetch = ({ newest, image }) => `set -e
cd "$1"
export APT_CONFIG="$MMDEBSTRAP_APT_CONFIG"
file=${image ?? `$(apt-cache depends ${newest} | sed -n 's/^ *Depends: //p' | head -n 1)`}
apt-get -q -o APT::Sandbox::User=root download "$file"
dpkg-deb -x "$file"_*.deb package`;

/** Unpacks a kernel's package below `work`. */
async function fetchKernel(name, work) {
  const tree = join(work, `kernel-${name}`);
  const { suite, arch } = kernels[name];
  mkdirSync(tree);
  const options = [`--customize-hook=${fetch(kernels[name])}`];
  await makeDebianTree(tree, { suite, variant: 'custom', arch, options });
}

/** Puts `vmlinuz-NAME` and `initramfs-NAME` into `out`, and the modules into the root tree. */
async function installKernel(name, { work, root, out }) {
  const tree = join(work, `kernel-${name}`, 'package');
  const image = readdirSync(join(tree, 'boot')).find((file) => file.startsWith('vmlinuz-'));
  if (image === undefined) throw new StepError(`there is no kernel in the package of ${name}`);
  copyFileSync(join(tree, 'boot', image), join(out, `vmlinuz-${name}`));
  const version = image.slice('vmlinuz-'.length);
  const modules = join(root, 'usr/lib/modules', version);
  placeModules(tree, { version, modules });
  await listModules(root, { version, arch: kernels[name].arch });
  await makeInitramfs(name, { work, root, modules, out });
}

/** depmod's lists: by the root's own, or by this machine's where that can't run. */
async function listModules(root, { version, arch }) {
  const argv =
    arch === undefined ? ['chroot', root, 'depmod', version] : ['depmod', '-b', root, version];
  await runOrFail(argv, (output) => `depmod: ${output.trim()}`);
}

function placeModules(tree, { version, modules }) {
  const source = ['usr/lib/modules', 'lib/modules']
    .map((folder) => join(tree, folder, version))
    .find((folder) => existsSync(folder));
  if (source === undefined) throw new StepError(`no modules of kernel ${version}`);
  mkdirSync(modules, { recursive: true });
  for (const file of ['modules.builtin', 'modules.builtin.modinfo', 'modules.order']) {
    copyFileSync(join(source, file), join(modules, file));
  }
  const drivers = keptDrivers.map((folder) => join('drivers', folder));
  const dropped = droppedDrivers.map((folder) => join(source, 'kernel/drivers', folder));
  for (const folder of [...keptModules, ...drivers]) {
    const from = join(source, 'kernel', folder);
    if (!existsSync(from)) continue;
    const filter = (path) => !dropped.includes(path);
    cpSync(from, join(modules, 'kernel', folder), { recursive: true, filter });
  }
}

/** Module files in the order in which they have to be loaded, below the folder of modules. */
function loadOrder(modules) {
  const lines = readFileSync(join(modules, 'modules.dep'), 'utf8').trim().split('\n');
  const files = lines.map((line) => line.split(/:? +|:$/).filter((word) => word !== ''));
  const wanted = bootModules.flatMap((name) => {
    const found = files.find(([file]) => basename(file).replace(/\.ko.*$/, '') === name);
    return found === undefined ? [] : [...found.slice(1).reverse(), found[0]];
  });
  return [...new Set(wanted)];
}

async function makeInitramfs(name, { work, root, modules, out }) {
  const tree = join(work, `initramfs-${name}`);
  for (const folder of ['bin', 'dev', 'proc', 'sys', 'root', 'modules']) {
    mkdirSync(join(tree, folder), { recursive: true });
  }
  copyFileSync(join(root, 'usr/bin/busybox'), join(tree, 'bin/busybox'));
  symlinkSync('busybox', join(tree, 'bin/sh'));
  copyFileSync(join(dirname(__dirname), 'guest/initramfs-init'), join(tree, 'init'));
  for (const [index, file] of loadOrder(modules).entries()) {
    const target = join(tree, 'modules', `${100 + index}-${basename(file).replace(/\.xz$/, '')}`);
    copyFileSync(join(modules, file), file.endsWith('.xz') ? `${target}.xz` : target);
    if (!file.endsWith('.xz')) continue;
    await runOrFail(['xz', '--decompress', `${target}.xz`], (output) => output.trim());
  }
  const pack = 'find . | sort | cpio --create --format=newc --quiet > "$1"';
  const words = ['sh', '-c', pack, 'pack', join(out, `initramfs-${name}`)];
  await runOrFail(words, (output) => `cpio: ${output.trim()}`, { cwd: tree });
}

module.exports = { fetchKernel, installKernel, kernels };
