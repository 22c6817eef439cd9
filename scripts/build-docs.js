// `npm run docs`: the reference of the library's API, from the comments of what lib/index.ts exports, below build/api. A
// comment or an export that is missing is an error. `--check` writes nothing, and does nothing when nothing has changed
// since it last succeeded.
'use strict';
const { join } = require('node:path');
const { fingerprint, remember, remembered } = require('./fingerprint');
const { main, packageRoot, run, say, StepError } = require('./steps');

const record = join(packageRoot, 'build', 'api.fingerprint');
const sources = [
  'lib',
  'scripts/api-introduction.md',
  'scripts/build-docs.js',
  'typedoc.json',
  'tsconfig.json',
  'tsconfig.build.json',
  'package-lock.json',
];
const typedoc = [process.execPath, join(packageRoot, 'node_modules/typedoc/bin/typedoc')];

/** What typedoc says is missing, `{ code, output }`; nothing when these very sources have passed before. */
async function checkApi() {
  const wanted = fingerprint(packageRoot, sources);
  if (remembered(record) === wanted) return { code: 0, output: '' };
  const result = await run([...typedoc, '--emit', 'none']);
  if (result.code === 0) remember(record, wanted);
  return result;
}

module.exports = { checkApi };

if (require.main === module) {
  main('docs', async () => {
    const isCheck = process.argv.includes('--check');
    const { code, output } = isCheck ? await checkApi() : await run(typedoc);
    if (code === 0) {
      if (!isCheck) say('the reference is in build/api: index.html');
      return;
    }
    process.stdout.write(output);
    throw new StepError('the reference has gaps; they are above');
  });
}
