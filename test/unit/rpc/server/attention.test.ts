/** For which clients the event loop stays awake, and for how long. */
import { availableParallelism } from 'node:os';
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

/** Of Jest's own work something may be asked for just then. */
async function untilAsleep(): Promise<void> {
  await eventually(() => expect(isAwake()).toBe(false));
}

test('the event loop stays awake for a moment, and no longer', async () => {
  await untilAsleep();
  const attention = attentionOn(2);
  attention.hold();
  attention.hold();
  expect(isAwake()).toBe(true);
  await untilAsleep();
});

test('where there is one processor, it is left to the client', async () => {
  await untilAsleep();
  attentionOn(1).hold();
  expect(isAwake()).toBe(false);
});

describe('of one client', () => {
  let now = 0;

  beforeEach(() => {
    now = 0;
    jest.spyOn(performance, 'now').mockImplementation(() => now);
  });

  afterEach(() => {
    jest.restoreAllMocks();
  });

  test.each([
    ['at once is waited for', 0.1, 2],
    ['just in time is waited for', 0.499, 2],
    ['too late is not', 0.5, 0],
    ['now and then is not', 5000, 0],
  ])('one that asks again %s', (_, pause, expected) => {
    const { eagerness, waits } = client();
    for (let call = 0; call < 3; call += 1) {
      eagerness.hear();
      eagerness.answer();
      now += pause;
    }
    expect(waits()).toBe(expected);
  });
});
