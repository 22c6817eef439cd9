/** The client of a control socket whose monitor is silent, or dies at a bad moment. */
import { execFileSync, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MonitorClient } from '../../../../lib/container/monitor/monitor-client';
import { runPaths, statePaths } from '../../../../lib/host/state/state-paths';
import type { StatePaths } from '../../../../lib/host/state/state-paths';
import { removeTree } from '../../../support/root/remove-tree';

/** Listens and accepts no client: what a stopped monitor looks like. */
const silent = `
import socket, sys
server = socket.socket(socket.AF_UNIX)
server.bind(sys.argv[1])
server.listen(8)
print('listening', flush=True)
sys.stdin.read()
`;

const name = 'web';
let root: string;
let paths: StatePaths;
let monitor: ChildProcess;

beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'tslxc-client-'));
  paths = statePaths(root);
  const { directory, control } = runPaths(paths, name);
  mkdirSync(directory, { recursive: true });
  monitor = spawn('python3', ['-c', silent, control], { stdio: ['pipe', 'pipe', 'inherit'] });
  if (monitor.stdout) await once(monitor.stdout, 'data');
});

afterEach(async () => {
  monitor.kill('SIGKILL');
  await removeTree(root);
});

test('a monitor that says nothing is named after the time that was given', async () => {
  const began = performance.now();
  await expect(MonitorClient.connect(paths, name, { within: 200 })).rejects.toMatchObject({
    code: 'OPERATION_TIMEOUT',
    domain: name,
    message: expect.stringContaining("the monitor of domain 'web'") as string,
  });
  expect(performance.now() - began).toBeGreaterThanOrEqual(190);
});

test('who has endless time hears of its end', async () => {
  const connecting = MonitorClient.connect(paths, name, { within: 'endless' });
  setTimeout(() => monitor.kill('SIGKILL'), 300);
  expect(await connecting).toBeUndefined();
});

test('one that dies while it is being connected to is gone', async () => {
  const connecting = MonitorClient.connect(paths, name);
  monitor.kill('SIGKILL');
  // The loop hears of the connection only when the monitor is dead.
  execFileSync('sleep', ['0.3']);
  expect(await connecting).toBeUndefined();
});
