// A planted bug that a fuzzer has to find: the product's source without one of its checks. The product itself has no switch to
// turn it off.
'use strict';
const { mkdirSync, readFileSync, writeFileSync } = require('node:fs');
const { dirname, join } = require('node:path');
const { packageRoot, StepError } = require('../steps');

/** The text of the file without its check, which must be there once: a bug that is not planted would prove nothing. */
function plantedText({ file, check, instead }) {
  const parts = readFileSync(join(packageRoot, file), 'utf8').split(check);
  if (parts.length !== 2) {
    throw new StepError(
      `${file} contains the check ${parts.length - 1} times instead of once: ${check}`,
    );
  }
  return parts.join(instead);
}

/** Writes it below `folder`, where a compiler finds it instead of the product's. */
function plantInto(folder, planted) {
  const path = join(folder, planted.file);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, plantedText(planted));
}

module.exports = { plantInto, plantedText };
