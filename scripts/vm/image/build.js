// Builds the image of the VM tier into a folder: kernels, initramfs, root disk, containers' disk; or that of a machine with an
// arm64 processor, of which there is less. Run by scripts/vm/image.js under its lock: `node build.js FOLDER KIND`. Takes about a
// minute.
'use strict';
const { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } = require('node:fs');
const { dirname, join } = require('node:path');
const { main, say } = require('../../steps');
const { makeDisk } = require('../disk');
const { fetchKernel, installKernel, kernels } = require('./kernels');
const { labelFiles } = require('./security');
const { makeArmTree } = require('./arm64');
const { makeContainerTree, makeMachineTree } = require('./trees');

const containersMegabytes = 1024;
// Sparse: tests make trees and images of file systems there.
const rootMegabytes = 4096;

const armKernel = 'debian-13-arm64';
const ownKernels = Object.keys(kernels).filter((name) => name !== armKernel);

/** All that the flavours need, whose processor is this machine's. */
async function buildOwn(work) {
  const out = join(work, 'out');
  const root = join(work, 'root');
  const containers = join(work, 'containers');
  for (const folder of [out, containers]) mkdirSync(folder);
  await Promise.all([
    makeMachineTree(root),
    makeContainerTree(join(containers, 'debian')),
    ...ownKernels.map((name) => fetchKernel(name, work)),
  ]);
  for (const name of ownKernels) await installKernel(name, { work, root, out });
  await labelFiles(root);
  await makeDisk(join(out, 'root.img'), { tree: root, megabytes: rootMegabytes });
  const disk = join(out, 'containers.img');
  await makeDisk(disk, { tree: containers, megabytes: containersMegabytes });
  return out;
}

/** One kernel, and a root without systemd: nothing of it can run here, so no package is configured. */
async function buildArm(work) {
  const [out, root] = ['out', 'root'].map((name) => join(work, name));
  mkdirSync(out);
  await Promise.all([makeArmTree(root), fetchKernel(armKernel, work)]);
  await installKernel(armKernel, { work, root, out });
  await makeDisk(join(out, 'root.img'), { tree: root, megabytes: rootMegabytes });
  return out;
}

const builders = { x64: buildOwn, arm64: buildArm };

main('image', async () => {
  const [folder, kind] = process.argv.slice(2);
  // Another run may have made it while this one waited for the lock.
  if (existsSync(folder)) return;
  say(`making kernel and disks of the test machine in ${folder} (about a minute)`);
  const work = mkdtempSync(join(dirname(folder), 'draft-'));
  try {
    renameSync(await builders[kind](work), folder);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
});
