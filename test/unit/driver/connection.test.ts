/** lib/driver/connection.ts and lookup/lookup.ts: finding domains, and letting go. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { statePaths } from '../../../lib/host/state/state-paths';
import { connect } from '../../../lib/driver/connection';
import { checkHost } from '../../../lib/driver/doctor/check-host';
import type { ConnectOptions } from '../../../lib/driver/types';
import { domainXml, rootFilesystem } from '../../support/domain/domain-xml';
import { FakeHost } from '../../support/fake/host/fake-host';
import { removeScratchAfterEach, scratchDirectory } from './scratch';
import { containing, errorOf } from './refusal';

removeScratchAfterEach();

const uuid = '11111111-1111-4111-8111-1111111111ab';

let host: FakeHost;

beforeEach(() => {
  host = new FakeHost(scratchDirectory());
});

test.each([
  [{ root: 'relative' }, 'root'],
  [
    { hardening: 'none' as 'compat' },
    "options.hardening is 'none', not one of compat, hardened, isolated",
  ],
  [{ startTimeout: 0 }, 'startTimeout'],
  [{ startTimeout: 1.5 }, 'startTimeout'],
])('connect refuses %j', async (options, word) => {
  await expect(connect('lxc:///', options)).rejects.toMatchObject({
    code: 'INVALID_ARG',
    message: containing(word),
  });
});

describe('the root of a connection', () => {
  afterEach(() => {
    delete process.env['TSLXC_ROOT'];
  });

  /** A root that is recognized by its settings. */
  const rootOf = (level: string): string => {
    const root = scratchDirectory();
    const { settings } = statePaths(root);
    mkdirSync(dirname(settings), { recursive: true });
    writeFileSync(settings, `hardening = "${level}"\n`);
    return root;
  };
  const isHardened = async (options: ConnectOptions): Promise<boolean> => {
    await using connection = await connect(undefined, options);
    const { inside } = await connection.plan({ xml: domainXml({}) });
    return inside.some(({ op }) => op === 'setSeccomp');
  };

  test('is that of the environment, as for the command, unless an option names another', async () => {
    process.env['TSLXC_ROOT'] = rootOf('compat');
    expect(await isHardened({})).toBe(false);
    expect(await isHardened({ root: rootOf('hardened') })).toBe(true);
  });

  test.each(['', 'relative'])('is refused with its name when it is %j', async (root) => {
    process.env['TSLXC_ROOT'] = root;
    const refused = {
      code: 'INVALID_ARG',
      message: `invalid argument: TSLXC_ROOT of the environment: '${root}' is not absolute`,
    };
    await expect(connect()).rejects.toMatchObject(refused);
    await expect(checkHost()).rejects.toMatchObject(refused);
  });
});

test('a root of the caller that is not absolute is refused by its name', async () => {
  const refused = { code: 'INVALID_ARG', element: 'options.root' };
  await expect(connect(undefined, { root: 'relative' })).rejects.toMatchObject(refused);
  await expect(checkHost({ root: '' })).rejects.toMatchObject(refused);
});

describe('the level of a connection', () => {
  const levelOf = async (
    options: ConnectOptions,
    elements = '',
    uri = 'lxc:///',
  ): Promise<string> => {
    await using connection = await connect(uri, options);
    // Out of the reach of others, as what a container with own ids writes to has to be.
    const root = join(scratchDirectory(), 'root');
    mkdirSync(root);
    const devices = rootFilesystem(root);
    const { header, inside } = await connection.plan({ xml: domainXml({ elements, devices }) });
    if (header.uidMap !== '') return 'isolated';
    return inside.some(({ op }) => op === 'setSeccomp') ? 'hardened' : 'compat';
  };

  afterEach(() => {
    delete process.env['TSLXC_HARDENING'];
  });

  test('is hardened, else that of the environment, else that of the option', async () => {
    expect(await levelOf({})).toBe('hardened');
    process.env['TSLXC_HARDENING'] = 'compat';
    expect(await levelOf({})).toBe('compat');
    expect(await levelOf({ hardening: 'hardened' })).toBe('hardened');
    expect(await levelOf({}, '', 'lxc:///?hardening=isolated')).toBe('isolated');
    process.env['TSLXC_HARDENING'] = 'none';
    await expect(levelOf({})).rejects.toMatchObject({ code: 'INVALID_ARG' });
  });

  test('is that of the host where neither names one, as it is at each start', async () => {
    const root = scratchDirectory();
    const { settings } = statePaths(root);
    mkdirSync(dirname(settings), { recursive: true });
    writeFileSync(settings, 'hardening = "isolated"\n');
    expect(await levelOf({ root })).toBe('isolated');
    expect(await levelOf({ root, hardening: 'compat' })).toBe('compat');
    process.env['TSLXC_HARDENING'] = 'hardened';
    expect(await levelOf({ root })).toBe('hardened');
    delete process.env['TSLXC_HARDENING'];
    writeFileSync(settings, 'hardening = "compat"\n');
    expect(await levelOf({ root })).toBe('compat');
  });

  test('can’t be two at once', async () => {
    const asked = levelOf({ hardening: 'compat' }, '', 'lxc:///?hardening=isolated');
    await expect(asked).rejects.toMatchObject({
      code: 'INVALID_ARG',
      message: containing("hardening is 'compat' in the options, and 'isolated' in the URI"),
    });
    const same = levelOf({ hardening: 'isolated' }, '', 'lxc:///?hardening=isolated');
    expect(await same).toBe('isolated');
  });

  test('gives way to that of the domain', async () => {
    const own = (level: string) =>
      `<metadata><t:container xmlns:t='urn:tslxc:domain:1'><t:hardening level='${level}'/></t:container></metadata>`;
    expect(await levelOf({ hardening: 'compat' }, own('hardened'))).toBe('hardened');
    expect(await levelOf({ hardening: 'hardened' }, own('compat'))).toBe('compat');
    expect(await levelOf({ hardening: 'isolated' }, own('hardened'))).toBe('hardened');
    expect(await levelOf({ hardening: 'compat' }, own('isolated'))).toBe('isolated');
  });
});

