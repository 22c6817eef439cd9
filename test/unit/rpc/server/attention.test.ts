/** For which clients the event loop stays awake, and for how long. */
import { availableParallelism } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { Attention, Eagerness } from '../../../../lib/rpc/server/attention';
import { eventually } from '../../../support/time/eventually';

jest.mock('node:os', () => ({
  ...jest.requireActual<typeof import('node:os')>('node:os'),
  availableParallelism: jest.fn(),
}));

/** Whether an iteration of the event loop is asked for. */
function isAwake(): boolean {
  return process.getActiveResourcesInfo().includes('Immediate');
}

function attentionOn(processors: number): Attention {
  jest.mocked(availableParallelism).mockReturnValue(processors);
  return new Attention();
}

/** A client, and how often its next call was waited for. */
function client(): { readonly eagerness: Eagerness; readonly waits: () => number } {
  const attention = attentionOn(2);
  const hold = jest.spyOn(attention, 'hold').mockImplementation(() => undefined);
  return { eagerness: new Eagerness(attention), waits: () => hold.mock.calls.length };
}

test('the event loop stays awake for a moment, and no longer', async () => {
  expect(isAwake()).toBe(false);
  const attention = attentionOn(2);
  attention.hold();
  attention.hold();
  expect(isAwake()).toBe(true);
  await eventually(() => expect(isAwake()).toBe(false));
});

test('where there is one processor, it is left to the client', () => {
  attentionOn(1).hold();
  expect(isAwake()).toBe(false);
});

test('a client that asks again at once is waited for', () => {
  const { eagerness, waits } = client();
  eagerness.hear();
  eagerness.answer();
  expect(waits()).toBe(0);
  eagerness.hear();
  eagerness.answer();
  expect(waits()).toBe(1);
});

test('a client that asks now and then is not waited for', async () => {
  const { eagerness, waits } = client();
  for (let call = 0; call < 3; call += 1) {
    eagerness.hear();
    eagerness.answer();
    await sleep(5);
  }
  expect(waits()).toBe(0);
});
