/**
 * A monitor outlives its package: one that was built from the last commit with version 1 of the control protocol is used by
 * the library of today. The old package is taken from the history and built, which needs the repository and takes minutes.
 */
import { mkdtemp, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { connect } from 'tslxc';
import { controlVersion, oldestControlVersion } from '../../lib/container/messages';
import { MonitorClient } from '../../lib/container/monitor-client';
import { statePaths } from '../../lib/host/state-paths';
import { expectShell } from '../support/console-answer';
import { expectGone } from '../support/container-traces';
import { domainXml } from '../support/domain-xml';
import { startOnce } from '../support/first-start';
import { expectHostUnchanged, snapshotHost } from '../support/host-snapshot';
import { removeTree } from '../support/remove-tree';
import { commandEnvironment, packageRoot, runProgram } from '../support/run-command';
import { makeTestRoot } from '../support/test-root';

const lastOfVersion1 = 'a66dd4c';
const minutes = 60_000;

let old: string;

async function run(argv: readonly string[], cwd: string, env?: NodeJS.ProcessEnv): Promise<void> {
  const { code, stderr } = await runProgram(argv, { cwd, ...(env ? { env } : {}) });
  if (code !== 0) throw new Error(`${argv.join(' ')}: ${stderr}`);
}

beforeAll(async () => {
  await startOnce();
  old = await mkdtemp('/var/tmp/tslxc-old-');
  await run(['sh', '-c', `git archive ${lastOfVersion1} | tar -x -C ${old}`], packageRoot);
  await symlink(join(packageRoot, 'node_modules'), join(old, 'node_modules'));
  await run(['node', 'scripts/build-typescript.js'], old);
  await run(['node', 'scripts/build-native.js'], old);
}, 15 * minutes);

afterAll(() => removeTree(old));

test('a container of version 1 is seen, attached to, paused, signalled, shut down and destroyed', async () => {
  const before = snapshotHost();
  const root = await makeTestRoot();
  const connection = await connect(undefined, { root: root.path });
  const name = 'older-monitor';
  const script = 'trap \'exit 3\' TERM; while read line; do eval "$line"; done';
  const domain = await connection.defineDomain(domainXml({ name, initArguments: ['-c', script] }));
  const start = (): Promise<void> =>
    run(['node', 'dist/cli/main.js', 'start', name], old, commandEnvironment(root.path));
  await start();
  const monitor = await MonitorClient.connect(statePaths(root.path), name);
  expect([monitor?.version, oldestControlVersion, controlVersion]).toEqual([1, 1, 2]);
  monitor?.close();
  expect(await domain.state()).toEqual({ state: 'running', reason: 'booted' });
  await expectShell(domain);
  await domain.suspend();
  expect(await domain.state()).toEqual({ state: 'paused', reason: 'user' });
  await domain.resume();
  await expectShell(domain);
  await domain.sendSignal(0);
  // It knows nothing of what an end was meant for; this init can't tell it either.
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
  await connection.close();
  await root.remove();
  await expectHostUnchanged(before);
});
