/** lib/driver/definitions/define.ts: who may take which name and uuid, as a stored or as a transient domain. */
import * as crypto from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { domainXml, helloWorldXml } from '../../../support/domain/domain-xml';
import { exitRecord, FakeHost } from '../../../support/fake/host/fake-host';
import type { DomainSpec } from '../../../../lib/domain/builder/spec';
import type { Warning } from '../../../../lib/driver/types';
import { errorOf } from '../refusal';
import { removeScratchAfterEach, scratchDirectory } from '../scratch';

removeScratchAfterEach();

const first = '11111111-1111-4111-8111-111111111111';
const second = '22222222-2222-4222-8222-222222222222';
const web = (uuid?: string) => domainXml({ name: 'web', ...(uuid === undefined ? {} : { uuid }) });

jest.mock('node:crypto', () => ({
  __esModule: true,
  ...jest.requireActual<object>('node:crypto'),
}));

let host: FakeHost;

beforeEach(() => {
  host = new FakeHost(scratchDirectory());
});

test('a domain is defined, then updated, and told of each time', async () => {
  const connection = host.connect();
  const domain = await connection.defineDomain(web(first));
  expect(domain).toMatchObject({ name: 'web', uuid: first });
  expect(host.lastEvent()).toMatchObject({
    event: 'defined',
    detail: 'added',
    domain: 'web',
    uuid: first,
  });
  await connection.defineDomain(domainXml({ name: 'web', uuid: first, memory: 2048 }));
  expect(host.lastEvent()).toMatchObject({ event: 'defined', detail: 'updated' });
  expect(await domain.info()).toMatchObject({ maxMemory: 2048, persistent: true });
});

test('without <uuid> a new domain gets a random one, and a defined one keeps its own', async () => {
  const connection = host.connect();
  const { uuid } = await connection.defineDomain(web());
  expect(uuid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-/);
  expect((await connection.defineDomain(web())).uuid).toBe(uuid);
  expect((await connection.lookupDomainByName('web')).uuid).toBe(uuid);
});

test('the seed’s file can be edited and defined again, as its text does without an undefine', async () => {
  const connection = host.connect();
  const { uuid } = await connection.defineDomain(helloWorldXml);
  const mount =
    "<filesystem type='mount'><source dir='/export/data'/><target dir='/var/www'/></filesystem>";
  const edited = helloWorldXml.replace('</devices>', `${mount}</devices>`);
  const again = await connection.defineDomain(edited);
  expect(again.uuid).toBe(uuid);
  expect(await again.xml()).toContain("<target dir='/var/www'/>");
  expect(host.lastEvent()).toMatchObject({ detail: 'updated', domain: 'helloworld', uuid });
  expect(await connection.listDomains()).toHaveLength(1);
});

test('an interface keeps the address that it was given, which no other domain has', async () => {
  const devices = "<console/><interface type='bridge'><source bridge='br0'/></interface>";
  const asked = [9, 9, 9, 8];
  const random = jest.spyOn(crypto, 'randomBytes');
  random.mockImplementation(() => Buffer.of(0, 0, asked.shift() ?? 7));
  const connection = host.connect();
  try {
    const macOf = async (name: string): Promise<string | undefined> => {
      const domain = await connection.defineDomain(domainXml({ name, devices }));
      const text = await domain.xml();
      expect(await domain.xml()).toBe(text);
      return /<mac address='([^']*)'/.exec(text)?.[1];
    };
    expect(await macOf('web')).toBe('52:54:00:00:00:09');
    expect(await macOf('db')).toBe('52:54:00:00:00:08');
    expect(asked).toEqual([]);
  } finally {
    random.mockRestore();
  }
});

