/** The order of a clean-up: as long as it is not over, the start is on record, and the next process does it again. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { constants as system, tmpdir } from 'node:os';
import { join } from 'node:path';
import { cleanUp, endUnrecorded } from '../../../../lib/container/record/cleanup';
import type { ExitRecord } from '../../../../lib/container/record/exit-record';
import { readRunState } from '../../../../lib/container/record/run-state';
import type { RunState } from '../../../../lib/container/record/run-state';
import { killRemaining, undoAll, undosAfterBoot } from '../../../../lib/container/record/undo';
import { removeCgroupsOf } from '../../../../lib/container/cgroups/stale-cgroups';
import { startRecord as start } from '../../../support/fake/start-record';
import { SyscallError } from '../../../../lib/errors';
import { bootId } from '../../../../lib/host/kernel/boot/boot-id';
import { native } from '../../../../lib/host/native';
import { isThere } from '../../../../lib/host/state/file-error';
import { runPaths, statePaths } from '../../../../lib/host/state/state-paths';

jest.mock('../../../../lib/container/record/undo', () => {
  const real = jest.requireActual<{ undoAll: typeof undoAll }>(
    '../../../../lib/container/record/undo',
  );
  return { ...real, undoAll: jest.fn(real.undoAll), killRemaining: jest.fn() };
});
jest.mock('../../../../lib/container/cgroups/stale-cgroups', () => ({
  removeCgroupsOf: jest.fn(),
}));
jest.mock('../../../../lib/host/state/file-error', () => {
  const real = jest.requireActual<{ isThere: typeof isThere }>(
    '../../../../lib/host/state/file-error',
  );
  return { ...real, isThere: jest.fn(real.isThere) };
});

const { EIO } = system.errno;
const root = mkdtempSync(join(tmpdir(), 'tslxc-cleanup-'));
const paths = statePaths(root);
const files = runPaths(paths, 'web');

const exit: ExitRecord = { how: 'exited', code: 3, time: 2, boot: bootId() };

beforeEach(() => {
  jest.mocked(killRemaining).mockClear();
  jest.mocked(removeCgroupsOf).mockClear();
  jest.mocked(isThere).mockImplementation(looksAt);
  mkdirSync(files.directory, { recursive: true });
  writeFileSync(files.start, JSON.stringify(start));
  writeFileSync(files.running, JSON.stringify({ id: 10, init: 11, consoles: [] }));
  writeFileSync(files.exit, JSON.stringify(exit));
  writeFileSync(files.monitorLock, '');
});

afterEach(() => {
  jest.restoreAllMocks();
  rmSync(root, { recursive: true });
});

function ended(): RunState & { phase: 'ended' } {
  const state = readRunState(paths, 'web');
  if (state.phase !== 'ended') throw new Error(`it is ${state.phase}`);
  return state;
}

function cleanUpNow(): Promise<ExitRecord> {
  return cleanUp(paths, ended(), { name: 'web', notice: () => undefined });
}

test('leaves nothing but how it ended', async () => {
  writeFileSync(files.control, '');
  expect(await cleanUpNow()).toEqual(exit);
  expect(readdirSync(files.directory)).toEqual(['exit.json']);
  expect(readRunState(paths, 'web')).toEqual({ phase: 'off', last: exit });
});

test('that could not give everything back is done again', async () => {
  jest.mocked(undoAll).mockRejectedValueOnce(new Error('busy'));
  await expect(cleanUpNow()).rejects.toThrow('busy');
  expect(ended()).toEqual({ phase: 'ended', start, exit });
  expect(await cleanUpNow()).toEqual(exit);
});

test.each(['running', 'control', 'monitorLock'] as const)(
  'that could not remove %s is done again: no later start finds what is left',
  async (name) => {
    writeFileSync(files.control, '');
    const remove = native().removeRecord.bind(undefined);
    const removal = jest.spyOn(native(), 'removeRecord').mockImplementation((path) => {
      if (path === files[name]) throw new SyscallError({ errno: EIO, syscall: 'unlink', path });
      return remove(path);
    });
    const state = { phase: 'ended', start, exit } as const;
    const again = () => cleanUp(paths, state, { name: 'web', notice: () => undefined });
    await expect(again()).rejects.toMatchObject({ errno: EIO });
    expect(existsSync(files.start)).toBe(true);
    expect(existsSync(files[name])).toBe(true);
    removal.mockRestore();
    expect(await again()).toEqual(exit);
    expect(readdirSync(files.directory)).toEqual(['exit.json']);
  },
);

const looksAt: typeof isThere = jest.requireActual<{ isThere: typeof isThere }>(
  '../../../../lib/host/state/file-error',
).isThere;

/** A disk that answers with EIO whoever looks whether that file is there. */
function unreadable(file: string): void {
  jest.mocked(isThere).mockImplementation((path) => {
    if (path === file) throw new SyscallError({ errno: EIO, syscall: 'stat', path });
    return looksAt(path);
  });
}

test('a disk that takes no record of a destroy, and shows none, keeps nothing alive', async () => {
  rmSync(files.exit);
  unreadable(files.exit);
  jest.spyOn(native(), 'replaceRecord').mockImplementation((path) => {
    throw new SyscallError({ errno: EIO, syscall: 'open', path });
  });
  const lost = { how: 'lost', requested: 'destroy', time: 2, boot: bootId() } as const;
  const notices: string[] = [];
  const notice = (text: string): void => void notices.push(text);
  const state = { phase: 'ended', start, exit: lost } as const;
  expect(await cleanUp(paths, state, { name: 'web', notice })).toEqual(lost);
  expect(jest.mocked(killRemaining).mock.calls).toEqual([[start.undo]]);
  expect(notices).toEqual([expect.stringMatching(/^how it ended is not on record: .*EIO/)]);
});

test.each([
  ['its lock', () => jest.spyOn(native(), 'readRecord').mockImplementation(fail)],
  ['whether it ran', () => unreadable(files.running)],
])('a disk that does not show %s is an error, but keeps nothing alive', async (_, breakIt) => {
  breakIt();
  const state = { phase: 'ended', start } as const;
  const context = { name: 'web', notice: () => undefined };
  await expect(cleanUp(paths, state, context)).rejects.toMatchObject({ errno: EIO });
  expect(jest.mocked(killRemaining).mock.calls).toEqual([[start.undo]]);
  expect(existsSync(files.start)).toBe(true);
});

test('nor does it where the start record is damaged', async () => {
  jest.spyOn(native(), 'isRecordLocked').mockImplementation(fail);
  const damaged = { name: 'web', cgroups: ['/cgroup'], exit };
  await expect(endUnrecorded(paths, damaged)).rejects.toMatchObject({ errno: EIO });
  expect(jest.mocked(removeCgroupsOf).mock.calls).toEqual([[['/cgroup']]]);
  expect(existsSync(files.start)).toBe(true);
});

function fail(path: string): never {
  throw new SyscallError({ errno: EIO, syscall: 'open', path });
}

test('after another boot only what outlives one is given back: labels, and ports that a switch keeps on disk', () => {
  const link = { host: 'vnet1000', mac: '52:54:00:00:00:01' };
  const labels = { undo: 'restoreLabels', root: '/', name: 'web' } as const;
  const port = { undo: 'removeSwitchPort', ...link } as const;
  const others = [
    { undo: 'removeFilter', ...link },
    { undo: 'removeLink', name: 'vnet1000', mac: 'fe:54:00:00:00:01' },
  ] as const;
  expect(undosAfterBoot([labels, ...others, port])).toEqual([labels, port]);
});
