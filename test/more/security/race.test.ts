/** Starts on a shared volume that changes under them, the short form. Recipe T6 of the threat catalogue. */
import { connect } from 'tslxc';
import { containerTest, nothing } from '../../support/world/container-test';
import { slowness } from '../../support/time/eventually';
import { makeTestRoot } from '../../support/root/test-root';
import { UnsafePackage } from '../../support/probe/unsafe-package';
import { Canary } from '../../security/canary';
import { SharedVolume } from '../../security/race';

const starts = 50;
/** The control ends at its first hit. */
const mostForControl = 300;

// The library of the control keeps its monitor's executable open.
containerTest(nothing, { per: 'file', watch: ['/var/lib'], except: ['descriptors'] });

/** What is made in one directory may be looked for in the other; nothing else is a reason to refuse. */
function expectOutcomes(started: number, refusals: readonly string[]): void {
  const other = refusals.filter((one) => !/^\w+ \/volume\/(one|other)\/made-.*: ENOENT/.test(one));
  expect(other).toEqual([]);
  // How many get through is the racers’ luck; that some do shows that the starts are real.
  expect(started).toBeGreaterThan(0);
}

/** Milliseconds for a test: its starts come beside racers, on processors that others use as well. */
const limit = 180_000 * slowness;

const always = (): boolean => true;

describe('a volume that is exchanged during the start (T6)', () => {
  test(
    'leads no start to the host',
    async () => {
      await using canary = new Canary();
      await using volume = new SharedVolume(canary);
      await using root = await makeTestRoot();
      await using connection = await connect(undefined, { root: root.path });
      await volume.race();
      const { started, refusals } = await volume.start(connection, starts, always);
      expectOutcomes(started, refusals);
      expect(canary.changes()).toEqual({});
    },
    limit,
  );

  test(
    'control: paths that are resolved as on the host reach the canary',
    async () => {
      using unsafe = await UnsafePackage.make('naive paths');
      const naive = await unsafe.connect();
      await using canary = new Canary();
      await using volume = new SharedVolume(canary);
      await using root = await makeTestRoot();
      await using connection = await naive(undefined, { root: root.path });
      await volume.race();
      await volume.start(connection, mostForControl, () => !canary.isChanged());
      expect(canary.isChanged()).toBe(true);
    },
    limit,
  );
});
