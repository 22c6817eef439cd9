// The machines that the package brings native code for, by Node's names of their architectures.
'use strict';

/** `triplet`: Debian's name of it, in the names of compilers and folders; `header`: of readelf. */
const targets = {
  x64: { triplet: 'x86_64-linux-gnu', header: 'Advanced Micro Devices X86-64' },
  arm64: { triplet: 'aarch64-linux-gnu', header: 'AArch64' },
};

/** The oldest glibc that the prebuilt addon runs with: that of Debian 11, which they are built in. */
const oldestGlibc = '2.31';

/** Bytes of both files together, of which a package has those of every target. */
const mostBytes = 3 * 1024 * 1024;

module.exports = { mostBytes, oldestGlibc, targets };
