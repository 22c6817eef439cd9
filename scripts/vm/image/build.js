// Builds the image of the VM tier into a folder: kernels, initramfs, root disk, containers' disk. Run by
// scripts/vm/image.js under its lock: `node build.js FOLDER`. Takes about a minute.
'use strict';
const { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } = require('node:fs');
const { dirname, join } = require('node:path');
const { main, say } = require('../../steps');
const { makeDisk } = require('../disk');
const { fetchKernel, installKernel, kernels } = require('./kernels');
const { labelFiles } = require('./security');
const { makeContainerTree, makeMachineTree } = require('./trees');

const containersMegabytes = 1024;
// Sparse: tests make trees and images of file systems there.
const rootMegabytes = 4096;

async function build(work) {
  const out = join(work, 'out');
  const root = join(work, 'root');
  const containers = join(work, 'containers');
  for (const folder of [out, containers]) mkdirSync(folder);
  await Promise.all([
    makeMachineTree(root),
    makeContainerTree(join(containers, 'debian')),
    ...Object.keys(kernels).map((name) => fetchKernel(name, work)),
  ]);
  for (const name of Object.keys(kernels)) await installKernel(name, { work, root, out });
  await labelFiles(root);
  await makeDisk(join(out, 'root.img'), { tree: root, megabytes: rootMegabytes });
  const disk = join(out, 'containers.img');
  await makeDisk(disk, { tree: containers, megabytes: containersMegabytes });
  return out;
}

main('image', async () => {
  const folder = process.argv[2];
  // Another run may have made it while this one waited for the lock.
  if (existsSync(folder)) return;
  say(`making kernel and disks of the test machine in ${folder} (about a minute)`);
  const work = mkdtempSync(join(dirname(folder), 'draft-'));
  try {
    renameSync(await build(work), folder);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
});
