/** lib/driver/session/access.ts: who may do what, and what the others are told. */
import {
  checkConnectable,
  checkPrivileged,
  checkWritable,
} from '../../../../lib/driver/session/access';
import { runChild, source } from '../source-child';
import { containing, errorOf } from '../refusal';

const root = { uid: 0, capabilities: 0x1ffffffffffn, noNewPrivileges: false };
const withoutAdmin = 0x1ffffffffffn & ~(1n << 21n);

test('root with CAP_SYS_ADMIN may', () => {
  expect(() => checkPrivileged(root)).not.toThrow();
});

test.each([
  ['root without CAP_SYS_ADMIN', { ...root, capabilities: withoutAdmin }],
  ['another user with CAP_SYS_ADMIN', { ...root, uid: 1000 }],
  ['nobody', { ...root, uid: 65534, capabilities: 0n }],
])('%s may not', async (_, privilege) => {
  expect(await errorOf(() => checkPrivileged(privilege))).toMatchObject({
    code: 'ACCESS_DENIED',
    message: 'access denied: needs root (CAP_SYS_ADMIN)',
  });
});

test('the root of a user namespace is told why it may not', async () => {
  const inside = { ...root, userNamespace: 'own' } as const;
  expect(await errorOf(() => checkPrivileged(inside))).toMatchObject({
    code: 'ACCESS_DENIED',
    message: containing('PrivateUsers'),
  });
});

test('a service that could never clean up may not connect', async () => {
  const service = { ...root, noNewPrivileges: true };
  expect(await errorOf(() => checkConnectable(service))).toMatchObject({
    code: 'OPERATION_DENIED',
    message: containing('no_new_privs'),
  });
});

test('who can start nothing anyway may connect with no_new_privs', () => {
  const nobody = { uid: 65534, capabilities: 0n, noNewPrivileges: true };
  expect(() => checkConnectable(nobody)).not.toThrow();
});

test('a read-only connection refuses in the words of libvirt', async () => {
  expect(() => checkWritable('read-write', 'Domain.start')).not.toThrow();
  expect(await errorOf(() => checkWritable('read-only', 'Domain.start'))).toMatchObject({
    code: 'OPERATION_DENIED',
    message: 'operation forbidden: read only access prevents Domain.start',
  });
});

const xml = `<domain type='lxc'><name>x</name><memory>1024</memory><os><type>exe</type><init>/bin/sh
</init></os><devices><console type='pty'/></devices></domain>`;

test('as another user than root uri, version and plan work, and all else is one error', async () => {
  // Who is not root is another user already.
  const other = process.getuid?.() === 0 ? { uid: 65534 } : {};
  const code = `
    const { connect } = require(${source('index.ts')});
    const connection = await connect();
    const plan = await connection.plan({ xml: ${JSON.stringify(xml.replace('\n', ''))} });
    const seen = [connection.uri, connection.version().kernel !== '', plan.inside.length > 0];
    const calls = {
      lookupDomainByName: () => connection.lookupDomainByName('x'),
      lookupDomainByUuid: () => connection.lookupDomainByUuid('x'),
      lookupDomainById: () => connection.lookupDomainById(1),
      defineDomain: () => connection.defineDomain(''),
      createDomain: () => connection.createDomain(''),
      listDomains: () => connection.listDomains(),
      reap: () => connection.reap(),
      events: async () => connection.events(),
      plan: async () => connection.plan({ name: 'x' }),
    };
    for (const [name, call] of Object.entries(calls)) {
      seen.push(await call().then(() => name + ' worked', (e) => e.code + ' ' + e.message));
    }
    await connection.close();
    console.log(JSON.stringify(seen));
  `;
  const printed = await runChild(code, other);
  const refused = 'ACCESS_DENIED access denied: needs root (CAP_SYS_ADMIN)';
  const refusals = Array.from({ length: 9 }, () => refused);
  expect(JSON.parse(printed)).toEqual(['lxc:///', true, true, ...refusals]);
});