test('connect to another hypervisor rejects', async () => {
  await expect(connect('qemu:///system')).rejects.toMatchObject({ code: 'NO_CONNECT' });
});

test('a domain is found by name, by id and by its uuid in any form', async () => {
  const connection = host.connect();
  const domain = await connection.defineDomain(domainXml({ name: 'web', uuid }));
  await domain.start();
  const forms = [uuid, uuid.toUpperCase(), uuid.replaceAll('-', '')];
  const found = [
    await connection.lookupDomainByName('web'),
    await connection.lookupDomainById(101),
    ...(await Promise.all(forms.map((form) => connection.lookupDomainByUuid(form)))),
  ];
  for (const one of found) expect(one).toMatchObject({ name: 'web', uuid });
});

test('what is not there is not found, in the words of libvirt', async () => {
  const connection = host.connect();
  const missing = (text: string) => ({ code: 'NO_DOMAIN', message: `Domain not found: ${text}` });
  await expect(connection.lookupDomainByName('x')).rejects.toMatchObject(
    missing("No domain with matching name 'x'"),
  );
  await expect(connection.lookupDomainByName('../x')).rejects.toMatchObject({ code: 'NO_DOMAIN' });
  await expect(connection.lookupDomainById(5)).rejects.toMatchObject(
    missing('No domain with matching id 5'),
  );
  await expect(connection.lookupDomainByUuid(uuid)).rejects.toMatchObject(
    missing(`No domain with matching uuid '${uuid}'`),
  );
  await expect(connection.lookupDomainByUuid('x')).rejects.toMatchObject({ code: 'INVALID_ARG' });
});

test('a list has the active by id, then the inactive by name, and less by filter', async () => {
  const connection = host.connect();
  for (const name of ['d', 'c', 'b', 'a']) await connection.defineDomain(domainXml({ name }));
  await (await connection.lookupDomainByName('c')).start();
  await connection.createDomain(domainXml({ name: 'z' }));
  await (await connection.lookupDomainByName('b')).start();
  const names = async (filter = {}) =>
    (await connection.listDomains(filter)).map(({ name }) => name).join('');
  expect(await names()).toBe('czbad');
  expect(await names({ state: 'active' })).toBe('czb');
  expect(await names({ state: 'inactive' })).toBe('ad');
  expect(await names({ persistence: 'transient' })).toBe('z');
  expect(await names({ persistence: 'persistent', state: 'active' })).toBe('cb');
});

test('two connections see one event stream', async () => {
  const [first, second] = [host.connect(), host.connect()];
  const streams = [first.events(), second.events()];
  const domain = await first.defineDomain(domainXml({ name: 'web' }));
  await domain.start();
  await domain.destroy();
  await (await second.lookupDomainByName('web')).undefine();
  for (const stream of streams) {
    const seen: string[] = [];
    for await (const { event, detail } of stream) {
      if (seen.push(`${event} ${detail}`) === 4) break;
    }
    expect(seen).toEqual([
      'defined added',
      'started booted',
      'stopped destroyed',
      'undefined removed',
    ]);
  }
});

test('a closed connection ends its streams, lets its containers go and refuses the rest', async () => {
  const connection = host.connect();
  const domain = await connection.createDomain(domainXml({ name: 'web' }));
  const next = connection.events().next();
  await connection.close();
  expect(await next).toEqual({ done: true, value: undefined });
  expect(host.running.get('web')?.owned).toBe(false);
  const closed = {
    code: 'OPERATION_INVALID',
    message: containing('connection is closed'),
  };
  await expect(connection.listDomains()).rejects.toMatchObject(closed);
  await expect(domain.destroy()).rejects.toMatchObject(closed);
  expect(await errorOf(() => connection.version())).toMatchObject(closed);
  expect((await host.connect().lookupDomainByName('web')).id).toBe(101);
  await connection.close();
});

test('close waits for the clean-up that has begun', async () => {
  const connection = host.connect();
  await connection.createDomain(domainXml({ name: 'web' }));
  host.end('web');
  await connection.close();
  expect(host.states.size).toBe(0);
});
