// `npm run test:fresh`: where nothing is installed, a fresh minimal Debian 13 with git, Node and npm only: `npm run hello` in a
// clean clone of what is committed; the package, which npm installs there without a compiler; and the Debian package. `--tests`
// runs `npm test` and `npm run test:more` in the clone as well, and `--hello` nothing but `npm run hello`.
'use strict';
const { installPackages } = require('./debian-packages');
const { examineDebianPackage } = require('./fresh/debian-package');
const { examinePackage } = require('./fresh/package');
const { addClone, makeFreshTree, removeTree, runInTree } = require('./fresh-debian');
const { main, say } = require('./steps');

const quickSeconds = 10;
const showsInit = /^root +1 .* \/bin\/sh\s*$/m;

/** What is wrong with a run of `npm run hello`, or undefined. */
function helloFault({ code, output, seconds }, limit) {
  if (code !== 0) return `exit code ${code}`;
  if (!showsInit.test(output)) return 'its ps shows no shell as PID 1';
  if (seconds > limit) return `took ${seconds.toFixed(1)} s, more than ${limit}`;
  return undefined;
}

/** Rows of what was tried, the seconds it took, and what is wrong. */
async function examineClone(tree, { withTests }) {
  await addClone(tree);
  const hello = ['npm', 'run', 'hello'];
  const first = await runInTree(tree, hello);
  const second = await runInTree(tree, hello);
  const results = [
    ['the first npm run hello', first.seconds, helloFault(first, Infinity)],
    ['the second npm run hello', second.seconds, helloFault(second, quickSeconds)],
  ];
  if (withTests) {
    for (const argv of [
      ['npm', 'test'],
      ['npm', 'run', 'test:more'],
    ]) {
      const { code, seconds } = await runInTree(tree, argv);
      results.push([argv.join(' '), seconds, code === 0 ? undefined : `exit code ${code}`]);
    }
  }
  return results;
}

/** Both packages, in one tree: neither leaves there what the other could use. */
async function examinePackages(tree) {
  return [...(await examinePackage(tree)), ...(await examineDebianPackage(tree))];
}

/** What `examine` finds in a tree of its own, which is removed. */
async function onFreshTree(examine) {
  const tree = await makeFreshTree();
  try {
    return await examine(tree);
  } finally {
    await removeTree(tree);
  }
}

main('test:fresh', async () => {
  await installPackages('fresh');
  const withTests = process.argv.includes('--tests');
  const results = await onFreshTree((tree) => examineClone(tree, { withTests }));
  if (!process.argv.includes('--hello')) results.push(...(await onFreshTree(examinePackages)));
  for (const [what, seconds, fault] of results) {
    say(`fresh Debian 13: ${what}: ${fault ?? 'as it should be'} (${seconds.toFixed(1)} s)`);
  }
  const failed = results.filter(([, , fault]) => fault !== undefined).length;
  process.stdout.write(`${results.length - failed} passed, ${failed} failed\n`);
  if (failed > 0) process.exitCode = 1;
});
