// What `node scripts/test.js` is asked for: one of its tiers, or some files of it.
'use strict';
const { StepError } = require('./steps');

/** The tiers other than that of `npm test`, each chosen by an option of its name. */
const tiers = ['more', 'long', 'parity', 'clients'];

/** The tiers of which some files can be named. */
const withFiles = ['long', 'clients'];

/** The `tier` and the `files` that these words name. Golden files are rewritten only by tests that are named: a rewritten one passes. */
function readArguments(words, { UPDATE_GOLDEN } = {}) {
  const tier = tiers.find((name) => words.includes(`--${name}`)) ?? 'test';
  const files = words.filter((word) => word.endsWith('.test.ts'));
  if (files.length > 0 && !withFiles.includes(tier)) {
    const those = withFiles.map((name) => `test:${name}`).join(' and ');
    throw new StepError(`only ${those} take files: ${files[0]}`);
  }
  if (UPDATE_GOLDEN !== undefined && files.length === 0) {
    throw new StepError(
      'UPDATE_GOLDEN is set, and a golden file that is rewritten passes: unset it',
    );
  }
  return { tier, files };
}

module.exports = { readArguments };
