/** The client of a control socket whose monitor is silent, or dies at a bad moment. */
import { execFileSync, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, mkdtempSync, openSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodeFrame } from '../../../../lib/container/monitor/frames';
import { controlVersion } from '../../../../lib/container/monitor/messages';
import { MonitorClient } from '../../../../lib/container/monitor/monitor-client';
import { native } from '../../../../lib/host/native';
import { runPaths, statePaths } from '../../../../lib/host/state/state-paths';
import type { StatePaths } from '../../../../lib/host/state/state-paths';
import { startRecord } from '../../../support/fake/start-record';
import { removeTree } from '../../../support/root/remove-tree';

/** Listens, and says `hello` to one client once it is told to; until then it is what a stopped monitor looks like. */
const silent = `
import socket, sys
server = socket.socket(socket.AF_UNIX)
server.bind(sys.argv[1])
server.listen(8)
print('listening', flush=True)
if sys.stdin.read(1):
    client = server.accept()[0]
    client.send(bytes.fromhex(sys.argv[2]))
    print('answered', flush=True)
sys.stdin.read()
`;
const hello = encodeFrame({ message: 'hello', version: controlVersion }).toString('hex');

const name = 'web';
let root: string;
let paths: StatePaths;
let monitor: ChildProcess;
let lock: number | undefined;

/** Writes down that the container runs, with the process as its monitor. */
function recordAsRunning(): void {
  const files = runPaths(paths, name);
  writeFileSync(files.start, JSON.stringify(startRecord));
  const running = { id: monitor.pid, init: monitor.pid, consoles: ['/dev/pts/0'] };
  writeFileSync(files.running, JSON.stringify(running));
  lock = openSync(files.monitorLock, 'w+');
  expect(native().tryLockByte(lock, 0)).toBe(true);
}

beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'tslxc-client-'));
  paths = statePaths(root);
  const { directory, control } = runPaths(paths, name);
  mkdirSync(directory, { recursive: true });
  monitor = spawn('python3', ['-c', silent, control, hello], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  if (monitor.stdout) await once(monitor.stdout, 'data');
});

afterEach(async () => {
  monitor.kill('SIGKILL');
  if (lock !== undefined) closeSync(lock);
  lock = undefined;
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

test('one that is stopped is named, with its pid, after the time that was given', async () => {
  recordAsRunning();
  monitor.kill('SIGSTOP');
  const began = performance.now();
  await expect(MonitorClient.connect(paths, name, { within: 1000 })).rejects.toMatchObject({
    code: 'OPERATION_TIMEOUT',
    message: expect.stringContaining(`'web' (pid ${monitor.pid}) has not answered`) as string,
  });
  expect(performance.now() - began).toBeLessThan(10_000);
});

test('one that is not stopped, and says nothing, is waited for ten times as long', async () => {
  recordAsRunning();
  const began = performance.now();
  await expect(MonitorClient.connect(paths, name, { within: 30 })).rejects.toMatchObject({
    code: 'OPERATION_TIMEOUT',
    message: expect.stringMatching(
      `'web' \\(pid ${monitor.pid}\\) has not answered for \\d`,
    ) as string,
  });
  expect(performance.now() - began).toBeGreaterThanOrEqual(290);
});

test('one that is only slow is waited for', async () => {
  recordAsRunning();
  const connecting = MonitorClient.connect(paths, name, { within: 500 });
  const { stdin } = monitor;
  setTimeout(() => stdin?.write('x'), 700);
  const client = await connecting;
  expect(client?.version).toBe(controlVersion);
  client?.close();
});

test('an answer that came while the caller had no time is taken', async () => {
  const connecting = MonitorClient.connect(paths, name, { within: 500 });
  // After an immediate, timers come before sockets.
  const block = (): void => {
    monitor.stdin?.write('x');
    execFileSync('sleep', ['1']);
  };
  setTimeout(() => setImmediate(block), 50);
  const client = await connecting;
  expect(client?.version).toBe(controlVersion);
  client?.close();
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
