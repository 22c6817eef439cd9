/** The orders by which the host is suspended, on files of our own: no test puts a machine to sleep. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suspendHost, suspendTargets } from '../../../../lib/host/node/sleep';
import type { SleepFolders } from '../../../../lib/host/node/sleep';
import { removeScratchAfterEach, scratchDirectory } from '../../driver/scratch';

removeScratchAfterEach();

let folders: SleepFolders;

beforeEach(() => {
  const root = scratchDirectory();
  folders = { power: join(root, 'power'), clock: join(root, 'rtc0') };
  for (const folder of [folders.power, folders.clock]) mkdirSync(folder);
  write('power/state', 'freeze mem disk\n');
  write('power/disk', '[platform] shutdown suspend\n');
  write('rtc0/wakealarm', '');
});

function path(name: string): string {
  return join(folders.power, '..', name);
}

function write(name: string, text: string): void {
  writeFileSync(path(name), text);
}

function read(name: string): string {
  return readFileSync(path(name), 'utf8');
}

test.each([
  ['freeze mem disk\n', '[platform] shutdown suspend\n', ['mem', 'disk', 'hybrid']],
  ['freeze mem disk\n', '[platform] shutdown\n', ['mem', 'disk']],
  ['freeze mem\n', '[disabled]\n', ['mem']],
  ['freeze\n', '[platform] suspend\n', []],
  ['\n', '\n', []],
])('states %j and modes %j of the kernel allow %j', (states, modes, targets) => {
  write('power/state', states);
  write('power/disk', modes);
  expect(suspendTargets(folders)).toEqual(targets);
});

test('a kernel that never sleeps has no such files', () => {
  rmSync(folders.power, { recursive: true });
  expect(suspendTargets(folders)).toEqual([]);
});

test.each(['mem', 'disk'] as const)('to %s: the clock is set first', async (target) => {
  await suspendHost({ target, seconds: 90 }, folders);
  expect([read('rtc0/wakealarm'), read('power/state')]).toEqual(['+90', target]);
});

test('to both: the mode is as before afterwards', async () => {
  await suspendHost({ target: 'hybrid', seconds: 60 }, folders);
  expect([read('power/state'), read('power/disk')]).toEqual(['disk', 'platform']);
});

test('a short time, or none, is refused before anything is touched', async () => {
  for (const seconds of [59, NaN]) {
    await expect(suspendHost({ target: 'mem', seconds }, folders)).rejects.toThrow(
      'invalid argument: Suspend duration is too short, must be at least 60 seconds',
    );
  }
  expect(read('rtc0/wakealarm')).toBe('');
});

test.each([
  ['mem', 'Suspend-to-RAM'],
  ['disk', 'Suspend-to-Disk'],
  ['hybrid', 'Hybrid-Suspend'],
] as const)('to %s can not be done by every host', async (target, words) => {
  write('power/state', 'freeze\n');
  await expect(suspendHost({ target, seconds: 60 }, folders)).rejects.toThrow(
    `argument unsupported: ${words}`,
  );
  expect(read('rtc0/wakealarm')).toBe('');
});

test('a host whose clock can not wake it is not suspended', async () => {
  rmSync(folders.clock, { recursive: true });
  await expect(suspendHost({ target: 'mem', seconds: 60 }, folders)).rejects.toMatchObject({
    code: 'SYSTEM_ERROR',
    path: join(folders.clock, 'wakealarm'),
    step: 'suspend the host',
  });
  expect(read('power/state')).toBe('freeze mem disk\n');
});
