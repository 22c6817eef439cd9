/** The states of many domains: what `readRunState` says of each, with few jobs and without parsing anything twice. */
import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { readRunState, runNames } from '../../../../lib/container/record/run-state';
import { openRunStates } from '../../../../lib/container/record/run-states';
import type { FoundState } from '../../../../lib/container/record/run-states';
import { bootId } from '../../../../lib/host/kernel/boot/boot-id';
import { native } from '../../../../lib/host/native';
import { writeRecord } from '../../../../lib/host/state/record-file';
import { runPaths, statePaths } from '../../../../lib/host/state/state-paths';
import type { RunPaths } from '../../../../lib/host/state/state-paths';
import { startRecord } from '../../../support/fake/start-record';

const root = mkdtempSync(join(tmpdir(), 'tslxc-run-states-'));
const paths = statePaths(root);
const descriptors: number[] = [];

afterEach(() => {
  jest.restoreAllMocks();
  for (const fd of descriptors.splice(0)) closeSync(fd);
  rmSync(paths.domains, { recursive: true, force: true });
});

afterAll(() => rmSync(root, { recursive: true }));

type Content = Readonly<Partial<Record<keyof RunPaths, object | string>>>;

/** Longer than records are taken for young. */
const settled = 80;

function write(name: string, content: Content): void {
  const files = runPaths(paths, name);
  mkdirSync(files.directory, { recursive: true });
  for (const [file, what] of Object.entries(content)) {
    const path = files[file as keyof RunPaths];
    writeFileSync(path, typeof what === 'string' ? what : JSON.stringify(what));
  }
}

function monitorLives(name: string): void {
  const fd = openSync(runPaths(paths, name).monitorLock, 'r+');
  descriptors.push(fd);
  expect(native().tryLockByte(fd, 0)).toBe(true);
}

const running = { id: 10, init: 11, consoles: ['/dev/pts/0'] };
const exit = { how: 'exited', code: 3, time: 2, boot: bootId() };
const otherBoot = '00000000-0000-0000-0000-000000000000';

/** A domain in every phase, and with everything that can be wrong with its records. */
function writeEach(): void {
  write('off', {});
  write('off-last', { exit });
  write('off-other-boot', { exit: { ...exit, boot: otherBoot } });
  write('starting', { start: startRecord, monitorLock: '' });
  write('running', { start: startRecord, monitorLock: '', running });
  write('exited', { start: startRecord, exit });
  write('lost', { start: startRecord, monitorLock: '', running });
  write('without-lock', { start: startRecord });
  write('before-boot', { start: { ...startRecord, boot: otherBoot } });
  write('bad-start', { start: '{' });
  write('bad-exit', { start: startRecord, exit: '{', monitorLock: '' });
  write('bad-running', { start: startRecord, monitorLock: '', running: {} });
  for (const name of ['starting', 'running', 'bad-running']) monitorLives(name);
  write('link', {});
  symlinkSync('/dev/null', runPaths(paths, 'link').start);
  write('folder', { start: startRecord });
  mkdirSync(runPaths(paths, 'folder').monitorLock);
  writeFileSync(join(paths.domains, 'no-folder'), '');
}

/** What `readRunState` says. */
function alone(name: string): FoundState {
  try {
    return { state: readRunState(paths, name) };
  } catch (error) {
    return { error };
  }
}

test('each is what a look at it alone says, damage included', async () => {
  writeEach();
  const states = openRunStates(paths);
  const names = runNames(paths);
  expect(names).toHaveLength(15);
  const expected = new Map(names.map((name) => [name, alone(name)]));
  const phases = [...expected.values()].map((one) => ('state' in one ? one.state.phase : 'error'));
  expect(new Set(phases)).toEqual(new Set(['off', 'starting', 'running', 'ended', 'error']));
  expect(await states.read(names)).toEqual(expected);
  await sleep(settled);
  // Known from the second time on, and the same.
  for (let time = 0; time < 2; time += 1) expect(await states.read(names)).toEqual(expected);
  expect(await states.read(['nothing'])).toEqual(new Map([['nothing', alone('nothing')]]));
});

test('a few are looked at without a job, and many in one, which says the same of each', async () => {
  writeEach();
  const names = runNames(paths);
  const more = Array.from({ length: 20 }, (_, index) => `none${index}`);
  const expected = new Map([...names, ...more].map((name) => [name, alone(name)]));
  const survey = jest.spyOn(native(), 'survey');
  const few = await openRunStates(paths).read(names);
  expect(survey).not.toHaveBeenCalled();
  const many = await openRunStates(paths).read([...names, ...more]);
  expect(survey).toHaveBeenCalledTimes(1);
  expect(many).toEqual(expected);
  expect(new Map([...few, ...more.map((name) => [name, alone(name)] as const)])).toEqual(expected);
});

test('hundreds are read in a few jobs, and a record is parsed once for each change', async () => {
  const names = Array.from({ length: 300 }, (_, index) => `d${index}`);
  for (const name of names) write(name, { start: { ...startRecord, name }, exit });
  await sleep(settled);
  const states = openRunStates(paths);
  const survey = jest.spyOn(native(), 'survey');
  const parse = jest.spyOn(JSON, 'parse');
  await states.read(names);
  expect(survey).toHaveBeenCalledTimes(2);
  expect(parse).toHaveBeenCalledTimes(600);
  await states.read(names);
  expect(survey).toHaveBeenCalledTimes(4);
  expect(parse).toHaveBeenCalledTimes(600);
  const changed = { ...startRecord, name: 'd7', uuid: '99999999-9999-4999-8999-999999999999' };
  writeRecord(runPaths(paths, 'd7').start, changed);
  const found = (await states.read(names)).get('d7');
  expect(found).toMatchObject({ state: { phase: 'ended', start: changed } });
  expect(parse).toHaveBeenCalledTimes(601);
});

test('a record that is replaced within one step of the clock by one of the same size is read', async () => {
  const states = openRunStates(paths);
  mkdirSync(dirname(runPaths(paths, 'web').start), { recursive: true });
  for (let round = 0; round < 50; round += 1) {
    const start = { ...startRecord, time: 1000 + round };
    writeRecord(runPaths(paths, 'web').start, start);
    const found = (await states.read(['web'])).get('web');
    expect(found).toEqual({ state: { phase: 'ended', start } });
  }
});
