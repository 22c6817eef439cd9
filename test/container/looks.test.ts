/**
 * Looks of their own: what is done only after one, where a file system never answers. How many processes they cost, and what
 * waits for the five seconds of an end, is tried in test/long/looks.test.ts.
 */
import { existsSync, realpathSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { looksAlone } from '../../lib/container/looks/looks';
import { readLabels } from '../../lib/container/security/relabel/label-registry';
import { relabelSources } from '../../lib/container/security/relabel/relabel';
import { claimTarget } from '../../lib/container/sources/mount-target';
import { statePaths } from '../../lib/host/state/state-paths';
import { StuckFolder } from '../support/fake/stuck-folder';
import { lookers } from '../support/process/lookers';
import { makeTestRoot } from '../support/root/test-root';
import { eventually } from '../support/time/eventually';
import { latitude, Ticking } from '../support/time/timed';

const place = { path: 'domain/x', position: { line: 7, column: 3 } };
const user = 'web';
const what = { step: 'look for data' };

test('more looks at once than there may be processes wait for each other, and none is refused', async () => {
  const look = async (): Promise<string> => {
    using looks = looksAlone({ within: 60_000 });
    return await looks.mount('/', what);
  };
  // Three times as many.
  const mounts = await Promise.all(Array.from({ length: 192 }, look));
  for (const mount of mounts) expect(mount).toMatch(/^mnt_id:/m);
});

test('what the kernel’s caches hold of a local file system takes no process; control: another look does', async () => {
  await using root = await makeTestRoot();
  const file = join(root.path, 'file');
  writeFileSync(file, '');
  {
    using looks = looksAlone({ within: 60_000 });
    expect((await looks.state(file, what)).kind).toBe('file');
    expect(await looks.realPath(file, what)).toBe(realpathSync(file));
    expect((await looks.stateInRoot(root.path, 'file', what)).kind).toBe('file');
    const missing = join(root.path, 'missing');
    expect(existsSync(missing)).toBe(false);
    await expect(looks.state(missing, what)).rejects.toMatchObject({
      message: expect.stringMatching(/^stat .*: ENOENT/) as string,
    });
    expect(lookers()).toEqual([]);
    await looks.mount(file, what);
    expect(lookers()).toHaveLength(1);
  }
  await eventually(() => expect(lookers()).toEqual([]));
});

let stuck: StuckFolder;
let path: string;

beforeEach(async () => {
  stuck = await StuckFolder.mount();
  path = join(stuck.path, 'data');
});

afterEach(async () => {
  await stuck[Symbol.asyncDispose]();
  await eventually(() => expect(lookers()).toEqual([]));
});

test('a mount target that does not answer when it is taken holds up nothing else, and the error names it', async () => {
  using ticking = new Ticking();
  using looks = looksAlone({ within: 300 });
  const claiming = claimTarget({ path, kind: 'directory', place }, user, looks);
  await expect(claiming).rejects.toMatchObject({
    code: 'OPERATION_TIMEOUT',
    path,
    step: 'make the mount target',
    element: 'domain/x',
    line: 7,
  });
  expect(ticking.longest).toBeLessThan(latitude);
});

test('a source that does not answer when it is labelled holds up nothing else, and nothing of it is on record', async () => {
  using ticking = new Ticking();
  await using root = await makeTestRoot();
  const paths = statePaths(root.path);
  const sources = [{ path, label: 'u:r:container_file_t:s0:c1,c2', place }];
  const abort = new AbortController();
  const labelling = relabelSources({ paths, user, sources, signal: abort.signal });
  const failing = expect(labelling).rejects.toMatchObject({ code: 'OPERATION_ABORTED' });
  await stuck.untilAsked();
  abort.abort();
  await failing;
  expect(readLabels(paths)).toBeUndefined();
  expect(ticking.longest).toBeLessThan(latitude);
});
