/** Secrets on a root in a folder: where they are kept, who may read what, and what a change does to a value. */
import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FakeHost } from '../../../support/fake/host/fake-host';
import { errorOf } from '../refusal';
import { removeScratchAfterEach, scratchDirectory } from '../scratch';

removeScratchAfterEach();

const uuid = '0a81f5b2-8403-4b23-88d6-21ccc2f80d6f';
const other = '1a81f5b2-8403-4b23-88d6-21ccc2f80d6f';

function xml(
  attributes = '',
  usage = "<usage type='tls'><name>web</name></usage>",
  id = uuid,
): string {
  return `<secret ${attributes}><uuid>${id}</uuid>${usage}</secret>`;
}

function host() {
  const fake = new FakeHost(scratchDirectory());
  const kept = join(fake.root, 'etc/tslxc/secrets');
  const passing = join(fake.root, 'run/tslxc/secrets');
  return { fake, secrets: fake.connect().secrets, kept, passing };
}

test('a value comes back byte for byte, from files that only root can read', async () => {
  const { fake, secrets, kept } = host();
  const value = Buffer.from(Array.from({ length: 256 }, (_, index) => index));
  expect(await secrets.define(xml())).toEqual({
    uuid,
    ephemeral: false,
    private: false,
    usage: { type: 'tls', id: 'web' },
  });
  expect(await errorOf(() => secrets.getValue(uuid))).toMatchObject({
    code: 'NO_SECRET',
    message: `Secret not found: secret '${uuid}' does not have a value`,
  });
  await secrets.setValue(uuid, value);
  expect(await secrets.getValue(uuid)).toEqual(value);
  // Another process finds the same.
  expect(await fake.connect().secrets.getValue(uuid.toUpperCase())).toEqual(value);
  expect(readdirSync(kept).sort()).toEqual([`${uuid}.base64`, `${uuid}.xml`]);
  const modes = readdirSync(kept).map((name) => statSync(join(kept, name)).mode & 0o777);
  expect([statSync(kept).mode & 0o777, ...modes]).toEqual([0o700, 0o600, 0o600]);
  expect(await secrets.xml(uuid)).not.toContain(value.toString('base64').slice(0, 8));
  await secrets.undefine(uuid);
  expect(readdirSync(kept)).toEqual([]);
  expect(await errorOf(() => secrets.lookup(uuid))).toMatchObject({ code: 'NO_SECRET' });
});

test('a private value is given to nobody, and a private secret stays private', async () => {
  const { fake, secrets } = host();
  await secrets.define(xml("private='yes'"));
  await secrets.setValue(uuid, Buffer.from('x'));
  expect(await errorOf(() => secrets.getValue(uuid))).toMatchObject({
    code: 'INVALID_SECRET',
    message: 'Invalid secret: secret is private',
  });
  expect(await errorOf(() => secrets.define(xml()))).toMatchObject({
    code: 'INTERNAL_ERROR',
    message: 'internal error: cannot change private flag on existing secret',
  });
  const reader = fake.connect('read-only').secrets;
  expect(await errorOf(() => reader.getValue(uuid))).toMatchObject({ code: 'OPERATION_DENIED' });
  expect(await reader.list()).toHaveLength(1);
});

test('an ephemeral one is never below /etc, and takes its value along when that changes', async () => {
  const { secrets, kept, passing } = host();
  const value = Buffer.from('hunter2');
  await secrets.define(xml("ephemeral='yes'"));
  await secrets.setValue(uuid, value);
  expect(readdirSync(passing).sort()).toEqual([`${uuid}.base64`, `${uuid}.xml`]);
  // The folder itself is what all changes are locked by.
  expect(readdirSync(kept)).toEqual([]);
  await secrets.define(xml());
  expect([readdirSync(passing), readdirSync(kept).length]).toEqual([[], 2]);
  expect(await secrets.getValue(uuid)).toEqual(value);
  await secrets.define(xml("ephemeral='yes' private='yes'"));
  expect([readdirSync(passing).length, readdirSync(kept)]).toEqual([2, []]);
  expect(await secrets.list({ ephemeral: true, private: true })).toHaveLength(1);
  expect(await secrets.list({ ephemeral: false })).toEqual([]);
  expect(await secrets.list({ private: false })).toEqual([]);
});

test('no two are for the same, and one is not for another thing later', async () => {
  const { secrets } = host();
  await secrets.define(xml());
  const twice = await errorOf(() => secrets.define(xml('', undefined, other)));
  expect(twice).toMatchObject({
    code: 'INTERNAL_ERROR',
    message: `internal error: a secret with UUID ${uuid} already defined for use with web`,
  });
  const changed = xml('', "<usage type='ceph'><name>web</name></usage>");
  expect(await errorOf(() => secrets.define(changed))).toMatchObject({
    message: `internal error: a secret with UUID ${uuid} is already defined for use with web`,
  });
  // Without a purpose there may be any number.
  await secrets.define(xml('', '', other));
  await secrets.define('<secret/>');
  expect(await secrets.list()).toHaveLength(3);
  const usage = { type: 'tls', id: 'web' } as const;
  expect((await secrets.lookupByUsage(usage)).uuid).toBe(uuid);
  expect(await errorOf(() => secrets.lookupByUsage({ type: 'ceph', id: 'web' }))).toMatchObject({
    code: 'NO_SECRET',
  });
});

test('a new secret has no value that a former one has left', async () => {
  const { secrets, kept } = host();
  mkdirSync(kept, { recursive: true });
  writeFileSync(join(kept, `${uuid}.base64`), 'b2xk');
  await secrets.define(xml());
  expect(existsSync(join(kept, `${uuid}.base64`))).toBe(false);
});

test('one whose definition can’t be read is listed with the reason, and its value is given to nobody', async () => {
  const { fake, secrets, kept } = host();
  await secrets.define(xml());
  await secrets.setValue(uuid, Buffer.from('x'));
  writeFileSync(join(kept, `${uuid}.xml`), '<secret');
  const { secrets: fresh } = { secrets: fake.connect().secrets };
  expect(await fresh.list()).toEqual([
    { uuid, ephemeral: false, private: true, unreadable: expect.any(String) as string },
  ]);
  // Not as one that is private: what is to be mended is the file.
  expect(await errorOf(() => fresh.getValue(uuid))).toMatchObject({
    code: 'XML_DETAIL',
    path: join(kept, `${uuid}.xml`),
  });
  await fresh.undefine(uuid);
  expect(readdirSync(kept)).toEqual([]);
});

test('a value is bounded, and what is no base64 is said to be none', async () => {
  const { secrets, kept } = host();
  await secrets.define(xml());
  await secrets.setValue(uuid, Buffer.alloc(65_536));
  expect(await errorOf(() => secrets.setValue(uuid, Buffer.alloc(65_537)))).toMatchObject({
    code: 'INVALID_ARG',
  });
  expect(await secrets.getValue(uuid)).toHaveLength(65_536);
  writeFileSync(join(kept, `${uuid}.base64`), 'no base64!');
  expect(await errorOf(() => secrets.getValue(uuid))).toMatchObject({
    code: 'OPERATION_FAILED',
    path: join(kept, `${uuid}.base64`),
  });
});
