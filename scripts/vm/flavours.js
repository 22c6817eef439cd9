// The machines that test:vm runs in, one a row: kernel, what its command line gets, Jest projects.
'use strict';

/**
 * `kernel` is a name in image/kernels.js. The root disk is the same for all: the command line decides what the
 * kernel and systemd make of it. `seconds` is the limit of the tests in the machine.
 */
const flavours = [
  {
    name: 'cgroup-v2',
    is: 'Debian 13: its kernel, cgroup v2 only, systemd',
    kernel: 'debian-13',
    commandLine: [],
    projects: ['vm'],
    again: ['vm-again'],
    seconds: 1200,
  },
];

module.exports = { flavours };
