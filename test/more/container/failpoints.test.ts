/**
 * The caller, the monitor or init is killed at a failpoint. Whatever the moment, the container afterwards runs fully or
 * is gone fully, and its name starts again. The points tried are printed: a third, and all of them in `npm run test:long`.
 */
import { failpoints } from '../../../lib/container/monitor/failpoints';
import type { Failpoint } from '../../../lib/container/monitor/failpoints';
import { FailpointLane } from '../../support/death/failpoint-lane';
import type { Outcome, Victim } from '../../support/death/failpoint-lane';
import { containerTest, nothing } from '../../support/world/container-test';
import { someOf } from '../../support/time/repeats';

const lanes = 2;
const minutes = 60_000;

/** Reached several times, or not by a start: test/network-long/killed-callers.test.ts tries them. */
const others: readonly Failpoint[] = [
  'monitor:after-mapped',
  'controller:after-undo',
  // Of a reboot: test/long/restart-failpoints.test.ts.
  ...failpoints.filter((point) => point.includes('restart')),
  // Of a change of devices: test/more/network/plug-failpoints.test.ts.
  ...failpoints.filter((point) => /^(plug|fitter):/.test(point)),
];
const startPoints = failpoints.filter((point) => !others.includes(point));

const monitorStarts = startPoints.indexOf('controller:after-spawned');
const initPoints = startPoints.filter((point) => point.startsWith('init:'));

/** Where each can be killed: the monitor only once there is one, init only by itself. */
const pointsOf: Readonly<Record<Victim, readonly Failpoint[]>> = {
  caller: startPoints,
  monitor: startPoints.slice(monitorStarts),
  init: initPoints,
};

const victims = Object.keys(pointsOf) as Victim[];

/** Those that are tried here, of each victim others. */
const tried = (victim: Victim): Failpoint[] =>
  someOf(pointsOf[victim], victims.indexOf(victim), victims.length);

/**
 * The caller's death ends the container up to the commit, which is the monitor's message `exec`; where the
 * monitor goes on meanwhile, it may be either. Monitor and init take the container with them.
 */
function expected(point: Failpoint, victim: Victim): readonly Outcome[] {
  if (victim !== 'caller') return ['gone'];
  const open: readonly Failpoint[] = ['controller:after-spawn', 'controller:after-spawned'];
  if (open.includes(point)) return ['gone', 'running'];
  const committed: readonly Failpoint[] = [
    'controller:after-running',
    'controller:after-own',
    'monitor:after-exec',
    'monitor:after-executing',
    'monitor:after-running-record',
    'monitor:after-running',
    // While init waits here, the monitor goes on to its commit.
    'init:after-ready',
    'init:after-exec',
    'init:after-executing',
  ];
  if (committed.includes(point)) return ['running'];
  // The kernel closes the caller's socket when it gets to it: the monitor may commit before it sees that.
  return point.startsWith('controller:') ? ['gone'] : ['gone', 'running'];
}

/** Tries all points, a few at once; resolves with a line for each. */
async function tryAll(victim: Victim): Promise<string[]> {
  const left = tried(victim);
  const lines: string[] = [];
  const work = async (index: number): Promise<void> => {
    await using lane = await FailpointLane.make(`failpoint-${victim}-${index}`);
    for (let point = left.shift(); point !== undefined; point = left.shift()) {
      lines.push(await tryOne(lane, { point, victim }));
    }
  };
  await Promise.all(Array.from({ length: lanes }, (_, index) => work(index)));
  return lines;
}

async function tryOne(
  lane: FailpointLane,
  { point, victim }: { point: Failpoint; victim: Victim },
): Promise<string> {
  const outcome = await lane.try(point, victim).catch((error: unknown) => {
    throw new Error(`${victim} killed at ${point}`, { cause: error });
  });
  const wanted = expected(point, victim);
  const verdict = wanted.includes(outcome) ? '' : `, but should be ${wanted.join(' or ')}`;
  const line = `${point}: ${victim} killed, container ${outcome}${verdict}`;
  process.stdout.write(`${line}\n`);
  return line;
}

containerTest(nothing);

test.each(victims)(
  'the %s killed at any point leaves all or nothing, and the name starts again',
  async (victim) => {
    const lines = await tryAll(victim);
    expect(lines).toHaveLength(tried(victim).length);
    expect(lines.filter((line) => line.includes('but should be'))).toEqual([]);
  },
  2 * minutes,
);

test('every failpoint is among those that are tried by turns', () => {
  expect(new Set([...Object.values(pointsOf).flat(), ...others])).toEqual(new Set(failpoints));
  expect(pointsOf.monitor).toHaveLength(startPoints.length - monitorStarts);
  expect(initPoints).toHaveLength(6);
});
