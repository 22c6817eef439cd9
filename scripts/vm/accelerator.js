// What runs the machines: KVM where it really runs a kernel, else emulation.
'use strict';
const { existsSync } = require('node:fs');
const { join } = require('node:path');
const { run } = require('../steps');

const device = '/dev/kvm';
const probedKernel = 'debian-13';
/** What guest/initramfs-init says when it is asked by `vmtest.probe`. */
const answer = 'vmtest: the kernel runs';
/** By KVM it takes less than two; without it nothing comes, as long as one may wait. */
const patienceSeconds = 6;

/** Boots a kernel by KVM as far as its initramfs: the device alone promises nothing, above all in a virtual machine. */
async function runsKernel(image) {
  const qemu = ['qemu-system-x86_64', '-machine', 'q35', '-accel', 'kvm', '-cpu', 'max'];
  const { output } = await run([
    ...['timeout', '--signal=KILL', String(patienceSeconds), ...qemu, '-m', '512'],
    ...['-nodefaults', '-no-user-config', '-display', 'none', '-no-reboot', '-serial', 'stdio'],
    ...['-kernel', join(image, `vmlinuz-${probedKernel}`)],
    ...['-initrd', join(image, `initramfs-${probedKernel}`)],
    ...['-append', 'console=ttyS0 quiet panic=-1 vmtest.probe'],
  ]);
  return output.includes(answer);
}

/** QEMU's `-accel` for the machines of an image, and why it is that one. */
async function chooseAccelerator(image) {
  const emulation = 'tcg,thread=multi';
  if (!existsSync(device)) return { argument: emulation, why: `there is no ${device}` };
  if (await runsKernel(image)) return { argument: 'kvm', why: 'a kernel runs by it' };
  return { argument: emulation, why: `by ${device} no kernel runs in ${patienceSeconds} s` };
}

module.exports = { chooseAccelerator };
