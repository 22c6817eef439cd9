// `npm run test:arm64`: the package on a machine with an arm64 processor, which QEMU emulates: its native code is cross-compiled,
// and test/arm64/installed.js has npm install the packed package there, from npm's cache, and tries it. Ten minutes or so.
'use strict';
const { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } = require('node:fs');
const { tmpdir } = require('node:os');
const { join } = require('node:path');
const { installPackages } = require('./debian-packages');
const { packPackage } = require('./packed-package');
const { StepError, main, packageRoot, run, runOrFail, say } = require('./steps');
const { makeDisk } = require('./vm/disk');
const { ensureImage } = require('./vm/image');
const { runMachine } = require('./vm/machine');
const { Progress } = require('./vm/progress');

const kind = 'arm64';
const program = 'installed.js';
/** Seconds that the tests may take in the machine. */
const limit = 1800;
const megabytes = 256;
/** npm's releases for the Node.js of that machine. Debian's own npm is spread over hundreds of packages. */
const npm = 'npm@10';

/** Has npm install something here, of which nothing is run. */
function install(folder, { cache, what }) {
  mkdirSync(folder);
  writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
  const options = ['--ignore-scripts', '--no-audit', '--no-fund', `--cache=${cache}`];
  return runOrFail(
    ['npm', 'install', ...options, what],
    (output) => `npm install: ${output.trim()}`,
    { cwd: folder },
  );
}

/** What the machine gets: the tests, the tarball, npm, and a cache with what npm will ask its registry for. Made into a disk. */
async function makeProjectDisk(image, work) {
  const project = join(work, 'project');
  mkdirSync(project);
  const tarball = await packPackage(work, kind);
  copyFileSync(tarball, join(project, 'tslxc.tgz'));
  copyFileSync(join(packageRoot, 'test', kind, program), join(project, program));
  await install(join(work, 'rehearsal'), { cache: join(project, 'cache'), what: tarball });
  await install(join(project, 'npm'), { cache: join(work, 'cache'), what: npm });
  const { output } = await run(['npm', 'config', 'get', 'registry']);
  const registry = `npm_config_registry='${output.trim()}'`;
  const command = `exec env ${registry} node --test-reporter=tap ${program}\n`;
  writeFileSync(join(project, 'vm-command'), command);
  await makeDisk(image, { tree: project, megabytes });
}

/** What node:test has counted, of what it wrote. */
function counted(lines, word) {
  const line = lines.find((one) => one.startsWith(`# ${word} `));
  return line === undefined ? 0 : Number(line.slice(`# ${word} `.length));
}

/** Runs the machine and shows its output; resolves with its end, and the lines. */
async function runTests(image, work) {
  const [rootDisk, projectDisk, folder] = ['root.img', 'project.img', 'boot'].map((name) =>
    join(work, name),
  );
  mkdirSync(folder);
  const copy = ['cp', '--sparse=always', '--reflink=auto', join(image, 'root.img'), rootDisk];
  await runOrFail(copy, (output) => output.trim());
  await makeProjectDisk(projectDisk, work);
  const lines = [];
  const progress = new Progress();
  progress.begin(kind, { total: 1 });
  const machine = {
    ...{ kind, image, folder, rootDisk, projectDisk, limit, boot: 1, processors: 2 },
    ...{ accelerator: 'tcg,thread=multi', kernel: 'debian-13-arm64', commandLine: ['apparmor=0'] },
  };
  const end = await runMachine(machine, {
    ready: () => progress.ready(kind),
    wrote: (some) => {
      lines.push(...some);
      process.stdout.write(some.map((line) => `${kind}: ${line}\n`).join(''));
    },
  }).finally(() => progress.stop());
  return { ...end, lines };
}

main('test:arm64', async () => {
  await installPackages(kind);
  const image = await ensureImage(kind);
  const work = mkdtempSync(join(tmpdir(), 'tslxc-arm64-'));
  process.on('exit', () => rmSync(work, { recursive: true, force: true }));
  const { code, lines, console: text } = await runTests(image, work);
  const [passed, failed] = ['pass', 'fail'].map((word) => counted(lines, word));
  if (code !== 0) process.stdout.write(`the end of its console:\n${text}\n`);
  say(`${kind}: exit code ${code}`);
  process.stdout.write(`${passed} passed, ${failed} failed\n`);
  if (code !== 0 || passed === 0) throw new StepError(`not all is as it should be on ${kind}`);
});
