/** lib/host/state/definitions/known-identities.ts: what one process has parsed, another one need not, as long as the files are as they were. */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { join } from 'node:path';
import { parseDomain } from '../../../../lib/domain/parse';
import { domainStore } from '../../../../lib/driver/session/stores';
import { KnownIdentities } from '../../../../lib/host/state/definitions/known-identities';
import { domainXml } from '../../../support/domain/domain-xml';
import { removeScratchAfterEach, scratchDirectory } from '../../driver/scratch';

removeScratchAfterEach();

const made = { newUuid: randomUUID, newMac: () => '', portId: () => '' };
const context = { arch: 'x86_64', emulator: '/monitor', ...made };
const none = () => undefined;
const logger = { debug: none, info: none, warn: none, error: none };
const names = Array.from({ length: 9 }, (_, index) => `web${index}`);
const uuidOf = (name: string, group = '0001') =>
  `11111111-1111-4111-${group}-${name.replace(/\D/g, '').padStart(12, '0')}`;

let folder: string;
let record: string;

beforeEach(() => {
  folder = join(scratchDirectory(), 'lxc');
  record = join(folder, '..', 'run', 'identities.json');
  mkdirSync(folder);
  for (const name of names) put(name, uuidOf(name));
});

function put(name: string, uuid: string): void {
  writeFileSync(join(folder, `${name}.xml`), domainXml({ name, uuid }));
}

/** What a process finds that has just begun, and which files it parses for that. */
async function listed(): Promise<{ uuids: string[]; parsed: string[] }> {
  const parsed: string[] = [];
  const parse = (xml: string) => {
    const definition = parseDomain(xml, context);
    parsed.push(definition.name);
    return definition;
  };
  const known = new KnownIdentities(record);
  const store = domainStore({ directory: folder, parse, logger, known });
  const found = await store.identities();
  return { uuids: found.map(({ uuid }) => uuid), parsed };
}

/** The times of a file that is as young as this may stay the same when it changes. */
const whenSettled = () => sleep(80);
const all = names.map((name) => uuidOf(name));

test('the second process parses nothing', async () => {
  await whenSettled();
  expect(await listed()).toEqual({ uuids: all, parsed: names });
  expect(await listed()).toEqual({ uuids: all, parsed: [] });
});

test('what has changed is parsed, and what is gone is not listed', async () => {
  await whenSettled();
  await listed();
  put('web3', uuidOf('web3', '0002'));
  rmSync(join(folder, 'web5.xml'));
  const uuids = all.with(3, uuidOf('web3', '0002')).toSpliced(5, 1);
  expect(await listed()).toEqual({ uuids, parsed: ['web3'] });
});

test('a file that became none is no longer known by the uuid that it had', async () => {
  await whenSettled();
  await listed();
  writeFileSync(join(folder, 'web3.xml'), '<domain');
  const { uuids } = await listed();
  expect(uuids[3]).not.toBe(all[3]);
  expect(uuids).toEqual(all.with(3, uuids[3] ?? ''));
});

test('nothing is kept of files that may change without a change of their times', async () => {
  // However long this process waits for a processor, they are as young as when they were written.
  const clock = jest.spyOn(Date, 'now').mockReturnValue(Date.now());
  try {
    for (const name of names) put(name, uuidOf(name));
    await listed();
    expect(existsSync(record)).toBe(false);
  } finally {
    clock.mockRestore();
  }
});

test('a few new ones are not worth a write', async () => {
  for (const name of names.slice(2)) rmSync(join(folder, `${name}.xml`));
  await whenSettled();
  await listed();
  expect(existsSync(record)).toBe(false);
});

test.each([
  ['of another version', (text: string) => text.replace(/"version":"[^"]*"/, '"version":"0.0.0"')],
  ['cut off', (text: string) => text.slice(0, 50)],
  ['of something else', () => '{"version":"0.1.0","files":[["web1",1,2],null]}'],
])('one that is %s is passed over, and replaced', async (_what, change) => {
  await whenSettled();
  await listed();
  const text = readFileSync(record, 'utf8');
  writeFileSync(record, change(text));
  expect(await listed()).toEqual({ uuids: all, parsed: names });
  expect(readFileSync(record, 'utf8')).toBe(text);
});

test('addresses are looked for in the files themselves', async () => {
  await whenSettled();
  await listed();
  const parse = (xml: string) => parseDomain(xml, context);
  const known = new KnownIdentities(record);
  const store = domainStore({ directory: folder, parse, logger, known });
  writeFileSync(
    join(folder, 'web3.xml'),
    domainXml({ name: 'web3', uuid: uuidOf('web3') }).replace(
      '</name>',
      '</name><!-- 52:54:00:00:00:07 -->',
    ),
  );
  expect(await store.addresses({ except: 'web1' })).toContain('52:54:00:00:00:07');
});
