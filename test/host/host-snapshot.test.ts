/** The tests' own eyes: what is left on the host is seen, what goes away in time is forgiven. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { hostFacts } from '../../lib/host/facts';
import { native } from '../../lib/host/native';
import { ownerAttribute } from '../../lib/plan/cgroups/names';
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

test('a file in a place that others share is left out, unless a test asks about that place', () => {
  const before = snapshotHost(['/dev', '/dev/shm/']);
  const file = execFileSync('mktemp', ['/dev/shm/tslxc-snapshot-XXXXXX'], { encoding: 'utf8' });
  try {
    const report = describeChanges(before, snapshotHost(['/dev', '/dev/shm/']));
    expect(report).toMatch(`files of /dev/shm/:\n  + ${file.trim()}`);
    expect(report.split(file.trim())).toHaveLength(2);
  } finally {
    rmSync(file.trim());
  }
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

  /** What of `ptys` a process that keeps one adds to a snapshot: Python's, by this program. */
  async function added(program: string): Promise<number> {
    const before = snapshotHost().lines['ptys'] ?? [];
    const keeper = spawn('python3', ['-c', program], { stdio: ['pipe', 'pipe', 'inherit'] });
    // Once nobody has its output any more, which may be a process that it has made.
    const ended = once(keeper, 'close');
    try {
      await once(keeper.stdout, 'data');
      return (snapshotHost().lines['ptys'] ?? []).filter((one) => !before.includes(one)).length;
    } finally {
      keeper.stdin.end();
      await ended;
    }
  }

  test('of these tests is seen', async () => {
    expect(await added(keeps)).toBe(1);
  });

  test('of somebody else is left out', async () => {
    // Its parent ends at once, so that it descends from these tests no more.
    const orphan = `
import os, time
parent = os.getpid()
if os.fork(): os._exit(0)
while os.getppid() == parent: time.sleep(0.01)
${keeps}`;
    expect(await added(orphan)).toBe(0);
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

  test('that comes from somebody else is left out', async () => {
    const words = ['sh', '-c', 'exec "$@" >/dev/null 2>&1 &', 'sh'];
    const unshare = ['unshare', '--pid', '--fork', '--kill-child', 'sleep', '4712'];
    // Its parent ends at once, so that it descends from these tests no more.
    execFileSync('setsid', [...words, ...unshare]);
    try {
      await pidOf('sleep', '4712');
      const seen = snapshotHost().lines['processes'] ?? [];
      expect(seen.filter((one) => one.endsWith('sleep 4712'))).toEqual([]);
    } finally {
      for (const pid of pidsOf('sleep', '4712')) process.kill(pid, 'SIGKILL');
      await eventually(() => expect(pidsOf('sleep', '4712')).toEqual([]));
    }
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

  test('of others is left out', () => {
    using foreign = foreignFolder();
    const image = join(foreign.path, 'image');
    writeFileSync(image, Buffer.alloc(1024 * 1024));
    const before = snapshotHost();
    const device = execFileSync('losetup', ['--find', '--show', image], { encoding: 'utf8' });
    try {
      expect(describeChanges(before, snapshotHost())).toBe('');
    } finally {
      execFileSync('losetup', ['--detach', device.trim()]);
    }
  });

  test('of tests in another lane, which run beside these, is left out', () => {
    expect(added(() => new MarkedDisk('apart'))).toBe('');
  });
});

/** A folder that another program makes. */
function foreignFolder(): Disposable & { readonly path: string } {
  const made = execFileSync('mktemp', ['-d', '/var/tmp/tslxc-snapshot-XXXXXX'], {
    encoding: 'utf8',
  });
  const path = made.trim();
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true }) };
}

describe('a mount', () => {
  function added(place: string): string {
    const before = snapshotHost();
    execFileSync('mount', ['-t', 'tmpfs', 'none', place]);
    try {
      return describeChanges(before, snapshotHost());
    } finally {
      execFileSync('umount', [place]);
    }
  }

  test('in a folder of these tests is seen', () => {
    expect(added(folder)).toMatch(new RegExp(`^mounts:\n {2}\\+ .* ${folder} `));
  });

  test('in a temporary folder of others is left out', () => {
    using foreign = foreignFolder();
    expect(added(foreign.path)).toBe('');
  });

  test('is seen at a place that nobody else has for mounts', () => {
    expect(added('/srv')).toMatch(/^mounts:\n {2}\+ .* \/srv /);
  });
});

describe('the cgroup of a container', () => {
  function added(root: string): string {
    const { hierarchies, unified } = hostFacts().cgroups;
    const mount = unified?.mount ?? hierarchies[0]?.mount ?? '';
    const parent = join(mount, 'libvirt/lxc');
    mkdirSync(parent, { recursive: true });
    const before = snapshotHost();
    const cgroup = mkdtempSync(join(parent, 'snapshot-'));
    const fd = openSync(cgroup, 'r');
    try {
      native().setXattr(fd, ownerAttribute, Buffer.from(root));
      return describeChanges(before, snapshotHost());
    } finally {
      closeSync(fd);
      rmdirSync(cgroup);
    }
  }

  test('of a root of these tests is seen', () => {
    expect(added(folder)).toMatch(/cgroups:\n {2}\+ .*\/libvirt\/lxc\/snapshot-/);
  });

  test('of the root of others is left out', () => {
    using foreign = foreignFolder();
    expect(added(foreign.path)).not.toContain('cgroups:');
  });
});

test('the snapshot sees the mounts, links and descriptors of this machine', () => {
  const { lines } = snapshotHost();
  expect(lines['mounts']?.some((line) => line.includes(' /proc '))).toBe(true);
  expect(lines['links']?.some((line) => / lo 00:00:00/.test(line))).toBe(true);
  expect(lines['descriptors']?.length).toBeGreaterThan(0);
});
