/** The hook `daemon` is told of the daemon’s start, of SIGHUP and of its end: each once, in libvirt’s words. */
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BackgroundProgram } from '../support/clients/background-program';
import { DaemonProcess } from '../support/clients/daemon-process';
import { HookScripts } from '../support/domain/hook-scripts';
import { hasEnded } from '../support/process/processes';
import { commandLine, spawnCommand } from '../support/process/run-command';
import { makeTestRoot } from '../support/root/test-root';
import type { TestRoot } from '../support/root/test-root';
import { eventually } from '../support/time/eventually';
import { containerTest } from '../support/world/container-test';

const world = containerTest(async (keep) => {
  const root = keep(await makeTestRoot());
  return { root, scripts: new HookScripts(root), socket: join(root.path, 'run/tslxc/tslxc-sock') };
});

function startDaemon(): Promise<DaemonProcess> {
  const { root, socket } = world;
  return DaemonProcess.start({ root: root.path, argv: commandLine('daemon'), socket });
}

/** One whose start may not be over. */
function inStart({ path }: TestRoot): BackgroundProgram {
  return new BackgroundProgram(['env', ...commandLine('daemon')], { TSLXC_ROOT: path });
}

test('start, reload and shutdown are told of, and a second daemon, which is refused, is not', async () => {
  const { scripts, socket, root } = world;
  scripts.add(
    'daemon',
    `[ ! -e ${socket} ] || echo "$2 with its socket" >> ${root.path}/hook-calls`,
  );
  await using daemon = await startDaemon();
  expect(scripts.calls()).toEqual(['daemon - start - start']);
  const second = await spawnCommand(['daemon'], { root: root.path });
  expect([second.code, second.stderr]).toEqual([1, expect.stringContaining('listens at')]);
  process.kill(daemon.pid, 'SIGHUP');
  await eventually(() =>
    expect(scripts.calls().slice(1)).toEqual([
      'daemon - reload begin SIGHUP',
      'reload with its socket',
    ]),
  );
  process.kill(daemon.pid, 'SIGTERM');
  expect(await daemon.end()).toBe(0);
  expect(scripts.calls().slice(3)).toEqual(['daemon - shutdown - shutdown']);
});

test('a daemon that is told to end while it starts ends when it has, and the hook is told', async () => {
  const { scripts, root, socket } = world;
  const go = join(root.path, 'go');
  scripts.add('daemon', `while [ $2 = start ] && [ ! -e ${go} ]; do sleep 0.1; done`);
  await using daemon = inStart(root);
  await eventually(() => expect(scripts.calls()).toEqual(['daemon - start - start']));
  process.kill(daemon.pid, 'SIGTERM');
  writeFileSync(go, '');
  await eventually(() => expect(hasEnded(daemon.pid)).toBe(true));
  expect(scripts.calls().slice(1)).toEqual(['daemon - shutdown - shutdown']);
  expect([existsSync(socket), daemon.said]).toEqual([false, '']);
});

test('a second signal ends one whose start hangs', async () => {
  const { scripts, root } = world;
  scripts.add('daemon', 'exec sleep 5');
  await using daemon = inStart(root);
  await eventually(() => expect(scripts.calls()).toEqual(['daemon - start - start']));
  await eventually(() => {
    if (!hasEnded(daemon.pid)) process.kill(daemon.pid, 'SIGTERM');
    expect(hasEnded(daemon.pid)).toBe(true);
  });
  expect(scripts.calls()).toEqual(['daemon - start - start']);
});

test('a script that fails is in the log, and the daemon serves and ends all the same', async () => {
  world.scripts.add('daemon', 'echo not today >&2; exit 1');
  await using daemon = await startDaemon();
  expect(daemon.said).toContain('not today');
  expect(await daemon.end()).toBe(0);
});
