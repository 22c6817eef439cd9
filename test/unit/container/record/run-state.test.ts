/** The phase of a domain, from what lies in its run folder and who holds its lock. */
import { execFileSync } from 'node:child_process';
import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Worker } from 'node:worker_threads';
import {
  exitOrNothing,
  isMonitorAlive,
  monitorOf,
  readRunState,
  runNames,
} from '../../../../lib/container/record/run-state';
import type { ExitRecord } from '../../../../lib/container/record/exit-record';
import { startRecord as start } from '../../../support/fake/start-record';
import { bootId } from '../../../../lib/host/kernel/boot/boot-id';
import { native } from '../../../../lib/host/native';
import { runPaths, statePaths } from '../../../../lib/host/state/state-paths';
import { runChild, source } from '../../driver/source-child';

const root = mkdtempSync(join(tmpdir(), 'tslxc-run-state-'));
const paths = statePaths(root);
const files = runPaths(paths, 'web');
const descriptors: number[] = [];

const running = { id: 10, init: 11, consoles: ['/dev/pts/0'] };
const exit: ExitRecord = { how: 'exited', code: 3, time: 2, boot: bootId() };
const otherBoot = '00000000-0000-0000-0000-000000000000';

afterEach(() => {
  for (const fd of descriptors.splice(0)) closeSync(fd);
  rmSync(files.directory, { recursive: true, force: true });
});

afterAll(() => rmSync(root, { recursive: true }));

function write(path: string, content: object | string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
}

/** A lock of another open file description is as good as one of another process. */
function monitorLives(): void {
  write(files.monitorLock, '');
  const fd = openSync(files.monitorLock, 'r+');
  descriptors.push(fd);
  expect(native().tryLockByte(fd, 0)).toBe(true);
}

test('without a folder it is off', () => {
  expect(readRunState(paths, 'web')).toEqual({ phase: 'off' });
});

test('off remembers the last end, if it was in this boot', () => {
  write(files.exit, exit);
  expect(readRunState(paths, 'web')).toEqual({ phase: 'off', last: exit });
  write(files.exit, { ...exit, boot: otherBoot });
  expect(readRunState(paths, 'web')).toEqual({ phase: 'off' });
});

test('a record that comes and goes while it is read is there or not, and never damaged', async () => {
  write(files.start, start);
  monitorLives();
  const { running: file } = files;
  const writer = new Worker(
    `const { renameSync, rmSync, writeFileSync } = require('node:fs');
     for (;;) {
       writeFileSync(${JSON.stringify(`${file}.new`)}, ${JSON.stringify(JSON.stringify(running))});
       renameSync(${JSON.stringify(`${file}.new`)}, ${JSON.stringify(file)});
       rmSync(${JSON.stringify(file)});
     }`,
    { eval: true },
  );
  const phases = new Set<string>();
  const until = performance.now() + 1000;
  try {
    while (performance.now() < until || phases.size < 2)
      phases.add(readRunState(paths, 'web').phase);
  } finally {
    await writer.terminate();
  }
  expect([...phases].sort()).toEqual(['running', 'starting']);
});

test('started with a monitor that lives, but not running yet, is starting', () => {
  write(files.start, start);
  monitorLives();
  expect(readRunState(paths, 'web')).toEqual({ phase: 'starting', start });
});

test('with the monitor’s record it is running', () => {
  write(files.start, start);
  write(files.running, running);
  monitorLives();
  expect(readRunState(paths, 'web')).toEqual({ phase: 'running', start, running });
});

test.each([
  [{ how: 'exited' }],
  [{ how: 'exited', signal: 9 }],
  [{ how: 'killed', code: 0 }],
  [{ how: 'ended', code: 0 }],
])('a record of an end that does not say how it was is none: %j', (fields) => {
  const { time, boot } = exit;
  expect(exitOrNothing({ ...fields, time, boot })).toBeUndefined();
  expect(exitOrNothing({ how: 'killed', signal: 9, time, boot })).toMatchObject({ signal: 9 });
});

