/**
 * Stored files that are cut short, changed, foreign, or no files: each is listed with the reason, refused by what needs its content,
 * spoils no other domain, and is never touched until it is edited, replaced or undefined.
 */
import { execFileSync } from 'node:child_process';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { domainXml } from '../../../support/domain/domain-xml';
import { someOf } from '../../../support/time/repeats';
import { FakeHost } from '../../../support/fake/host/fake-host';
import { removeScratchAfterEach, scratchDirectory } from '../scratch';

removeScratchAfterEach();

let host: FakeHost;
let path: string;
let whole: Buffer;

beforeEach(async () => {
  host = new FakeHost(scratchDirectory());
  const connection = host.connect();
  await connection.defineDomain(domainXml({ name: 'web', elements: '<title>Ünï</title>' }));
  await connection.defineDomain(domainXml({ name: 'other' }));
  path = join(host.root, 'etc/tslxc/lxc/web.xml');
  whole = readFileSync(path);
});

/** With what stands there now: both are there, and this one can be read or is refused. Resolves to which. */
async function look(): Promise<'read' | 'refused'> {
  const connection = host.connect('read-only');
  const names = (await connection.listDomains()).map(({ name }) => name);
  expect(names).toEqual(['other', 'web']);
  expect(await (await connection.lookupDomainByName('other')).state()).toEqual(off);
  const domain = await connection.lookupDomainByName('web');
  const byUuid = await connection.lookupDomainByUuid(domain.uuid);
  expect(byUuid.name).toBe('web');
  const { unreadable } = await domain.state();
  if (unreadable === undefined) {
    await domain.info();
    return 'read';
  }
  expect(unreadable).toContain(path);
  const refused = { path, message: expect.stringContaining(path) as string };
  await expect(domain.info()).rejects.toMatchObject(refused);
  await expect(domain.xml()).rejects.toMatchObject(refused);
  return 'refused';
}

const off = { state: 'shutoff', reason: 'unknown' };

test('of every length that is cut short', async () => {
  // The newline at the end says nothing.
  for (const length of someOf([...whole.keys()].slice(0, -1), 0)) {
    writeFileSync(path, whole.subarray(0, length));
    expect([length, await look()]).toEqual([length, 'refused']);
    expect(readFileSync(path).length).toBe(length);
  }
});

test('with a bit of every byte changed', async () => {
  let refused = 0;
  const places = someOf([...whole.keys()], 1);
  for (const at of places) {
    const flipped = Buffer.from(whole);
    flipped.writeUInt8(flipped.readUInt8(at) ^ (1 << (at % 8)), at);
    writeFileSync(path, flipped);
    if ((await look()) === 'refused') refused += 1;
    expect(readFileSync(path).equals(flipped)).toBe(true);
  }
  expect(refused).toBeGreaterThan(places.length / 4);
});

test.each<readonly [string, (place: string) => void]>([
  ['a directory', (place) => mkdirSync(place)],
  ['a fifo', (place) => void execFileSync('mkfifo', [place])],
  ['a link to nothing', (place) => symlinkSync('nothing', place)],
  ['a link to itself', (place) => symlinkSync('web.xml', place)],
  ['another domain', (place) => writeFileSync(place, domainXml({ name: 'third' }))],
  ['a network', (place) => writeFileSync(place, '<network><name>web</name></network>')],
  [
    'of another hypervisor',
    (place) => writeFileSync(place, "<domain type='kvm'><name>web</name></domain>"),
  ],
  [
    'of a newer version',
    (place) => writeFileSync(place, whole.toString().replace('<os>', '<newer/><os>')),
  ],
  ['no text', (place) => writeFileSync(place, Buffer.from([0xff, 0xfe, 0, 1, 2, 3]))],
])('%s in its place', async (_, put) => {
  rmSync(path);
  put(path);
  const connection = host.connect('read-only');
  const seen = await connection.listSeenDomains();
  const states = await Promise.all(
    seen.map(async ({ domain, state }) => [domain.name, await state()] as const),
  );
  expect(states).toEqual([
    ['other', off],
    ['web', unreadableState],
  ]);
  await expect((await connection.lookupDomainByName('other')).info()).resolves.toBeDefined();
});

test.each([
  ['nothing', 'nothing'],
  ['itself', 'web.xml'],
])('a link to %s in its place is undefined, or replaced', async (_, target) => {
  const connection = host.connect();
  const put = (): void => {
    rmSync(path, { force: true });
    symlinkSync(target, path);
  };
  put();
  await (await connection.lookupDomainByName('web')).undefine();
  expect((await connection.listDomains()).map(({ name }) => name)).toEqual(['other']);
  put();
  await connection.defineDomain(domainXml({ name: 'web' }));
  expect(await (await connection.lookupDomainByName('web')).xml()).toContain('<name>web</name>');
});

