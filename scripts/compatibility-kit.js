// libvirt's compatibility kit, for test/clients and test/parity. Debian does not have it, so it is fetched from its repository, once, into
// the cache of the tests; TSLXC_TCK names another copy of that repository, for who can't reach it. Where it can't be had, that is said,
// and its scripts are not run.
'use strict';
const { existsSync } = require('node:fs');
const { cachedFolder, cachedPath } = require('./cached-folder');
const { StepError, main, runOrFail, say } = require('./steps');

/** The last commit that the table of its scripts (test/support/compatibility-kit/table.ts) was made with. */
const commit = 'd5984ff328df0d306131cf0b853a479308382f59';
const name = `libvirt-tck-${commit.slice(0, 12)}`;
const origin = 'https://gitlab.com/libvirt/libvirt-tck.git';

/** Milliseconds. */
const patience = 120_000;

/** The folder of the kit, which is fetched if it is not there. Rejects with a StepError that says why it can't be had. */
function fetchKit() {
  const source = process.env.TSLXC_TCK || origin;
  return cachedFolder(name, async (draft) => {
    say(`fetching libvirt's compatibility kit from ${source}`);
    const git = (...words) =>
      runOrFail(
        ['git', '-C', draft, ...words],
        (output) =>
          `libvirt's compatibility kit can't be fetched from ${source}: ${lastLine(output)}; TSLXC_TCK names a copy of its repository`,
        { timeout: patience, env: { ...process.env, GIT_TERMINAL_PROMPT: '0' } },
      );
    await git('init', '--quiet');
    await git('fetch', '--quiet', '--depth', '1', source, commit);
    await git('checkout', '--quiet', 'FETCH_HEAD');
  });
}

function lastLine(output) {
  return output.trim().split('\n').at(-1) || 'no reason given';
}

/** Fetches it for the tests of a tier, if it can be had; else warns. */
async function fetchKitIfPossible() {
  try {
    await fetchKit();
  } catch (error) {
    if (!(error instanceof StepError)) throw error;
    say(`WARNING: the scripts of the kit are not run: ${error.message}`);
  }
}

/** Its folder, or undefined where it has not been fetched. */
function kitAtHand() {
  const folder = cachedPath(name);
  return existsSync(folder) ? folder : undefined;
}

module.exports = { fetchKitIfPossible, kitAtHand };

if (require.main === module) main('compatibility-kit', async () => say(await fetchKit()));
