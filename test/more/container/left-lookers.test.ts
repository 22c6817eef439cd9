/** Processes that look at paths: a caller whose share of them waits without end is refused more, and no other caller is. */
import { join } from 'node:path';
import { Lookers } from '../../../lib/container/looks/looks';
import { StuckFolder } from '../../support/fake/stuck-folder';
import { eventually } from '../../support/time/eventually';

const what = { step: 'look for data' };

/** The code of the error, or 'seen'. `within` milliseconds the process has to be started and, where it can, to answer. */
async function look(lookers: Lookers, path: string, within = 30_000): Promise<string> {
  using looks = lookers.looks({ within });
  try {
    await looks.mount(path, what);
    return 'seen';
  } catch (error) {
    return (error as { code: string }).code;
  }
}

test('a share that was used up is given back when its processes have ended', async () => {
  await using stuck = await StuckFolder.mount();
  const path = join(stuck.path, 'data');
  const few = new Lookers({ mostLeft: 2 });
  const both = await Promise.all([look(few, path, 6000), look(few, path, 6000)]);
  expect(both).toEqual(['OPERATION_TIMEOUT', 'OPERATION_TIMEOUT']);
  expect(await look(few, '/')).toBe('RESOURCE_BUSY');
  const others = new Lookers();
  expect(await look(others, '/')).toBe('seen');
  await stuck.release();
  await eventually(async () => expect(await look(few, '/')).toBe('seen'));
  few.close();
  others.close();
});