describe.each<readonly [string, (place: string) => void]>([
  [
    'a directory with something in it',
    (place) => {
      mkdirSync(place);
      writeFileSync(join(place, 'kept'), 'kept');
    },
  ],
  [
    'a link to a directory',
    (place) => {
      mkdirSync(join(host.root, 'elsewhere'));
      writeFileSync(join(host.root, 'elsewhere/kept'), 'kept');
      symlinkSync(join(host.root, 'elsewhere'), place);
    },
  ],
])('%s in its place', (what, put) => {
  const kept = (): string =>
    what === 'a link to a directory' ? join(host.root, 'elsewhere') : `${path}.aside-1`;

  beforeEach(() => {
    rmSync(path);
    put(path);
  });

  test('is undefined, and kept under another name', async () => {
    const connection = host.connect();
    await (await connection.lookupDomainByName('web')).undefine();
    expect((await connection.listDomains()).map(({ name }) => name)).toEqual(['other']);
    expect(lstatSync(path, { throwIfNoEntry: false })).toBeUndefined();
    expect(readFileSync(join(kept(), 'kept'), 'utf8')).toBe('kept');
  });

  test('is replaced by a definition, and kept under another name', async () => {
    const connection = host.connect();
    await connection.defineDomain(domainXml({ name: 'web' }));
    expect(await look()).toBe('read');
    expect(lstatSync(path).isFile()).toBe(true);
    expect(readFileSync(join(kept(), 'kept'), 'utf8')).toBe('kept');
  });
});

test('a second directory does not replace the first one that was moved', async () => {
  const connection = host.connect();
  for (const number of [1, 2]) {
    rmSync(path);
    mkdirSync(path);
    writeFileSync(join(path, 'kept'), String(number));
    await connection.defineDomain(domainXml({ name: 'web' }));
  }
  const texts = [1, 2].map((number) => readFileSync(`${path}.aside-${number}/kept`, 'utf8'));
  expect(texts).toEqual(['1', '2']);
});

const unreadableState = { ...off, unreadable: expect.stringMatching('web.xml') as string };

/** Of a newer version: all of it is there, and one element is not known. */
function putNewer(): void {
  writeFileSync(path, whole.toString().replace('<os>', '<newer/><os>'));
}

test('it is started with the host if it is marked, which fails with the reason; the others are started', async () => {
  const connection = host.connect();
  for (const one of await connection.listDomains()) await one.setAutostart('on');
  putNewer();
  expect(await connection.autostartAll()).toEqual([
    expect.objectContaining({ domain: 'other', outcome: 'started' }),
    expect.objectContaining({
      domain: 'web',
      outcome: 'failed',
      error: expect.objectContaining({ code: 'XML_ERROR', path }) as Error,
    }),
  ]);
});

test('what it runs is told, and that its definition can not be read', async () => {
  const connection = host.connect();
  const domain = await connection.lookupDomainByName('web');
  await domain.start();
  putNewer();
  const state = { state: 'running', reason: 'booted', unreadable: unreadableState.unreadable };
  expect(await domain.state()).toEqual(state);
  expect(await domain.info()).toMatchObject({ state, maxMemory: 102400 });
  const [first] = await connection.listSeenDomains({ state: 'active' });
  expect(await first?.state()).toEqual(state);
  await domain.destroy();
  expect(await domain.state()).toMatchObject({ ...unreadableState, reason: 'destroyed' });
});

test('its text is edited as it stands, and what comes of that is stored', async () => {
  const connection = host.connect();
  const { uuid } = await connection.lookupDomainByName('web');
  putNewer();
  const domain = await connection.lookupDomainByName('web');
  expect(domain.uuid).toBe(uuid);
  const text = await domain.editableXml();
  expect(text).toContain('<newer/><os>');
  await expect(connection.defineDomain(text.replace('<newer/>', '</'))).rejects.toBeDefined();
  await connection.defineDomain(text.replace('<newer/>', ''));
  expect(await domain.state()).toEqual(off);
  expect(await domain.xml()).toBe(await domain.editableXml());
});

test.each([
  ['no uuid', undefined],
  ['its uuid', 'own'],
  ['another uuid', '11111111-2222-4333-8444-555555555555'],
])('it is replaced by a definition with %s', async (_, given) => {
  const connection = host.connect();
  const { uuid: own } = await connection.lookupDomainByName('web');
  putNewer();
  const uuid = given === 'own' ? own : given;
  const made = await connection.defineDomain(
    domainXml({ name: 'web', ...(uuid === undefined ? {} : { uuid }) }),
  );
  expect(made.uuid).toBe(uuid ?? own);
  expect(await made.state()).toEqual(off);
});

test('its uuid is not given to another name', async () => {
  const connection = host.connect();
  const { uuid } = await connection.lookupDomainByName('web');
  putNewer();
  await expect(connection.defineDomain(domainXml({ name: 'third', uuid }))).rejects.toMatchObject({
    code: 'OPERATION_FAILED',
  });
});

test.each(['newer', 'empty'])('it is undefined, also when it is %s', async (kind) => {
  const connection = host.connect();
  if (kind === 'newer') putNewer();
  else writeFileSync(path, '');
  await (await connection.lookupDomainByName('web')).undefine();
  expect((await connection.listDomains()).map(({ name }) => name)).toEqual(['other']);
  expect(existsSync(path)).toBe(false);
});
