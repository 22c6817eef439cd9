// The processors that a test machine may have, by Node's names: what QEMU is told of each, and where its console is.
'use strict';

const processors = {
  x64: {
    program: 'qemu-system-x86_64',
    machine: 'q35',
    console: 'ttyS0',
    /** Emulated, the newest instructions cost more than they save: V8 uses whatever is there. */
    model: (accelerator) => (accelerator.startsWith('tcg') ? 'Nehalem' : 'max'),
  },
  arm64: {
    program: 'qemu-system-aarch64',
    machine: 'virt',
    console: 'ttyAMA0',
    // One of the first that Debian runs on: what works there needs no later instruction.
    model: () => 'cortex-a72',
  },
};

module.exports = { processors };
