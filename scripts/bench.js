// `npm run bench`: the library's start and destroy beside the physical floor (floor.cc), interleaved in one
// run, hot and cold (300 ms of quiet before each), and what an interface on a bridge costs. Prints medians and
// ratios; absolute times of a shared machine mean little. `--runs N` changes how many of each. Runs in a network
// namespace of its own, so that its bridge is nobody else's.
'use strict';
const { execFileSync, spawnSync } = require('node:child_process');
const { mkdtempSync, rmSync, mkdirSync, copyFileSync } = require('node:fs');
const { join } = require('node:path');
const { main, packageRoot, runOrFail, say, StepError } = require('./steps');

const coldGap = 300;
const rounds = 5;

function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}

const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** A root with one static program, as small as a container's root can be. */
function makeRoot(directory) {
  const root = join(directory, 'rootfs');
  for (const name of ['bin', 'proc', 'sys', 'dev']) {
    mkdirSync(join(root, name), { recursive: true });
  }
  copyFileSync('/bin/busybox', join(root, 'bin/sleep'));
  return root;
}

function definition(root, { name = 'tslxc-bench', features = '', devices = '' } = {}) {
  return `<domain type='lxc'>
  <name>${name}</name>
  <memory>102400</memory>
  <os><type>exe</type><init>/bin/sleep</init><initarg>1000</initarg></os>
  ${features}
  <devices>
    <console type='pty'/>
    <filesystem type='mount'><source dir='${root}'/><target dir='/'/></filesystem>
    ${devices}
  </devices>
</domain>`;
}

async function floorRuns(network, { program, root, runs, gap }) {
  const output = await runOrFail(
    [program, network, root, String(runs), String(gap)],
    (text) => `the floor failed: ${text.trim()}`,
  );
  return output
    .trim()
    .split('\n')
    .map((line) => line.split(' ').map(Number));
}

async function libraryRuns(domain, { runs, gap }) {
  const all = [];
  for (let run = 0; run < runs; run += 1) {
    if (gap > 0) await pause(gap);
    const started = performance.now();
    await domain.start();
    const running = performance.now();
    await domain.destroy();
    all.push([running - started, performance.now() - running]);
  }
  return all;
}

function report(name, runs, floor) {
  const figures = [0, 1].map((column) => {
    const value = median(runs.map((run) => run[column]));
    const ratio = floor
      ? ` = ${(value / median(floor.map((run) => run[column]))).toFixed(2)} x`
      : '';
    return `${['start', 'destroy'][column]} ${value.toFixed(2)} ms${ratio}`;
  });
  say(`${name.padEnd(24)} ${figures.map((figure) => figure.padEnd(26)).join('')}`);
}

async function measure(temperature, options, { domain, ...floor }) {
  const measured = { library: [], private: [], host: [] };
  for (let round = 0; round < rounds; round += 1) {
    measured.private.push(...(await floorRuns('private', { ...floor, ...options })));
    measured.library.push(...(await libraryRuns(domain, options)));
    measured.host.push(...(await floorRuns('host', { ...floor, ...options })));
  }
  say(`${temperature}: ${measured.library.length} runs each, medians`);
  report('floor', measured.private);
  report('floor, host network', measured.host, measured.private);
  report('library', measured.library, measured.private);
}

/** One with an interface on a bridge, and one with a network of its own and nothing in it, by turns. */
async function measureInterface(connection, root, runs) {
  const bridge = 'tslxc-bench';
  execFileSync('ip', ['link', 'add', bridge, 'type', 'bridge']);
  execFileSync('ip', ['link', 'set', bridge, 'up']);
  const variants = {
    privnet: { features: '<features><privnet/></features>' },
    interface: {
      devices: `<interface type='bridge'><source bridge='${bridge}'/></interface>`,
    },
  };
  const measured = {};
  const domains = {};
  for (const [variant, parts] of Object.entries(variants)) {
    const name = `tslxc-bench-${variant}`;
    domains[variant] = await connection.defineDomain(definition(root, { name, ...parts }));
    await libraryRuns(domains[variant], { runs: 5, gap: 0 });
    measured[variant] = [];
  }
  for (let run = 0; run < runs; run += 1) {
    for (const variant of Object.keys(variants)) {
      measured[variant].push(...(await libraryRuns(domains[variant], { runs: 1, gap: 0 })));
    }
  }
  for (const domain of Object.values(domains)) await domain.undefine();
  execFileSync('ip', ['link', 'del', bridge]);
  say(`an interface on a bridge: ${runs} runs each, by turns, medians`);
  report('without', measured.privnet);
  report('with', measured.interface);
  const [without, withOne] = [measured.privnet, measured.interface].map((all) =>
    median(all.map(([start]) => start)),
  );
  say(`a start with it costs ${(withOne - without).toFixed(2)} ms more`);
}

/** The same command in a network namespace of its own. */
function inOwnNetwork() {
  const words = ['--net', '--', process.execPath, ...process.argv.slice(1)];
  const env = { ...process.env, TSLXC_BENCH_NETWORK: 'own' };
  const { status } = spawnSync('unshare', words, { stdio: 'inherit', env });
  process.exitCode = status ?? 1;
}

main('bench', async () => {
  if (process.env.TSLXC_BENCH_NETWORK !== 'own') {
    inOwnNetwork();
    return;
  }
  const { connect } = require(join(packageRoot, 'dist/bundle/library.js'));
  const at = process.argv.indexOf('--runs');
  const runs = at === -1 ? 20 : Number(process.argv[at + 1]);
  if (!Number.isInteger(runs) || runs < 1) throw new StepError('--runs takes a number from 1');
  const directory = mkdtempSync('/var/tmp/tslxc-bench-');
  try {
    const program = join(directory, 'floor');
    await runOrFail(
      ['g++', '-std=gnu++20', '-O2', '-o', program, join(__dirname, 'floor.cc')],
      (text) => `the floor does not compile: ${text.trim()}`,
    );
    const root = makeRoot(directory);
    const connection = await connect('lxc:///', { root: join(directory, 'state') });
    const domain = await connection.defineDomain(definition(root));
    const setting = { program, root, domain };
    await libraryRuns(domain, { runs: 5, gap: 0 });
    await measure('hot', { runs, gap: 0 }, setting);
    const coldRuns = Math.max(2, Math.round(runs / 4));
    await measure(`cold (${coldGap} ms of quiet)`, { runs: coldRuns, gap: coldGap }, setting);
    await domain.undefine();
    await measureInterface(connection, root, runs * 10);
    await connection.close();
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
});
