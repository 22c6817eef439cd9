/** Looks at a file system that never answers, and how many processes they cost. */
import { join } from 'node:path';
import { looksAlone } from '../../lib/container/looks/looks';
import { StuckFolder } from '../support/fake/stuck-folder';
import { listProcesses, readProcess } from '../support/process/processes';
import { eventually } from '../support/time/eventually';

const what = { step: 'look for data' };
/** How many processes there may be at once. */
const most = 64;

const lookers = (): number[] =>
  listProcesses().filter((pid) => readProcess(pid).words.join(' ') === 'tslxc-look look');

/** The code of the error, or 'seen'. */
async function look(path: string, within: number): Promise<string> {
  using looks = looksAlone({ within });
  try {
    await looks.state(path, what);
    return 'seen';
  } catch (error) {
    return (error as { code: string }).code;
  }
}

test('no more than 64 processes wait for it, however many looks there are, and none is started until one has ended', async () => {
  await using stuck = await StuckFolder.mount();
  const path = join(stuck.path, 'data');
  const looks = Array.from({ length: most + 16 }, () => look(path, 6000));
  await eventually(() => expect(lookers()).toHaveLength(most));
  const outcomes = await Promise.all(looks);
  expect(outcomes.filter((code) => code === 'OPERATION_TIMEOUT').length).toBeGreaterThanOrEqual(
    most,
  );
  // Those of other worlds, which are seen here as well, end soon.
  await eventually(() => expect(lookers()).toHaveLength(most));
  expect(await look('/', 3000)).toBe('RESOURCE_BUSY');
  await stuck.release();
  await eventually(() => expect(lookers()).toEqual([]));
  expect(await look('/', 3000)).toBe('seen');
});

test('looks that are answered wait for each other, and none is refused', async () => {
  const outcomes = await Promise.all(Array.from({ length: 3 * most }, () => look('/', 60_000)));
  expect(new Set(outcomes)).toEqual(new Set(['seen']));
});