test('an exit record ends it, though the monitor lives a moment longer', () => {
  write(files.start, start);
  write(files.running, running);
  write(files.exit, exit);
  monitorLives();
  expect(readRunState(paths, 'web')).toEqual({ phase: 'ended', start, exit });
});

test('a lock that no process holds is a monitor that was killed', () => {
  write(files.start, start);
  write(files.running, running);
  write(files.monitorLock, '');
  expect(readRunState(paths, 'web')).toEqual({ phase: 'ended', start });
});

test('a start that never came to a monitor is to be cleaned up too', () => {
  write(files.start, start);
  expect(readRunState(paths, 'web')).toEqual({ phase: 'ended', start });
});

test('what another boot left has ended, whichever process holds the lock', () => {
  const old = { ...start, boot: otherBoot };
  write(files.start, old);
  write(files.running, running);
  monitorLives();
  expect(readRunState(paths, 'web')).toEqual({ phase: 'ended', start: old });
});

test('the end of an earlier boot is not taken for the end of this start', () => {
  write(files.start, start);
  write(files.running, running);
  write(files.exit, { ...exit, boot: otherBoot });
  monitorLives();
  expect(readRunState(paths, 'web')).toMatchObject({ phase: 'running' });
});

test.each(['', '{"id":10,', 'null garbage'])(
  'a running record that is cut short is refused with its path, since the container may run: %j',
  (text) => {
    write(files.start, start);
    write(files.running, text);
    monitorLives();
    expect(() => readRunState(paths, 'web')).toThrow(
      expect.objectContaining({ code: 'INTERNAL_ERROR', path: files.running }) as Error,
    );
  },
);

test('the names are those of the folders', () => {
  expect(runNames(paths)).toEqual([]);
  write(files.start, start);
  write(runPaths(paths, 'db').start, start);
  expect(runNames(paths).sort()).toEqual(['db', 'web']);
  rmSync(runPaths(paths, 'db').directory, { recursive: true });
  expect(runNames(statePaths('/tslxc-nonexistent'))).toEqual([]);
});

test('the pid of the last monitor stands in its lock file, if there is one', () => {
  expect(monitorOf(files.monitorLock)).toBeUndefined();
  write(files.monitorLock, '4711\n');
  expect(monitorOf(files.monitorLock)).toBe(4711);
  for (const text of ['', '\n', 'x', '-1', '0', '1.5']) {
    write(files.monitorLock, text);
    expect(monitorOf(files.monitorLock)).toBeUndefined();
  }
});

describe('something other than a file in the place of the lock', () => {
  const place: Readonly<Record<string, (path: string) => void>> = {
    'a fifo': (path) => execFileSync('mkfifo', [path]),
    'a folder': (path) => mkdirSync(path),
    // Its target is locked, and says what a monitor would.
    'a symbolic link': (path) => {
      write(`${path}.target`, '4711');
      const fd = openSync(`${path}.target`, 'r+');
      descriptors.push(fd);
      expect(native().tryLockByte(fd, 0)).toBe(true);
      symlinkSync(`${path}.target`, path);
    },
  };

  test.each(Object.keys(place))(
    '%s names no monitor, and the state is refused with its path',
    async (kind) => {
      write(files.start, start);
      write(files.running, running);
      place[kind]?.(files.monitorLock);
      // In a process of its own: one that waits for a writer of the fifo would never come back.
      const lock = JSON.stringify(files.monitorLock);
      const asked = runChild(
        `const { isMonitorAlive, monitorOf } = require(${source('container/record/run-state.ts')});
         console.log(isMonitorAlive(${lock}), monitorOf(${lock}));`,
      );
      expect(await asked).toBe('false undefined\n');
      expect(isMonitorAlive(files.monitorLock)).toBe(false);
      expect(() => readRunState(paths, 'web')).toThrow(
        expect.objectContaining({ code: 'INTERNAL_ERROR', path: files.monitorLock }) as Error,
      );
    },
  );
});
