// `npm run test:node`: `npm run hello`, the unit tests and those that remove something (node:fs does that differently in each
// version) under each version of Node.js that the README names besides the one that everything else is tested with, in a
// clean clone of what is committed; with `--quick`, hello and some tests with containers. Node.js comes from npm's registry, as
// the package that has its program and its headers.
'use strict';
const { mkdirSync, mkdtempSync, rmSync } = require('node:fs');
const { arch, tmpdir } = require('node:os');
const { delimiter, join } = require('node:path');
const { installPackages } = require('./debian-packages');
const { StepError, main, packageRoot, run, runOrFail, say } = require('./steps');

const versions = ['20', '22', '24'];

/** Tests with containers that remove folders and trees, and their projects. */
const removing = [
  '--selectProjects=life',
  '--selectProjects=container',
  '--selectProjects=addon',
  '--',
  ...['life/kept-mounts', 'life/purge', 'container/snapshots', 'container/filesystem-overlay'],
  ...['container/lifecycle', 'addon/trees'],
];

/** What continuous integration runs: the life of containers, and a few of the most common. */
const quick = [
  '--selectProjects=life',
  '--selectProjects=container',
  '--',
  ...['test/life/', 'container/hello-world', 'container/snapshots', 'container/filesystem-overlay'],
];

/** The folder of that version's program and headers. */
async function installNode(version, folder) {
  const name = `node-linux-${arch()}`;
  const prefix = join(folder, 'node');
  mkdirSync(prefix);
  const options = ['--ignore-scripts', '--no-audit', '--no-fund', '--no-save', '--prefix', prefix];
  await runOrFail(
    ['npm', 'install', ...options, `${name}@${version}`],
    () => `npm can't install Node.js ${version}`,
  );
  return join(prefix, 'node_modules', name);
}

/** What is run in a clone under this Node.js, by what it is called. */
function commandsOf(node, extent) {
  const jest = [node, 'node_modules/jest/bin/jest.js', '--ci'];
  const inWorld = ['sh', 'scripts/own-world.sh', ...jest, '--runInBand'];
  const hello = { 'npm run hello': [node, 'scripts/hello.js'] };
  if (extent === 'quick') return { ...hello, 'tests with containers': [...inWorld, ...quick] };
  return {
    ...hello,
    'the unit tests': [...jest, '--selectProjects=unit'],
    'the tests that remove something': [...inWorld, ...removing],
  };
}

/** Runs hello and the tests; resolves with what failed, or undefined. */
async function tryVersion(version, extent) {
  const folder = mkdtempSync(join(tmpdir(), 'tslxc-node-'));
  try {
    const home = await installNode(version, folder);
    const clone = join(folder, 'project');
    await runOrFail(
      ['git', 'clone', '--quiet', packageRoot, clone],
      () => 'the project is no git repository',
    );
    const env = {
      ...process.env,
      PATH: [join(home, 'bin'), process.env.PATH].join(delimiter),
      npm_config_nodedir: home,
    };
    const node = join(home, 'bin', 'node');
    const { output: said } = await run([node, '--version']);
    for (const [what, argv] of Object.entries(commandsOf(node, extent))) {
      say(`Node.js ${said.trim()}: ${what}`);
      const { code } = await run(argv, { cwd: clone, env, echo: 'live' });
      if (code !== 0) return `${what}: exit code ${code}`;
    }
    return undefined;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

main('test:node', async () => {
  await installPackages('test');
  const words = process.argv.slice(2);
  const extent = words.includes('--quick') ? 'quick' : 'whole';
  const asked = words.filter((word) => word !== '--quick');
  const unknown = asked.filter((version) => !versions.includes(version));
  if (unknown.length > 0) throw new StepError(`versions are ${versions.join(', ')}`);
  // Without arguments, the version that runs now is left out: everything else is tested with it.
  const own = process.versions.node.split('.')[0];
  const chosen = asked.length > 0 ? asked : versions.filter((version) => version !== own);
  const results = [];
  for (const version of chosen) results.push({ version, fault: await tryVersion(version, extent) });
  for (const { version, fault } of results)
    say(`Node.js ${version}: ${fault ?? 'as it should be'}`);
  const failed = results.filter(({ fault }) => fault !== undefined).length;
  process.stdout.write(`${results.length - failed} passed, ${failed} failed\n`);
  if (failed > 0) process.exitCode = 1;
});
