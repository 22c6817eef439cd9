// Disk images of the test machines: ext4, filled without mounting anything.
'use strict';
const { runOrFail } = require('../steps');

/** Makes an image of that size with what is in the folder `tree`. Sparse; without a journal, since it is thrown away. */
async function makeDisk(image, { tree, megabytes }) {
  const format = ['-q', '-t', 'ext4', '-O', '^has_journal', '-E', 'lazy_itable_init=1', '-m', '0'];
  await runOrFail(
    ['mke2fs', ...format, '-d', tree, image, `${megabytes}M`],
    (output) => `mke2fs: ${output.trim()}`,
  );
}

module.exports = { makeDisk };