test('a port of a switch has an id from then on, the same when its text is defined again', async () => {
  const mac = "<mac address='52:54:00:00:00:01'/>";
  const devices = `<interface type='bridge'>${mac}<source bridge='b'/><virtualport type='openvswitch'/></interface>`;
  const connection = host.connect();
  const idOf = async (): Promise<string | undefined> => {
    const domain = await connection.defineDomain(domainXml({ name: 'web', devices }));
    return /interfaceid='([^']*)'/.exec(await domain.xml())?.[1];
  };
  const id = await idOf();
  expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(await idOf()).toBe(id);
  const stored = readFileSync(join(host.root, 'etc/tslxc/lxc/web.xml'), 'utf8');
  expect(stored).toContain(`<parameters interfaceid='${id}'/>`);
});

test('no label is one of the model that the host has when the domain is defined', async () => {
  const connection = host.connect();
  const elements = "<seclabel type='none'/>";
  host.security = { model: 'selinux', doi: '0', enforcing: true };
  const domain = await connection.defineDomain(domainXml({ name: 'web', elements }));
  const transient = await connection.createDomain(domainXml({ name: 'db', elements }));
  host.security = { model: 'none', doi: '0' };
  for (const one of [domain, transient]) {
    expect(await one.xml()).toContain("<seclabel type='none' model='selinux'/>");
  }
  // A text that an earlier version has stored stays what it is.
  const path = join(host.root, 'etc/tslxc/lxc/web.xml');
  writeFileSync(path, readFileSync(path, 'utf8').replace(" model='selinux'", ''));
  expect(await domain.xml()).toContain("<seclabel type='none'/>");
});

test('without <uuid> a definition takes over that of what runs, which goes on as it is', async () => {
  const connection = host.connect();
  const transient = await connection.createDomain(web(first));
  const { id } = transient;
  const domain = await connection.defineDomain(domainXml({ name: 'web', memory: 2048 }));
  expect(domain.uuid).toBe(first);
  expect(domain.id).toBe(id);
  expect(domain.isPersistent()).toBe(true);
  expect(await domain.xml()).toContain("<memory unit='KiB'>102400</memory>");
  expect(await domain.xml({ which: 'inactive' })).toContain("<memory unit='KiB'>2048</memory>");
});

test('the name of another uuid is refused, naming both', async () => {
  const connection = host.connect();
  await connection.defineDomain(web(first));
  const refusal = {
    code: 'OPERATION_FAILED',
    message: `operation failed: domain 'web' already exists with uuid ${first}, not ${second}`,
  };
  await expect(connection.defineDomain(web(second))).rejects.toMatchObject(refusal);
  await expect(connection.createDomain(web(second))).rejects.toMatchObject(refusal);
  expect((await connection.lookupDomainByName('web')).uuid).toBe(first);
});

test('the uuid of another name is refused, whether that is stored or runs', async () => {
  const connection = host.connect();
  const refusal = {
    code: 'OPERATION_FAILED',
    message: `operation failed: domain 'web' is already defined with uuid ${first}`,
  };
  const other = domainXml({ name: 'other', uuid: first });
  await connection.createDomain(web(first));
  await expect(connection.defineDomain(other)).rejects.toMatchObject(refusal);
  await expect(connection.createDomain(other)).rejects.toMatchObject(refusal);
  host.end('web');
  await connection.defineDomain(web(first));
  await expect(connection.defineDomain(other)).rejects.toMatchObject(refusal);
  await expect(connection.createDomain(other)).rejects.toMatchObject(refusal);
  expect((await connection.listDomains()).map(({ name }) => name)).toEqual(['web']);
});

test.each(['createDomain', 'defineDomain'] as const)(
  'of one that creates a domain and others that want its uuid by %s at once, one succeeds',
  async (verb) => {
    let letGo = (): void => undefined;
    host.network.slow.set('web', new Promise((resolve) => (letGo = resolve)));
    const creating = host.connect().createDomain(web(first));
    const others = Array.from({ length: 4 }, (_, index) =>
      host.connect()[verb](domainXml({ name: `d${index}`, uuid: first })),
    );
    // By then each of them waits, or has got what it must not get.
    await Promise.race([sleep(100), Promise.allSettled(others)]);
    letGo();
    const results = await Promise.allSettled([creating, ...others]);
    const refusals = results.flatMap((one) =>
      one.status === 'rejected' ? [one.reason as unknown] : [],
    );
    const message = `operation failed: domain 'web' is already defined with uuid ${first}`;
    expect(refusals).toEqual(Array(4).fill(expect.objectContaining({ message })));
    expect(await host.connect().listDomains()).toHaveLength(1);
  },
);

