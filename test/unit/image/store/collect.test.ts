/** lib/image/store/collect.ts: what nothing needs goes, and nothing else. */
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { takeHostLock } from '../../../../lib/host/state/file-lock';
import { markTransient } from '../../../../lib/image/container-layer';
import { collect } from '../../../../lib/image/store/collect';
import { imagePaths, layerPaths } from '../../../../lib/image/store/image-paths';
import { prepareFolders } from '../../../../lib/image/store/layer-store';
import { writeImageRecord } from '../../../../lib/image/store/records';
import { removeScratchAfterEach, scratchDirectory } from '../../driver/scratch';

removeScratchAfterEach();

let folder: string;
const paths = () => imagePaths({ images: folder });

const chain = (name: string): string => `sha256:${name}`;

beforeEach(async () => {
  folder = join(scratchDirectory(), 'images');
  await prepareFolders(paths());
  for (const name of ['base', 'top', 'former', 'unknown']) {
    mkdirSync(layerPaths(paths(), chain(name)).root, { recursive: true });
    writeFileSync(layerPaths(paths(), chain(name)).note, '{}');
  }
  await writeImageRecord(paths(), {
    ...{ name: 'web:1', source: 'oci:web', digest: '', pulled: '', architecture: '', bytes: 0 },
    config: {
      ...{ entrypoint: [], cmd: [], env: [], user: '', workingDirectory: '/' },
      ...{ ports: [], volumes: [] },
    },
    chains: [chain('base'), chain('top')],
  });
});

const layers = (): string[] => readdirSync(paths().layers).sort();
const root = (name: string): string => layerPaths(paths(), chain(name)).root;

/** What the container of a transient domain has written. */
async function written(name: string): Promise<string> {
  const path = join(paths().containers, name);
  await markTransient(path, name);
  mkdirSync(join(path, 'upper'), { recursive: true });
  writeFileSync(join(path, 'upper/file'), 'precious');
  return path;
}

const using = (...used: readonly string[]) => Promise.resolve(new Set(used));

test('layers of images stay, layers that a domain names stay, and the others go', async () => {
  await collect(paths(), () => using(root('former')));
  expect(layers()).toEqual(['base', 'former', 'top']);
  expect(existsSync(root('former'))).toBe(true);
  await collect(paths(), () => using());
  expect(layers()).toEqual(['base', 'top']);
  expect(readdirSync(paths().drafts)).toEqual([]);
});

test('what a transient domain has written stays as long as a domain names it', async () => {
  const [kept, gone] = [await written('kept'), await written('gone')];
  await collect(paths(), () => using(kept));
  expect(readdirSync(paths().containers).sort()).toEqual(['kept', 'kept.transient']);
  expect(existsSync(join(kept, 'upper/file'))).toBe(true);
  expect(existsSync(gone)).toBe(false);
  await collect(paths(), () => using());
  expect(readdirSync(paths().containers)).toEqual([]);
});

test('what a stored domain has written has no note, and is never taken', async () => {
  mkdirSync(join(paths().containers, 'stored'));
  await collect(paths(), () => using());
  expect(readdirSync(paths().containers)).toEqual(['stored']);
});

test('a note of a container that never came to write is taken away', async () => {
  await markTransient(join(paths().containers, 'never'), 'never');
  await collect(paths(), () => using());
  expect(readdirSync(paths().containers)).toEqual([]);
});

test('while it is unknown what domains need, nothing goes', async () => {
  const path = await written('unknown');
  await collect(paths(), () => Promise.resolve(undefined));
  expect(layers()).toEqual(['base', 'former', 'top', 'unknown']);
  expect(existsSync(path)).toBe(true);
});

test('while a pull holds the lock, nothing goes, and no domain is looked at', async () => {
  const looked = jest.fn(() => using());
  const lock = { path: paths().lock, step: 'pull' };
  {
    using _pull = await takeHostLock(lock, 'shared');
    await collect(paths(), looked);
    expect(layers()).toHaveLength(4);
    expect(looked).not.toHaveBeenCalled();
  }
  await collect(paths(), looked);
  expect(layers()).toHaveLength(2);
});

test('where there are no images nothing is made', async () => {
  const none = imagePaths({ images: join(folder, 'elsewhere') });
  await collect(none, () => Promise.reject(new Error('asked')));
  expect(existsSync(none.folder)).toBe(false);
});
