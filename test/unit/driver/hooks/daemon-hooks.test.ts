/** lib/driver/hooks/daemon-hooks.ts: libvirt’s words for what happens to the daemon, one after the other, and no refusal. */
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DaemonHooks } from '../../../../lib/driver/hooks/daemon-hooks';
import { runToEnd } from '../../../../lib/driver/hooks/script-process';
import type { ScriptEnd, ScriptRun } from '../../../../lib/driver/hooks/script-process';
import { statePaths } from '../../../../lib/host/state/state-paths';
import { removeScratchAfterEach, scratchDirectory } from '../scratch';

jest.mock('../../../../lib/driver/hooks/script-process');
// The folder of the test belongs to whoever runs it.
jest.mock('../../../../lib/driver/hooks/trusted-script');

removeScratchAfterEach();

let root: string;
let logged: unknown[][];
let hooks: DaemonHooks;
let runs: ScriptRun[];
/** What becomes of a script. */
let end: (run: ScriptRun) => Promise<ScriptEnd>;

const succeeded: ScriptEnd = {
  outcome: 'succeeded',
  how: 'exited with status 0',
  output: '',
  errors: '',
};

beforeEach(() => {
  root = scratchDirectory();
  logged = [];
  runs = [];
  end = () => Promise.resolve(succeeded);
  const note = (...words: unknown[]): void => void logged.push(words);
  const logger = { debug: jest.fn(), info: jest.fn(), warn: note, error: note };
  hooks = new DaemonHooks({ paths: statePaths(root), logger });
  jest.mocked(runToEnd).mockImplementation((run) => {
    runs.push(run);
    return end(run);
  });
});

function script(path: string, mode = 0o755): string {
  const file = join(root, path);
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(file, '');
  chmodSync(file, mode);
  return file;
}

function words(): string[] {
  return runs.map((run) => run.words.join(' '));
}

test('the scripts get libvirt’s words for a start, a reload and an end, and no input', async () => {
  script('etc/tslxc/hooks/daemon');
  for (const operation of ['start', 'reload', 'shutdown'] as const) await hooks.call(operation);
  expect(words()).toEqual(['- start - start', '- reload begin SIGHUP', '- shutdown - shutdown']);
  expect(runs.map(({ input }) => input)).toEqual(['', '', '']);
});

test('`daemon` and those in `daemon.d` are called, and libvirt’s if the settings say so', async () => {
  const own = [script('etc/tslxc/hooks/daemon'), script('etc/tslxc/hooks/daemon.d/10-more')];
  script('etc/tslxc/hooks/daemon.d/20-off', 0o644);
  script('etc/tslxc/hooks/lxc');
  const theirs = script('etc/libvirt/hooks/daemon');
  await hooks.call('start');
  expect(runs.map(({ path }) => path)).toEqual(own);
  runs = [];
  writeFileSync(join(root, 'etc/tslxc/lxc.conf'), 'libvirt_hooks = 1\n');
  await hooks.call('start');
  expect(runs.map(({ path }) => path)).toEqual([...own, theirs]);
});

test('a script that fails refuses nothing, and is logged', async () => {
  const path = script('etc/tslxc/hooks/daemon');
  end = () => Promise.resolve({ ...succeeded, outcome: 'failed', how: 'exited with status 1' });
  await hooks.call('start');
  expect(logged).toEqual([
    [{ err: expect.objectContaining({ path }) as Error }, expect.any(String)],
  ]);
  end = () => Promise.resolve(succeeded);
  await hooks.call('shutdown');
  expect(words().at(-1)).toBe('- shutdown - shutdown');
});

test('settings that can’t be read hold up neither a start nor an end, and are logged', async () => {
  script('etc/tslxc/hooks/daemon');
  writeFileSync(join(root, 'etc/tslxc/lxc.conf'), 'hook_timeout = soon\n');
  await hooks.call('start');
  expect([words(), logged.length]).toEqual([[], 1]);
});

test('an end is told of when the script for a reload has ended', async () => {
  script('etc/tslxc/hooks/daemon');
  const going: (() => void)[] = [];
  end = () => new Promise((resolve) => going.push(() => resolve(succeeded)));
  const both = [hooks.call('reload'), hooks.call('shutdown')];
  await Promise.resolve();
  await new Promise(setImmediate);
  expect(words()).toEqual(['- reload begin SIGHUP']);
  going.shift()?.();
  await new Promise(setImmediate);
  expect(words()).toEqual(['- reload begin SIGHUP', '- shutdown - shutdown']);
  going.shift()?.();
  await Promise.all(both);
});
