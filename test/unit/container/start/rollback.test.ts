/** What a failed start gives back: in which order, and what becomes of a step that fails. */
import { Rollback } from '../../../../lib/container/start/rollback';

const reason = new Error('no room');

let done: string[];
let failures: unknown[];
let rollback: Rollback;

beforeEach(() => {
  done = [];
  failures = [];
  rollback = new Rollback((failure) => failures.push(failure));
});

function add(...names: string[]): void {
  for (const name of names) rollback.add(() => void done.push(name));
}

test('the last thing is given back first, each once', async () => {
  add('ids', 'label', 'record');
  await rollback.run(reason);
  await rollback.run(reason);
  expect(done).toEqual(['record', 'label', 'ids']);
});

test('a step is over before the next one begins, and is told the reason', async () => {
  const reasons: unknown[] = [];
  add('ids');
  rollback.add(async (why) => {
    reasons.push(why);
    await new Promise((resolve) => setImmediate(resolve));
    done.push('record');
  });
  await rollback.run(reason);
  expect(done).toEqual(['record', 'ids']);
  expect(reasons).toEqual([reason]);
});

test('what lies below a mark stays, and can be given back later', async () => {
  add('shares of networks');
  const { mark } = rollback;
  add('ids', 'label');
  await rollback.run(reason, mark);
  expect(done).toEqual(['label', 'ids']);
  await rollback.run(reason);
  expect(done).toEqual(['label', 'ids', 'shares of networks']);
});

test('what is on record is given back by the record alone', async () => {
  add('shares of networks');
  const { mark } = rollback;
  add('ids', 'label');
  rollback.replace(mark, () => void done.push('record'));
  add('monitor');
  await rollback.run(reason);
  expect(done).toEqual(['monitor', 'record', 'shares of networks']);
});

test('a step that fails is reported, and keeps no other from being done', async () => {
  const [first, second] = [new Error('first'), new Error('second')];
  rollback.add(() => {
    throw second;
  });
  add('ids');
  rollback.add(() => Promise.reject(first));
  await rollback.run(reason);
  expect(done).toEqual(['ids']);
  expect(failures).toEqual([first, second]);
});
