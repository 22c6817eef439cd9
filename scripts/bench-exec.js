// `npm run bench:exec`: `true` in a running container by the library, `lxc-attach` and `crun exec`, by turns in one run,
// beside `true` on the host, since the peers are programs that have to be spawned. Prints medians. `--runs N` changes how
// many of each. Needs Debian's lxc and crun, and runs where only cgroup v1 is seen: crun refuses hybrid hosts.
'use strict';
const { spawnSync } = require('node:child_process');
const {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
} = require('node:fs');
const { readFileSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');
const { main, packageRoot, say, StepError } = require('./steps');

const unified = '/sys/fs/cgroup/unified';

/** A root with busybox, and what lxc mounts on. */
function makeRoot(directory) {
  const root = join(directory, 'rootfs');
  for (const name of ['bin', 'proc', 'sys', 'dev', 'etc', 'sbin']) {
    mkdirSync(join(root, name), { recursive: true });
  }
  copyFileSync('/bin/busybox', join(root, 'bin/busybox'));
  for (const name of ['true', 'sleep', 'sh']) symlinkSync('busybox', join(root, 'bin', name));
  return root;
}

function run(program, ...words) {
  // Not by a pipe: what goes on in the background would keep it open.
  const { status, error } = spawnSync(program, words, { stdio: ['ignore', 'ignore', 'inherit'] });
  if (status === 0) return;
  throw new StepError(`${program} ${words.join(' ')}: ${error?.message ?? `exit code ${status}`}`);
}

/** Runs the action; how long it took, in milliseconds. */
async function timed(action) {
  const started = performance.now();
  await action();
  return performance.now() - started;
}

async function startLibrary(root, directory) {
  const { connect } = require(join(packageRoot, 'dist/bundle/library.js'));
  const connection = await connect(undefined, { root: join(directory, 'state') });
  const domain = await connection.createDomain(`<domain type='lxc'>
    <name>tslxc-bench-exec</name><memory>102400</memory>
    <os><type>exe</type><init>/bin/sleep</init><initarg>10000</initarg></os>
    <features><privnet/></features>
    <devices><console type='pty'/>
      <filesystem type='mount'><source dir='${root}'/><target dir='/'/></filesystem>
    </devices></domain>`);
  return {
    async exec() {
      const process = await domain.exec(['/bin/true'], { stdin: 'ignore' });
      await process.result;
    },
    async end() {
      await domain.destroy();
      await connection.close();
    },
  };
}

function startLxc(root, directory) {
  const folder = join(directory, 'lxc');
  mkdirSync(folder);
  const config = join(directory, 'lxc.conf');
  const lines = [
    `lxc.rootfs.path = dir:${root}`,
    'lxc.uts.name = bench',
    'lxc.init.cmd = /bin/sleep 10000',
    'lxc.net.0.type = empty',
    'lxc.mount.auto = proc sys',
    'lxc.apparmor.profile = unchanged',
  ];
  writeFileSync(config, `${lines.join('\n')}\n`);
  const name = ['-P', folder, '-n', 'bench'];
  run('lxc-start', ...name, '-f', config, '-d');
  return {
    exec: () => run('lxc-attach', ...name, '--', '/bin/true'),
    end: () => run('lxc-stop', ...name, '-k'),
  };
}

function startCrun(root, directory) {
  const bundle = join(directory, 'bundle');
  mkdirSync(bundle);
  spawnSync('crun', ['spec'], { cwd: bundle, stdio: 'ignore' });
  const file = join(bundle, 'config.json');
  const spec = JSON.parse(readFileSync(file, 'utf8'));
  spec.process = { ...spec.process, terminal: false, args: ['/bin/sleep', '10000'] };
  spec.root = { path: root, readonly: false };
  writeFileSync(file, JSON.stringify(spec));
  const state = ['--root', join(directory, 'crun')];
  run('crun', ...state, 'run', '--detach', '--bundle', bundle, 'bench');
  return {
    exec: () => run('crun', ...state, 'exec', 'bench', '/bin/true'),
    end: () => run('crun', ...state, 'delete', '--force', 'bench'),
  };
}

function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}

/** The same command in a mount namespace without the v2 tree of a hybrid host. */
function whereOnlyV1Is() {
  const hide = `umount ${unified} 2>/dev/null; exec "$@"`;
  const words = ['-m', '--propagation', 'private', 'sh', '-c', hide, 'sh'];
  const env = { ...process.env, TSLXC_BENCH_MOUNTS: 'own' };
  const command = [...words, process.execPath, ...process.argv.slice(1)];
  process.exitCode = spawnSync('unshare', command, { stdio: 'inherit', env }).status ?? 1;
}

main('bench', async () => {
  if (process.env.TSLXC_BENCH_MOUNTS !== 'own') {
    whereOnlyV1Is();
    return;
  }
  const at = process.argv.indexOf('--runs');
  const runs = at === -1 ? 100 : Number(process.argv[at + 1]);
  if (!Number.isInteger(runs) || runs < 1) throw new StepError('--runs takes a number from 1');
  for (const program of ['/usr/bin/lxc-attach', '/usr/bin/crun']) {
    if (!existsSync(program)) throw new StepError('apt-get install lxc crun');
  }
  const directory = mkdtempSync('/var/tmp/tslxc-bench-');
  const running = [];
  try {
    const root = makeRoot(directory);
    const library = await startLibrary(root, directory);
    running.push(library);
    const lxc = startLxc(root, directory);
    running.push(lxc);
    const crun = startCrun(root, directory);
    running.push(crun);
    const ways = {
      'library exec': library.exec,
      'crun exec': crun.exec,
      'lxc-attach': lxc.exec,
      'true on the host': () => run('/bin/true'),
    };
    for (const exec of Object.values(ways)) await exec();
    const measured = Object.fromEntries(Object.keys(ways).map((name) => [name, []]));
    for (let round = 0; round < runs; round += 1) {
      for (const [name, exec] of Object.entries(ways)) measured[name].push(await timed(exec));
    }
    say(`true in a running container: ${runs} runs each, by turns, medians`);
    for (const [name, times] of Object.entries(measured)) {
      say(`${name.padEnd(24)} ${median(times).toFixed(2)} ms`);
    }
  } finally {
    for (const one of running.reverse()) await one.end();
    rmSync(directory, { recursive: true, force: true });
  }
});
