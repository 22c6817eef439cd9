/** Making a volume beside other callers and other programs, which make, fill, use or remove it at the same time. */
import { mkdirSync, openSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Session } from '../../../../lib/driver/session/session';
import { lockRemovals } from '../../../../lib/driver/storage/volume-lock';
import { makeVolume } from '../../../../lib/driver/volumes/making';
import { preparedPool } from '../../../../lib/driver/volumes/pool';
import { native } from '../../../../lib/host/native';
import type { Connection } from '../../../../lib/index';
import { domainXml } from '../../../support/domain/domain-xml';
import { FakeHost } from '../../../support/fake/host/fake-host';
import { removeScratchAfterEach, scratchDirectory } from '../scratch';

removeScratchAfterEach();

let session: Session;
let connection: Connection;
let pool: Awaited<ReturnType<typeof preparedPool>>;
/** That of the image, with one file. */
let image: string;

beforeEach(async () => {
  const host = new FakeHost(scratchDirectory());
  session = host.session();
  connection = host.connect();
  pool = await preparedPool(session);
  image = join(host.root, 'image');
  mkdirSync(image);
  writeFileSync(join(image, 'seed'), 'of the image\n');
});

const place = (...path: string[]): string => join(pool.definition.target, 'data', ...path);
const files = (): string[] => readdirSync(place()).sort();
const drafts = (): string[] =>
  readdirSync(pool.definition.target, { recursive: true, encoding: 'utf8' }).filter((path) =>
    path.startsWith('.tslxc-drafts/'),
  );
const isKnown = async (): Promise<boolean> =>
  (await (await connection.lookupStoragePoolByName('volumes')).volumes()).length === 1;

/** Makes it with what the image has. `meanwhile` runs once it has been looked for. */
function make(meanwhile: () => void = () => undefined, signal?: AbortSignal): Promise<void> {
  const open = (): number => {
    meanwhile();
    return openSync(image, 'r');
  };
  return makeVolume(session, pool, { name: 'data', contents: { path: '/db', open }, signal });
}

const use = () =>
  connection.defineDomain(
    domainXml({
      name: 'web',
      devices: `<filesystem><source dir='${place()}'/><target dir='/srv'/></filesystem>`,
    }),
  );

test('what another program makes there meanwhile, with files, stays as it is', async () => {
  await make(() => {
    mkdirSync(place());
    writeFileSync(place('own'), '');
  });
  expect(files()).toEqual(['own']);
  expect(await isKnown()).toBe(true);
});

test('an empty one that is made meanwhile is filled', async () => {
  await make(() => mkdirSync(place()));
  expect(files()).toEqual(['seed']);
});

test('an empty one that is made meanwhile for another domain is left to that', async () => {
  await use();
  let made = 0;
  await make(() => {
    mkdirSync(place());
    made = statSync(place()).ino;
  });
  expect(files()).toEqual([]);
  expect(statSync(place()).ino).toBe(made);
});

test('an empty one that a domain has is not even copied to', async () => {
  mkdirSync(place());
  await use();
  await make();
  expect(files()).toEqual([]);
  // Nor is there a place for drafts.
  expect(readdirSync(pool.definition.target)).toEqual(['data']);
});

test('an empty one that gets files meanwhile keeps them', async () => {
  mkdirSync(place());
  await make(() => writeFileSync(place('own'), ''));
  expect(files()).toEqual(['own']);
});

test('one that is removed meanwhile is not made in its place: the caller looks again', async () => {
  mkdirSync(place());
  await make(() => rmSync(place(), { recursive: true }));
  expect(readdirSync(pool.definition.target)).not.toContain('data');
  await make();
  expect(files()).toEqual(['seed']);
});

test.each(['before it is copied', 'while the lock of removals is waited for'])(
  'a signal that fires %s ends it and leaves what was there',
  async (when) => {
    mkdirSync(place());
    const before = statSync(place()).ino;
    const caller = new AbortController();
    const wait = jest.spyOn(native(), 'flock').mockImplementation(() => {
      caller.abort();
      return new Promise(() => undefined);
    });
    using _held = await lockRemovals(session.paths);
    const making = make(() => {
      if (when === 'before it is copied') caller.abort();
    }, caller.signal);
    await expect(making).rejects.toMatchObject({ code: 'OPERATION_ABORTED' });
    expect(wait).toHaveBeenCalledTimes(when === 'before it is copied' ? 0 : 1);
    wait.mockRestore();
    expect(statSync(place()).ino).toBe(before);
    expect(drafts()).toEqual([]);
  },
);
