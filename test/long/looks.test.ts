/** Looks at a file system that never answers: how many processes they cost, and what is done only after such a look. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { looksAlone } from '../../lib/container/looks/looks';
import type { Looks } from '../../lib/container/looks/looks';
import { undoAll } from '../../lib/container/record/undo';
import type { Undo } from '../../lib/container/record/undo';
import { readLabels, withLabels } from '../../lib/container/security/relabel/label-registry';
import { relabelSources } from '../../lib/container/security/relabel/relabel';
import { recoverLabels } from '../../lib/container/security/relabel/restore';
import { claimOverlayUpper } from '../../lib/container/sources/overlay-upper';
import { statePaths } from '../../lib/host/state/state-paths';
import { StuckFolder } from '../support/fake/stuck-folder';
import { labelsIn } from '../support/labels/labelled-tree';
import { lookers } from '../support/process/lookers';
import { makeTestRoot } from '../support/root/test-root';
import { eventually } from '../support/time/eventually';

const what = { step: 'look for data' };
/** How many processes there may be at once. */
const most = 64;

/** The code of the error, or 'seen': of a look that takes a process, wherever the path is. */
async function look(path: string, within: number): Promise<string> {
  using looks = looksAlone({ within });
  try {
    await looks.mount(path, what);
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
  // That they have ended is heard of right after.
  await eventually(async () => expect(await look('/', 3000)).toBe('seen'));
});

test('a look whose time is over before a process is free for it says so, and keeps none', async () => {
  await using stuck = await StuckFolder.mount();
  const path = join(stuck.path, 'data');
  const free = looksAlone({ within: 60_000 });
  await free.mount('/', what);
  const others = Array.from({ length: most - 1 }, () => look(path, 6000));
  await eventually(() => expect(lookers()).toHaveLength(most));
  {
    using late = looksAlone({ within: 100 });
    await expect(late.mount(path, what)).rejects.toMatchObject({
      code: 'OPERATION_TIMEOUT',
      path,
      message: expect.stringContaining(
        `no process to look at '${path}' has become free for 0.1 s (${what.step})`,
      ) as string,
    });
  }
  free[Symbol.dispose]();
  expect(await look('/', 60_000)).toBe('seen');
  await Promise.all(others);
  await eventually(() => expect(lookers()).toHaveLength(most - 1));
  await stuck.release();
  await eventually(() => expect(lookers()).toEqual([]));
});

const place = { path: 'domain/x', position: { line: 7, column: 3 } };
const user = 'web';
const label = 'u:r:container_file_t:s0:c1,c2';

describe('what does not answer holds up nothing else of the process', () => {
  let stuck: StuckFolder;
  let path: string;
  /** Whether timers of this process were called meanwhile, as in the time that a look may take. */
  let turns = 0;
  let counter: NodeJS.Timeout;

  beforeEach(async () => {
    stuck = await StuckFolder.mount();
    path = join(stuck.path, 'data');
    turns = 0;
    counter = setInterval(() => (turns += 1), 10);
  });

  afterEach(async () => {
    clearInterval(counter);
    await stuck[Symbol.asyncDispose]();
    await eventually(() => expect(lookers()).toEqual([]));
  });

  const claims: readonly {
    readonly what: string;
    readonly step: string;
    readonly claim: (looks: Looks) => Promise<void>;
  }[] = [
    {
      what: 'a layer',
      step: 'make the writable layer of an overlay',
      claim: (looks) =>
        claimOverlayUpper({ path, like: '', place }, { user, boot: 'this boot' }, looks),
    },
    {
      what: 'what a layer takes after',
      step: 'make the writable layer of an overlay',
      claim: (looks) =>
        claimOverlayUpper(
          { path: '/nowhere/at/all', like: path, place },
          { user, boot: 'this boot' },
          looks,
        ),
    },
  ];

  test.each(claims)('$what, when it is taken', async ({ step, claim }) => {
    using looks = looksAlone({ within: 1000 });
    await expect(claim(looks)).rejects.toMatchObject({
      code: 'OPERATION_TIMEOUT',
      path,
      step,
      element: 'domain/x',
      line: 7,
    });
    expect(turns).toBeGreaterThan(5);
  });

  const releases: readonly { readonly step: string; readonly undo: () => Undo }[] = [
    {
      step: 'give back the mount target',
      undo: () => ({ undo: 'releaseTarget', path, user, found: 'missing' }),
    },
    {
      step: 'give back the writable layer',
      undo: () => ({ undo: 'releaseUpper', path, user }),
    },
  ];

  test.each(releases)('$step', async ({ step, undo }) => {
    const undoing = undoAll([undo()], { networks: [], notice: () => undefined });
    await expect(undoing).rejects.toMatchObject({ code: 'OPERATION_TIMEOUT', path, step });
    expect(turns).toBeGreaterThan(5);
    // Tried again, it is no failure once there is an answer, and be it that the server has ended.
    await stuck.release();
    const notices: string[] = [];
    await undoAll([undo()], { networks: [], notice: (text) => notices.push(text) });
    expect(notices).toEqual([expect.stringContaining(`'${path}' was not given back`)]);
  });

  test('a source, when it is labelled', async () => {
    await using root = await makeTestRoot();
    const paths = statePaths(root.path);
    const relabelling = relabelSources({ paths, user, sources: [{ path, label, place }] });
    await expect(relabelling).rejects.toMatchObject({
      code: 'OPERATION_TIMEOUT',
      path,
      step: 'look up a source to label',
      element: 'domain/x',
    });
    expect(readLabels(paths)).toBeUndefined();
    expect(turns).toBeGreaterThan(5);
  });

  test('a source that is on record: it stays there, and others get their labels again', async () => {
    await using root = await makeTestRoot();
    const paths = statePaths(root.path);
    const tree = join(root.path, 'tree');
    mkdirSync(tree);
    const before = labelsIn(tree);
    await relabelSources({ paths, user, sources: [{ path: tree, label }] });
    expect(labelsIn(tree)).not.toEqual(before);
    const silent = { path, label, inode: 2, mountPoint: stuck.path, users: [user] };
    await withLabels(paths, (registry) =>
      registry.replace([...registry.sources, { ...silent, phase: 'labelled' }]),
    );
    await expect(recoverLabels({ paths, isAlive: () => false })).rejects.toMatchObject({
      code: 'OPERATION_TIMEOUT',
      path,
    });
    expect(readLabels(paths)).toMatchObject([{ path, users: [] }]);
    expect(labelsIn(tree)).toEqual(before);
    expect(turns).toBeGreaterThan(5);
  });
});
