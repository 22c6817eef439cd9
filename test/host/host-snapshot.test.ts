/** The tests' own eyes: what is left on the host is seen, what goes away in time is forgiven. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pidOf, pidsOf } from '../support/domain/exec';
import { MarkedDisk } from '../support/fake/marked-disk';
import { eventually } from '../support/time/eventually';
import { describeChanges, expectHostUnchanged, snapshotHost } from '../support/world/host-snapshot';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync('/var/tmp/tslxc-snapshot-');
});

afterEach(() => rmSync(folder, { recursive: true }));

test('nothing changed is nothing found', async () => {
  await expectHostUnchanged(snapshotHost([folder]), { except: ['ptys', 'processes'] });
});

test('a new file, a changed file and a descriptor are told apart', () => {
  const kept = join(folder, 'kept');
  writeFileSync(kept, 'a');
  const before = snapshotHost([folder]);
  writeFileSync(kept, 'ab');
  mkdirSync(join(folder, 'made'));
  const descriptor = openSync(kept, 'r');
  const report = describeChanges(before, snapshotHost([folder]));
  closeSync(descriptor);
  expect(report).toMatch(`files of ${folder}:`);
  expect(report).toMatch(`+ ${join(folder, 'made')}/ 40755`);
  expect(report).toMatch(new RegExp(`- ${kept} 100644 0:0 1 `));
  expect(report).toMatch(new RegExp(`\\+ ${kept} 100644 0:0 2 `));
  expect(report).toMatch(`descriptors:\n  + 1 × ${kept}`);
});

test('what goes away within the patience is forgiven', async () => {
  const before = snapshotHost([folder]);
  const late = join(folder, 'late');
  mkdirSync(late);
  setTimeout(() => rmSync(late, { recursive: true }), 200);
  await expectHostUnchanged(before, { except: ['ptys', 'processes'] });
});

describe('a terminal', () => {
  /** Opens one and keeps it until the end of its input. */
  const keeps = 'import os, sys; os.openpty(); print(1, flush=True); sys.stdin.read()';

  /** What of `ptys` a process that keeps one adds to a snapshot. */
  async function added(program: string, ...words: readonly string[]): Promise<number> {
    const before = snapshotHost().lines['ptys'] ?? [];
    const keeper = spawn(program, words, { stdio: ['pipe', 'pipe', 'inherit'] });
    const ended = once(keeper, 'exit');
    try {
      await once(keeper.stdout, 'data');
      return (snapshotHost().lines['ptys'] ?? []).filter((one) => !before.includes(one)).length;
    } finally {
      keeper.stdin.end();
      await ended;
    }
  }

  test('of these tests is seen', async () => {
    expect(await added('python3', '-c', keeps)).toBe(1);
  });

  test('of another Jest, which runs beside this, is left out', async () => {
    const other = join(folder, 'jest.js');
    const words = JSON.stringify(['-c', keeps]);
    writeFileSync(
      other,
      `require('node:child_process').spawnSync('python3', ${words}, { stdio: 'inherit' });`,
    );
    expect(await added(process.execPath, other)).toBe(0);
  });
});

describe('a process in a PID namespace below', () => {
  /** What a snapshot says of it, started by a process that calls itself so. */
  async function found(argv0: string): Promise<readonly string[]> {
    const words = ['--pid', '--fork', '--kill-child', 'sleep', '4711'];
    const parent = spawn('unshare', words, { argv0, stdio: 'ignore' });
    const ended = once(parent, 'exit');
    try {
      await pidOf('sleep', '4711');
      return (snapshotHost().lines['processes'] ?? []).filter((one) => one.endsWith('sleep 4711'));
    } finally {
      parent.kill('SIGKILL');
      await ended;
      await eventually(() => expect(pidsOf('sleep', '4711')).toEqual([]));
    }
  }

  test('is seen', async () => {
    expect(await found('unshare')).toHaveLength(1);
  });

  test('in the place of a dnsmasq, below the keeper of one, is left out: tests beside these have such', async () => {
    expect(await found('tslxc-keeper')).toEqual([]);
  });
});

describe('a loop device', () => {
  function added(disk: () => MarkedDisk): string {
    const before = snapshotHost();
    using _ = disk();
    return describeChanges(before, snapshotHost());
  }

  test('of these tests is seen', () => {
    expect(added(() => new MarkedDisk())).toMatch(/^loop devices:\n {2}\+ loop\d+ \/var\/tmp\//);
  });

  test('of tests in another lane, which run beside these, is left out', () => {
    expect(added(() => new MarkedDisk('apart'))).toBe('');
  });
});

test('the snapshot sees the mounts, links and descriptors of this machine', () => {
  const { lines } = snapshotHost();
  expect(lines['mounts']?.some((line) => line.includes(' /proc '))).toBe(true);
  expect(lines['links']?.some((line) => / lo 00:00:00/.test(line))).toBe(true);
  expect(lines['descriptors']?.length).toBeGreaterThan(0);
});