test('who waits for a uuid that another start has can be aborted, and leaves the uuid to others', async () => {
  const abort = new AbortController();
  const { signal } = abort;
  const connection = host.connect();
  const creating = connection.createDomain(web(first));
  const waiting = connection.createDomain(domainXml({ name: 'other', uuid: first }), { signal });
  abort.abort();
  await expect(waiting).rejects.toMatchObject({ code: 'OPERATION_ABORTED' });
  await (await creating).destroy();
  await connection.createDomain(domainXml({ name: 'third', uuid: first }));
});

test('of ten who define one uuid under ten names at once, one succeeds', async () => {
  const define = (index: number) =>
    host.connect().defineDomain(domainXml({ name: `d${index}`, uuid: first }));
  const outcomes = await Promise.allSettled(
    Array.from({ length: 10 }, (_, index) => define(index)),
  );
  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  expect(await host.connect().listDomains()).toHaveLength(1);
});

test('a broken file under the name is warned of and replaced', async () => {
  const connection = host.connect();
  await connection.defineDomain(web(first));
  const path = join(host.root, 'etc/tslxc/lxc/web.xml');
  writeFileSync(path, '<domain');
  await connection.defineDomain(web(second));
  expect(readFileSync(path, 'utf8')).toContain(second);
  expect(host.lines).toContainEqual(expect.objectContaining({ level: 'warn' }));
});

test('what is created is transient: it is there while it runs', async () => {
  const connection = host.connect();
  const domain = await connection.createDomain(web(first));
  expect(domain.isPersistent()).toBe(false);
  expect(host.lastEvent()).toMatchObject({ event: 'started', detail: 'booted', uuid: first });
  await expect(domain.undefine()).rejects.toMatchObject({
    code: 'OPERATION_INVALID',
    message: 'Requested operation is not valid: Cannot undefine transient domain',
  });
  await domain.destroy();
  expect(await connection.listDomains()).toEqual([]);
  await expect(domain.state()).rejects.toMatchObject({ code: 'NO_DOMAIN' });
});

test('what is active can not be created, with or without its uuid', async () => {
  const connection = host.connect();
  await connection.createDomain(web(first));
  for (const xml of [web(first), web()]) {
    await expect(connection.createDomain(xml)).rejects.toMatchObject({
      code: 'OPERATION_INVALID',
      message: "Requested operation is not valid: domain 'web' is already active",
    });
  }
});

test('creating with the uuid of a stored domain that is off starts that one with this text', async () => {
  const connection = host.connect();
  await connection.defineDomain(web(first));
  const domain = await connection.createDomain(
    domainXml({ name: 'web', uuid: first, memory: 2048 }),
  );
  expect(domain.isPersistent()).toBe(true);
  expect(await domain.xml()).toContain("<memory unit='KiB'>2048</memory>");
  expect(await domain.xml({ which: 'inactive' })).toContain("<memory unit='KiB'>102400</memory>");
  host.end('web', exitRecord({ code: 3 }));
  expect(await domain.state()).toMatchObject({ state: 'shutoff', reason: 'shutdown' });
});

test('creating without uuid under the name of a stored domain is refused', async () => {
  const connection = host.connect();
  await connection.defineDomain(web(first));
  await expect(connection.createDomain(web())).rejects.toMatchObject({
    code: 'OPERATION_FAILED',
    message: `operation failed: domain 'web' already exists with uuid ${first}`,
  });
});

