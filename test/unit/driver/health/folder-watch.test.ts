/** Changes in a folder: by inotify, and by the clock where there is none. */
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { watchFolder } from '../../../../lib/driver/health/folder-watch';
import { eventually } from '../../../support/time/eventually';
import { removeScratchAfterEach, scratchDirectory } from '../scratch';

removeScratchAfterEach();
afterEach(() => jest.useRealTimers());

const second = 1000;

test('a file that is made, replaced or removed is told of, and nothing after the end', async () => {
  const folder = scratchDirectory();
  const changed = jest.fn();
  const change = (act: () => void): Promise<void> => {
    changed.mockClear();
    act();
    return eventually(() => expect(changed).toHaveBeenCalled());
  };
  const watching = watchFolder({ folder }, changed);
  await change(() => writeFileSync(join(folder, 'one'), ''));
  await change(() => renameSync(join(folder, 'one'), join(folder, 'two')));
  await change(() => rmSync(join(folder, 'two')));
  watching[Symbol.dispose]();
  changed.mockClear();
  const other = jest.fn();
  using _other = watchFolder({ folder }, other);
  writeFileSync(join(folder, 'three'), '');
  await eventually(() => expect(other).toHaveBeenCalled());
  expect(changed).not.toHaveBeenCalled();
});

test('of one file, the changes of the others are not told of', async () => {
  const folder = scratchDirectory();
  const [changed, all] = [jest.fn(), jest.fn()];
  using _one = watchFolder({ folder, file: 'one' }, changed);
  using _all = watchFolder({ folder }, all);
  writeFileSync(join(folder, 'two'), '');
  await eventually(() => expect(all).toHaveBeenCalled());
  expect(changed).not.toHaveBeenCalled();
  writeFileSync(join(folder, 'one.new'), '');
  renameSync(join(folder, 'one.new'), join(folder, 'one'));
  await eventually(() => expect(changed).toHaveBeenCalled());
});

test('what can not be watched is looked at once a second', () => {
  jest.useFakeTimers();
  const changed = jest.fn();
  const watching = watchFolder({ folder: join(scratchDirectory(), 'missing') }, changed);
  jest.advanceTimersByTime(2 * second);
  expect(changed).toHaveBeenCalledTimes(2);
  watching[Symbol.dispose]();
  jest.advanceTimersByTime(2 * second);
  expect(changed).toHaveBeenCalledTimes(2);
});

test('a folder that was removed, and made again, is looked at, too', async () => {
  const folder = join(scratchDirectory(), 'folder');
  mkdirSync(folder);
  const changed = jest.fn();
  using _folder = watchFolder({ folder }, changed);
  rmSync(folder, { recursive: true });
  await eventually(() => expect(changed).toHaveBeenCalled());
  mkdirSync(folder);
  changed.mockClear();
  await eventually(() => expect(changed).toHaveBeenCalled());
});
