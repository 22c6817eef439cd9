/** The fixture of a file whose tests make containers: what they need is made, and they leave the host as they found it. */
import { connect } from 'tslxc';
import type { Connection } from 'tslxc';
import { makeTestRoot } from '../root/test-root';
import type { TestRoot } from '../root/test-root';
import { startOnce } from './first-start';
import { Frame } from './frame';
import type { Keep, Make } from './frame';
import { expectHostUnchanged, snapshotHost } from './host-snapshot';
import type { HostSnapshot } from './host-snapshot';

export interface ContainerTestOptions {
  /** What is made is made for each test, which is the default, or once for all tests of the file. */
  readonly per?: 'test' | 'file';
  /** Trees that are compared with their files, besides all that `snapshotHost` looks at. */
  readonly watch?: readonly string[];
  /** Aspects of the host that are not compared. */
  readonly except?: readonly string[];
}

/**
 * Called once, outside of every test. Before the first test of the file it starts a container, so that what a process opens
 * once is open; then, for each test, it takes a picture of the host and runs `make`. At the end it ends what `make` kept, in
 * the reverse order, and compares the host with the picture. Returns what looks, in a test, like what `make` has made for it.
 */
export function containerTest<Made extends object>(
  make: Make<Made>,
  { per = 'test', watch = [], except = [] }: ContainerTestOptions = {},
): Made {
  // A picture that the host was found equal to at the end of one test is the one that the next test begins with.
  let confirmed: HostSnapshot | undefined;
  const frame = new Frame(make, () => {
    const before = confirmed ?? snapshotHost(watch);
    confirmed = undefined;
    return async () => {
      await expectHostUnchanged(before, { except });
      confirmed = before;
    };
  });
  const [before, after] = per === 'test' ? [beforeEach, afterEach] : [beforeAll, afterAll];
  beforeAll(startOnce);
  before(() => frame.begin());
  after(() => frame.end());
  return frame.view();
}

/** For `containerTest`: the tests make all that they need. */
export const nothing = (): object => ({});

/** For `containerTest`: a root, and a connection to the domains below it. */
export async function rootAndConnection(
  keep: Keep,
): Promise<{ readonly root: TestRoot; readonly connection: Connection }> {
  const root = keep(await makeTestRoot());
  const connection = keep(await connect(undefined, { root: root.path }));
  return { root, connection };
}