test('a start that fails leaves no domain and tells of none', async () => {
  const connection = host.connect();
  host.failStart = () => new Error('no memory');
  await expect(connection.createDomain(web(first))).rejects.toThrow('no memory');
  expect(await connection.listDomains()).toEqual([]);
  expect(host.lastEvent()).toBeUndefined();
});

test('a name with a control character is refused before anything is made', async () => {
  const xml = web().replace('>web<', '>we&#9;b<');
  await expect(host.connect().defineDomain(xml)).rejects.toMatchObject({ code: 'XML_ERROR' });
  expect(host.lastEvent()).toBeUndefined();
});

describe('an error about plain data names the key, and no line of the XML that is made of it', () => {
  const least = { name: 'web', memory: '8MiB' } as const;

  test.each<[string, string, DomainSpec]>([
    ['its uuid', 'definition.uuid', { ...least, uuid: 'zz' }],
    [
      'what an overlay is for',
      'definition.mounts[1].overlay',
      {
        ...least,
        description: 'of two\nlines',
        mounts: [
          { source: '/a', target: '/b' },
          { source: '/c', target: '/d', overlay: 'relative' },
        ],
      },
    ],
    [
      'what a root is written to',
      'definition.root.overlay',
      { ...least, root: { source: '/a', overlay: 'relative' } },
    ],
    [
      'the second address of an interface',
      'definition.interfaces[0].addresses[1]',
      { ...least, interfaces: [{ type: 'bridge', bridge: 'br0', addresses: ['::1', 'zz'] }] },
    ],
    [
      'a health check of no program',
      'definition.health',
      { ...least, health: { exec: ['', 'word'] } },
    ],
  ])('%s', async (_what, key, spec) => {
    const connection = host.connect();
    for (const take of ['defineDomain', 'createDomain'] as const) {
      const error = (await errorOf(() => connection[take](spec))) as Error;
      expect(error).toMatchObject({ name: 'DefinitionError', element: key });
      expect(error).not.toHaveProperty('line');
      expect(error).not.toHaveProperty('column');
      expect(error.message).toContain(`(${key})`);
      expect(error.message).not.toMatch(/line|domain\//);
      expect(error.stack).toContain(error.message);
    }
  });

  test('also if there are several', async () => {
    const spec: DomainSpec = {
      ...least,
      onCrash: 'preserve',
      onReboot: 'rename-restart',
    };
    const taken = (): unknown => host.connect().createDomain(spec, { strict: true });
    const error = (await errorOf(taken)) as Error;
    expect(error).toMatchObject({
      code: 'CONFIG_UNSUPPORTED',
      element: 'definition.onReboot',
      problems: [
        {
          element: 'definition.onReboot',
          message: expect.stringContaining('(definition.onReboot)') as string,
        },
        {
          element: 'definition.onCrash',
          message: expect.stringContaining('(definition.onCrash)') as string,
        },
      ],
    });
    expect(error.message).not.toMatch(/line \d/);
  });

  test('a console that is missing is one of the spec', async () => {
    const taken = (): unknown => host.connect().createDomain({ ...least, consoles: 0 });
    expect(await errorOf(taken)).toMatchObject({
      code: 'CONFIG_UNSUPPORTED',
      element: 'definition.consoles',
    });
  });

  test('and so does a warning', async () => {
    const warnings: Warning[] = [];
    const onWarning = (one: Warning): number => warnings.push(one);
    await host.connect().createDomain({ ...least, onCrash: 'preserve' }, { onWarning });
    const ignored = warnings.find(({ detail }) => detail === 'IgnoredElement');
    expect(ignored).toEqual({
      detail: 'IgnoredElement',
      element: 'definition.onCrash',
      message: expect.stringMatching(/is ignored: .*\(definition\.onCrash\)$/) as string,
    });
  });

  test('one about XML keeps its element and its line', async () => {
    const xml = web().replace('</name>', '</name><uuid>zz</uuid>');
    await expect(host.connect().defineDomain(xml)).rejects.toMatchObject({
      element: 'domain/uuid',
      line: expect.any(Number) as number,
    });
  });
});
