/**
 * A monitor outlives its package: one that was built from the last commit with version 1 of the control protocol is used by
 * the library of today. The old package is taken from the history and built, which takes a minute. In a clone that lacks the
 * history (git clone --depth) it is the package of today, built once more somewhere else: that is printed.
 */
import { mkdtemp, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { checkHost } from 'tslxc';
import { controlVersion, oldestControlVersion } from '../../lib/container/monitor/messages';
import { MonitorClient } from '../../lib/container/monitor/monitor-client';
import { statePaths } from '../../lib/host/state/state-paths';
import { expectShell } from '../support/console/console-answer';
import { expectGone } from '../support/world/container-traces';
import { domainXml } from '../support/domain/domain-xml';
import { runIn } from '../support/domain/exec';
import { containerTest, rootAndConnection } from '../support/world/container-test';
import { removeTree } from '../support/root/remove-tree';
import { commandEnvironment, packageRoot, runProgram } from '../support/process/run-command';

const lastOfVersion1 = 'a66dd4c';
const minutes = 60_000;

const world = containerTest(rootAndConnection);

let old: string | undefined;
let version: number;

async function run(argv: readonly string[], cwd: string, env?: NodeJS.ProcessEnv): Promise<void> {
  const options = { cwd, timeout: 5 * minutes, ...(env ? { env } : {}) };
  const { code, stdout, stderr } = await runProgram(argv, options);
  if (code !== 0) throw new Error(`${argv.join(' ')}: ${code}\n${stdout.slice(-2000)}${stderr}`);
}

beforeAll(async () => {
  const known = ['git', 'cat-file', '-e', `${lastOfVersion1}^{commit}`];
  const hasHistory = (await runProgram(known, { cwd: packageRoot })).code === 0;
  version = hasHistory ? 1 : controlVersion;
  const commit = hasHistory ? lastOfVersion1 : 'HEAD';
  process.stdout.write(`the older monitor is that of ${commit}, version ${version}\n`);
  const folder = await mkdtemp('/var/tmp/tslxc-old-');
  old = folder;
  await run(['sh', '-c', `git archive ${commit} | tar -x -C ${folder}`], packageRoot);
  await symlink(join(packageRoot, 'node_modules'), join(folder, 'node_modules'));
  await run(['node', 'scripts/build-typescript.js'], folder);
  await run(['node', 'scripts/build-native.js'], folder);
}, 15 * minutes);

afterAll(async () => {
  if (old !== undefined) await removeTree(old);
});

test('a container of an older package is seen, attached to, entered, paused, signalled, shut down and destroyed', async () => {
  const { root, connection } = world;
  const name = 'older-monitor';
  const script = 'trap \'exit 3\' TERM; while read line; do eval "$line"; done';
  const domain = await connection.defineDomain(domainXml({ name, initArguments: ['-c', script] }));
  const start = async (): Promise<void> =>
    run(['node', 'dist/cli/main.js', 'start', name], old ?? '', commandEnvironment(root.path));
  await start();
  const monitor = await MonitorClient.connect(statePaths(root.path), name);
  expect([monitor?.version, oldestControlVersion, controlVersion]).toEqual([version, 1, 3]);
  monitor?.close();
  expect(await domain.state()).toEqual({ state: 'running', reason: 'booted' });
  await expectShell(domain);
  // A command needs nothing of the monitor: its helper is of the library's own package.
  const ran = await runIn(domain, [
    'sh',
    '-c',
    'echo "$$ $0"; cat /proc/1/cmdline | tr "\\0" " "; exit 7',
    'it',
  ]);
  expect(ran).toMatchObject({ result: { code: 7 }, stderr: '' });
  expect(ran.stdout).toMatch(/^\d+ it\n.*while read line/);
  const terminal = await domain.exec(['tty'], { tty: { rows: 24, columns: 80 } }).started;
  expect(await terminal.result).toEqual({ code: 0 });
  const endless = await domain.exec(['sleep', '600'], { stdin: 'ignore' }).started;
  endless.destroy();
  expect(await endless.result).toEqual({ code: 137, signal: 'SIGKILL' });
  await domain.suspend();
  expect(await domain.state()).toEqual({ state: 'paused', reason: 'user' });
  await domain.resume();
  await expectShell(domain);
  const { checks } = await checkHost({ root: root.path });
  expect(checks.filter(({ id, advice }) => id.startsWith('leftover') && advice)).toEqual([]);
  await domain.sendSignal(0);
  // Version 1 knows nothing of what an end was meant for; this init can't tell it either.
  if (version === 1)
    await expect(domain.reboot()).rejects.toMatchObject({ code: 'OPERATION_UNSUPPORTED' });
  expect(await domain.shutdown({ timeout: 10_000 })).toMatchObject({
    by: 'signal',
    signal: 15,
    outcome: 'stopped',
    exit: { how: 'exited', code: 3 },
  });
  await expectGone(name);
  await start();
  await domain.suspend();
  await domain.destroy();
  expect(await domain.state()).toMatchObject({ state: 'shutoff', reason: 'destroyed' });
  await expectGone(name);
  // And the new library starts it with a monitor of its own.
  await domain.start();
  await expectShell(domain);
  await domain.destroy();
  await expectGone(name);
});
