/** What `npm run bench` makes of measured values: medians, ratios, tables, and what it reads of /proc. */
import { join } from 'node:path';
import { packageRoot } from '../../support/process/run-command';

interface Summary {
  readonly runs: number;
  readonly median: number;
  readonly low: number;
  readonly high: number;
  readonly minimum: number;
  readonly maximum: number;
}

interface Figure {
  readonly title: string;
  readonly reference?: string;
  readonly rows: readonly { readonly system: string; readonly ratio?: number }[];
}

type Samples = Readonly<Record<string, readonly number[]>>;
type Player = () => Promise<Readonly<Record<string, number>>>;

function script(name: string): unknown {
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  return require(join(packageRoot, 'scripts', name));
}

const { StepError } = script('steps.js') as { StepError: new (message: string) => Error };
const { median, spreadOf, summarize } = script('bench/statistics.js') as {
  median: (values: readonly number[]) => number;
  spreadOf: (values: readonly number[]) => number;
  summarize: (values: readonly number[]) => Summary;
};
const { figureOf } = script('bench/figure.js') as {
  figureOf: (what: object, samples: Samples) => Figure;
};
const { renderTable } = script('bench/table.js') as {
  renderTable: (figures: readonly Figure[]) => string[];
};
const { takeTurns } = script('bench/turns.js') as {
  takeTurns: (
    players: Readonly<Record<string, Player>>,
    pace: object,
  ) => Promise<Record<string, Record<string, number[]>>>;
};
const { pssOf, switchesOf } = script('bench/scenarios/idle.js') as Record<
  'pssOf' | 'switchesOf',
  (text: string) => number
>;

const start = { key: 'start', title: 'start', unit: 'ms', reference: 'floor' };

test('a median is in the middle, and between the two of an even number', () => {
  expect(median([9, 1, 5])).toBe(5);
  expect(median([4, 1, 2, 30])).toBe(3);
  expect(median([7])).toBe(7);
});

test('a summary has the middle half and the ends', () => {
  const values = [5, 1, 3, 2, 4];
  const summary = { runs: 5, median: 3, low: 2, high: 4, minimum: 1, maximum: 5 };
  expect(summarize(values)).toEqual(summary);
  expect(values).toEqual([5, 1, 3, 2, 4]);
  expect(spreadOf([9, 10, 12])).toBeCloseTo(0.3);
});

test('a ratio is that of the medians, and a system without values has no row', () => {
  const { rows, reference } = figureOf(start, { floor: [2, 2, 9], library: [8], lxc: [] });
  expect(reference).toBe('floor');
  expect(rows.map(({ system, ratio }) => [system, ratio])).toEqual([
    ['floor', 1],
    ['library', 4],
  ]);
});

test('without the reference there are no ratios', () => {
  const figure = figureOf(start, { library: [8] });
  expect(figure.reference).toBeUndefined();
  expect(figure.rows[0]).not.toHaveProperty('ratio');
});

test('a table says of what the ratio is, and aligns its columns', () => {
  const notes = { lxc: 'a note' };
  const figure = figureOf({ ...start, notes }, { floor: [2, 3, 4], lxc: [123.4] });
  expect(renderTable([figure])).toEqual([
    '',
    'start, ms; ratio to floor',
    '         median  middle half        all    ratio  runs',
    '  floor    3.00    2.50–3.50  2.00–4.00   1.00 ×     3',
    '  lxc       123                          41.13 ×        a note',
  ]);
});

test('systems play by turns, after a run each that does not count', async () => {
  const order: string[] = [];
  const player = (name: string) => async () => {
    order.push(name);
    return Promise.resolve({ time: order.length });
  };
  const onFailure = jest.fn();
  const players = { a: player('a'), b: player('b') };
  const samples = await takeTurns(players, { runs: 3, batch: 2, onFailure });
  expect(order.join('')).toBe('ab' + 'aabb' + 'ab');
  expect(samples).toEqual({ time: { a: [3, 4, 7], b: [5, 6, 8] } });
  expect(onFailure).not.toHaveBeenCalled();
});

test('one that is limited stops early', async () => {
  const players = {
    slow: async () => Promise.resolve({ time: 9 }),
    quick: async () => Promise.resolve({ time: 1 }),
  };
  const pace = { runs: 5, batch: 2, limits: { slow: 3 }, onFailure: jest.fn() };
  expect(await takeTurns(players, pace)).toEqual({
    time: { slow: [9, 9, 9], quick: [1, 1, 1, 1, 1] },
  });
});

test('one that fails is told of, and keeps what it has measured; the others go on', async () => {
  let runs = 0;
  const weak = async () => {
    runs += 1;
    if (runs > 2) throw new StepError('no more');
    return Promise.resolve({ time: runs });
  };
  const onFailure = jest.fn();
  const players = { weak, strong: async () => Promise.resolve({ time: 1 }) };
  const samples = await takeTurns(players, { runs: 3, onFailure });
  expect(samples).toEqual({ time: { weak: [2], strong: [1, 1, 1] } });
  expect(onFailure.mock.calls).toEqual([['weak', 'no more']]);
});

test('an error that is no fault of a system is thrown', async () => {
  const players = { broken: async () => Promise.reject(new TypeError('a bug')) };
  await expect(takeTurns(players, { runs: 1, onFailure: jest.fn() })).rejects.toThrow('a bug');
});

test('virsh is over with a command when it says what it was told to say, and its errors are read', () => {
  const { readAnswer } = script('bench/systems/libvirt.js') as {
    readAnswer: (said: string, number: number) => { errors: string[] } | undefined;
  };
  expect(readAnswer('virsh # start x\nvirsh # echo told-2\n', 2)).toBeUndefined();
  expect(readAnswer('virsh # start x\nvirsh # echo told-2\ntold-2', 2)).toEqual({ errors: [] });
  expect(readAnswer("error: failed to get domain 'x'\nerror: none\ntold-3virsh # ", 3)).toEqual({
    errors: ["failed to get domain 'x'", 'none'],
  });
});

test('memory and wake-ups are read of /proc', () => {
  expect(pssOf('Rss:   900 kB\nPss:                 155 kB\nPss_Dirty: 100 kB\n')).toBe(155);
  const status = 'Name:\tx\nvoluntary_ctxt_switches:\t12\nnonvoluntary_ctxt_switches:\t3\n';
  expect(switchesOf(status)).toBe(15);
  expect([pssOf(''), switchesOf('')]).toEqual([0, 0]);
});
