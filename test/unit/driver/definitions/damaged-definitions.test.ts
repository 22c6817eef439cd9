/** Stored files that are cut short, changed, foreign, or no files: refused one by one with their path, and never touched. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { TslxcError } from '../../../../lib/errors';
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

/** With what stands there now: others are there, and this one is one or refused. Resolves to which. */
async function look(): Promise<'read' | 'refused'> {
  const connection = host.connect('read-only');
  const names = (await connection.listDomains()).map(({ name }) => name);
  expect(names).toContain('other');
  expect((await connection.lookupDomainByName('other')).name).toBe('other');
  try {
    await connection.lookupDomainByName('web');
    expect(names).toContain('web');
    return 'read';
  } catch (error) {
    expect(names).not.toContain('web');
    if (!TslxcError.is(error)) throw error;
    expect({ path: error.path, message: error.message }).toMatchObject({ path });
    return 'refused';
  }
}

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
  expect((await connection.listDomains()).map(({ name }) => name)).toEqual(['other']);
  await expect(connection.lookupDomainByName('web')).rejects.toMatchObject({
    code: expect.stringMatching(/^[A-Z_]+$/) as string,
  });
  await expect((await connection.lookupDomainByName('other')).info()).resolves.toBeDefined();
});
