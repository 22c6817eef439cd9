/** made-folders.ts and own-processes.ts of test/support/world: what on a shared machine comes from these tests, and what from others. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '../../support/time/eventually';
import { hasEnded, readProcess } from '../../support/process/processes';
import { isInMade, isOfOthers } from '../../support/world/made-folders';
import { isOurs } from '../../support/world/own-processes';

let ours: string;
let theirs: string;

beforeAll(() => {
  ours = mkdtempSync(join(tmpdir(), 'tslxc-ours-'));
  theirs = execFileSync('mktemp', ['-d', join(tmpdir(), 'tslxc-theirs-XXXXXX')], {
    encoding: 'utf8',
  }).trim();
});

afterAll(() => {
  for (const folder of [ours, theirs]) rmSync(folder, { recursive: true });
});

describe('a folder', () => {
  test('that these tests have made is theirs, with all that is in it', async () => {
    const other = await mkdtemp('/var/tmp/tslxc-ours-');
    for (const path of [ours, join(ours, 'a/b'), other]) {
      expect([path, isInMade(path), isOfOthers(path)]).toEqual([path, true, false]);
    }
    rmSync(other, { recursive: true });
    // What vanishes was theirs all the same.
    expect(isInMade(other)).toBe(true);
  });

  test('that another program has made is that of others, also one whose name begins in the same way', () => {
    for (const path of [theirs, join(theirs, 'a'), `${ours}-more`, '/var/lib/docker/x/merged']) {
      expect([path, isInMade(path), isOfOthers(path)]).toEqual([path, false, true]);
    }
  });

  test('in a place that is not shared may be changed by these tests, and counts', () => {
    for (const path of ['/', '/tmp', '/proc', '/etc/httpd', '/run/tslxc', '/var/lib/tslxc/x', '']) {
      expect([path, isOfOthers(path)]).toEqual([path, false]);
    }
  });
});

describe('a process', () => {
  /** Starts one by that name, with this folder open, whose parent ends at once; what `look` says of it. */
  async function orphaned<T>(name: string, folder: string, look: (pid: number) => T): Promise<T> {
    const code = 'exec 5<"$2"; (exec -a "$1" sleep 4711) >/dev/null 2>&1 & echo $!';
    const words = ['bash', '-c', code, 'bash', name, folder];
    const pid = Number(execFileSync('setsid', words, { encoding: 'utf8' }));
    try {
      await eventually(() => expect(readProcess(pid).words[0]).toBe(name));
      return look(pid);
    } finally {
      process.kill(pid, 'SIGKILL');
      await eventually(() => expect(hasEnded(pid)).toBe(true));
    }
  }

  test('that descends from these tests is theirs', async () => {
    const parent = spawn('sh', ['-c', 'sleep 4711 & echo $!; wait'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const ended = once(parent, 'exit');
    const pid = Number(String(await once(parent.stdout, 'data')));
    expect([process.pid, parent.pid ?? 0, pid].map(isOurs)).toEqual([true, true, true]);
    process.kill(pid, 'SIGKILL');
    await ended;
  });

  test('that does not, and is no program of the package, is not', async () => {
    expect(await orphaned('sleep', ours, isOurs)).toBe(false);
  });

  test('of the package that has lost its parent is told by the root that it works below', async () => {
    expect(await orphaned('tslxc-monitor', ours, isOurs)).toBe(true);
    expect(await orphaned('tslxc-monitor', theirs, isOurs)).toBe(false);
    // With the root of the machine, whose folders nobody shares.
    expect(await orphaned('tslxc-monitor', '/etc', isOurs)).toBe(true);
  });
});
