/** Names and notes of domains: lib/driver/definitions/rename.ts and annotations.ts. */
import {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { Connection } from '../../../../lib/driver/connection';
import type { Domain } from '../../../../lib/driver/domain';
import type { DomainEvent } from '../../../../lib/driver/types';
import { DefinitionStore } from '../../../../lib/host/state/definitions/definition-store';
import { domainXml } from '../../../support/domain/domain-xml';
import { eventually } from '../../../support/time/eventually';
import { FakeHost } from '../../../support/fake/host/fake-host';
import { removeScratchAfterEach, scratchDirectory } from '../scratch';

removeScratchAfterEach();

const uuid = '11111111-1111-4111-8111-111111111111';
const other = '22222222-2222-4222-8222-222222222222';

let host: FakeHost;
let connection: Connection;
let domain: Domain;
let files: string;

beforeEach(async () => {
  host = new FakeHost(scratchDirectory());
  files = join(host.root, 'etc/tslxc/lxc');
  connection = host.connect();
  domain = await connection.defineDomain(domainXml({ name: 'web', uuid }));
});

const invalid = (message: string) => ({
  code: 'OPERATION_INVALID',
  message: `Requested operation is not valid: ${message}`,
});

describe('a rename', () => {
  test('keeps the uuid, the autostart, the definition and how it last ended', async () => {
    await domain.setAutostart('on');
    await domain.setTitle('the site');
    await domain.start();
    await domain.destroy();
    const renamed = await domain.rename('site');
    expect([renamed.name, renamed.uuid]).toEqual(['site', uuid]);
    expect(await renamed.getTitle()).toBe('the site');
    expect((await renamed.info()).autostart).toBe(true);
    expect(await renamed.state()).toMatchObject({ state: 'shutoff', reason: 'destroyed' });
    expect(readdirSync(files).sort()).toEqual(['autostart', 'site.xml']);
    expect(readdirSync(join(files, 'autostart'))).toEqual(['site.xml']);
    await expect(domain.info()).rejects.toMatchObject({ code: 'NO_DOMAIN' });
  });

  test('leaves other handles without their domain, and each call says what it is called now', async () => {
    const old = await host.connect().lookupDomainByUuid(uuid);
    await old.start();
    await old.destroy();
    await domain.rename('site');
    const gone = {
      code: 'NO_DOMAIN',
      message: `Domain not found: No domain with matching uuid '${uuid}' (web): it was renamed, and is to be looked up as 'site'`,
    };
    const calls: readonly (() => Promise<unknown>)[] = [
      () => old.info(),
      () => old.state(),
      () => old.xml(),
      () => old.spec(),
      () => old.start(),
      () => old.destroy(),
      () => old.undefine(),
      () => old.rename('other'),
      () => old.clone('other'),
      () => old.setAutostart('on'),
      () => old.setTitle('x'),
      () => old.getTitle(),
      () => old.snapshots.list(),
      () => old.wait(),
      () => old.waitFor({ state: 'shutoff' }),
      () => old.waitFor({ port: 80 }),
      () => old.stats(),
    ];
    for (const call of calls) await expect(call()).rejects.toMatchObject(gone);
    expect([old.id, old.consolePath(), old.isPersistent()]).toEqual([undefined, undefined, false]);
    expect((await connection.lookupDomainByUuid(uuid)).name).toBe('site');
  });

  test('and another domain by the old name are not mistaken for one another', async () => {
    const renamed = await domain.rename('site');
    const second = await connection.defineDomain(domainXml({ name: 'web', uuid: other }));
    await second.start();
    const gone = { code: 'NO_DOMAIN', message: expect.stringContaining("as 'site'") as string };
    await expect(domain.start()).rejects.toMatchObject(gone);
    await expect(domain.destroy()).rejects.toMatchObject(gone);
    await expect(domain.state()).rejects.toMatchObject(gone);
    expect([domain.id, domain.isPersistent()]).toEqual([undefined, false]);
    await renamed.undefine();
    await expect(domain.state()).rejects.toMatchObject({
      message: `Domain not found: No domain with matching uuid '${uuid}' (web)`,
    });
    expect(await second.state()).toMatchObject({ state: 'running' });
  });

  test('is told as libvirt tells it', async () => {
    const events: string[] = [];
    connection.on('domain', (one) => events.push(`${one.event} ${one.detail} ${one.domain}`));
    await domain.rename('site');
    await eventually(() =>
      expect(events).toEqual(['undefined renamed web', 'defined renamed site']),
    );
    await connection.close();
  });

  test('is refused in the words of libvirt', async () => {
    await connection.defineDomain(domainXml({ name: 'taken', uuid: other }));
    await expect(domain.rename('web')).rejects.toMatchObject(
      invalid("Can't rename domain to itself"),
    );
    await expect(domain.rename('taken')).rejects.toMatchObject(
      invalid("domain with name 'taken' already exists"),
    );
    for (const name of ['a/b', '', '.', 'a\nb', 'x'.repeat(300)]) {
      await expect(domain.rename(name)).rejects.toMatchObject({
        code: expect.stringMatching(/^(XML_ERROR|NO_NAME)$/) as string,
      });
    }
    await domain.start();
    await expect(domain.rename('site')).rejects.toMatchObject(
      invalid('cannot rename active domain'),
    );
    await domain.undefine();
    await expect(domain.rename('site')).rejects.toMatchObject(
      invalid('cannot rename active domain'),
    );
    expect((await connection.listDomains()).map(({ name }) => name)).toEqual(['web', 'taken']);
  });

  test('and one the other way round at the same time are both refused: neither holds a lock the other waits for', async () => {
    const taken = await connection.defineDomain(domainXml({ name: 'taken', uuid: other }));
    expect(await Promise.allSettled([domain.rename('taken'), taken.rename('web')])).toEqual([
      {
        status: 'rejected',
        reason: expect.objectContaining(
          invalid("domain with name 'taken' already exists"),
        ) as Error,
      },
      {
        status: 'rejected',
        reason: expect.objectContaining(invalid("domain with name 'web' already exists")) as Error,
      },
    ]);
  });

  test('that was cut short before the new file was there has not been', async () => {
    mkdirSync(join(files, 'renames'));
    symlinkSync('../site.xml', join(files, 'renames/web.xml'));
    const fresh = host.connect();
    expect((await fresh.listDomains()).map(({ name }) => name)).toEqual(['web']);
    await fresh.defineDomain(domainXml({ name: 'site', uuid: other }));
    expect((await fresh.listDomains()).map(({ name }) => name)).toEqual(['site', 'web']);
    expect(existsSync(join(files, 'renames'))).toBe(false);
  });

  test('that was cut short after the new file was there has been, for every reader and whatever comes next', async () => {
    await domain.setAutostart('on');
    const text = readFileSync(join(files, 'web.xml'), 'utf8');
    mkdirSync(join(files, 'renames'));
    symlinkSync('../site.xml', join(files, 'renames/web.xml'));
    symlinkSync(join(files, 'site.xml'), join(files, 'autostart/site.xml'));
    writeFileSync(join(files, 'site.xml'), text.replace('<name>web<', '<name>site<'));
    const reader = host.connect('read-only');
    expect((await reader.listDomains()).map(({ name }) => name)).toEqual(['site']);
    expect((await reader.lookupDomainByUuid(uuid)).name).toBe('site');
    await expect(reader.lookupDomainByName('web')).rejects.toMatchObject({ code: 'NO_DOMAIN' });
    const fresh = host.connect();
    await (await fresh.lookupDomainByName('site')).undefine();
    expect(await fresh.listDomains()).toEqual([]);
    expect(readdirSync(files)).toEqual(['autostart']);
    expect(readdirSync(join(files, 'autostart'))).toEqual([]);
  });
});

describe('title, description and metadata', () => {
  test('are set, read and taken away', async () => {
    expect(await domain.getTitle()).toBeUndefined();
    await domain.setTitle('a <title> & more');
    await domain.setDescription('two\nlines');
    await domain.setMetadata('urn:x', { key: 'x', xml: '<a>1</a>' });
    expect(await domain.getTitle()).toBe('a <title> & more');
    expect(await domain.getDescription()).toBe('two\nlines');
    expect(await domain.getMetadata('urn:x')).toBe('<a>1</a>');
    await domain.setTitle('');
    await domain.setDescription(undefined);
    await domain.setMetadata('urn:x', undefined);
    expect(await domain.xml()).not.toMatch(/title|description|metadata/);
    await expect(domain.setTitle('two\nlines')).rejects.toMatchObject({ code: 'XML_ERROR' });
  });

  test('of what runs and of what is stored are two things', async () => {
    await domain.setTitle('stored');
    await domain.start();
    await domain.setTitle('live');
    expect(await domain.getTitle()).toBe('live');
    expect(await domain.getTitle({ which: 'inactive' })).toBe('stored');
    expect(await domain.xml({ which: 'inactive' })).toContain('<title>stored</title>');
    expect(await domain.xml({ which: 'live' })).toContain('<title>live</title>');
    await domain.setTitle('both', { which: 'both' });
    expect([await domain.getTitle(), await domain.getTitle({ which: 'inactive' })]).toEqual([
      'both',
      'both',
    ]);
    await domain.undefine();
    await domain.setDescription('of a transient one');
    await expect(domain.setTitle('x', { which: 'inactive' })).rejects.toMatchObject(
      invalid('transient domains do not have any persistent config'),
    );
    await expect(domain.setTitle('x', { which: 'both' })).rejects.toMatchObject({
      code: 'OPERATION_INVALID',
    });
    expect(await domain.getTitle()).toBe('both');
  });

  test('of what does not run are refused for live', async () => {
    const refused = invalid('domain is not running');
    await expect(domain.setTitle('x', { which: 'live' })).rejects.toMatchObject(refused);
    await expect(domain.setTitle('x', { which: 'both' })).rejects.toMatchObject(refused);
    await expect(domain.getTitle({ which: 'live' })).rejects.toMatchObject(refused);
    expect(await domain.getTitle()).toBeUndefined();
  });

  test('changes are told with what they are of', async () => {
    const told = (): Partial<DomainEvent> | undefined => host.lastEvent();
    await domain.setTitle('x');
    expect(told()).toMatchObject({
      event: 'metadata-change',
      detail: 'title',
      domain: 'web',
      uuid,
    });
    expect(told()).not.toHaveProperty('uri');
    await domain.setMetadata('urn:x', { key: 'x', xml: '<a/>' });
    expect(told()).toMatchObject({ event: 'metadata-change', detail: 'element', uri: 'urn:x' });
  });

  test('a change of what runs is told of though the stored definition can not be written after it', async () => {
    await domain.start();
    const write = jest.spyOn(DefinitionStore.prototype, 'write');
    write.mockRejectedValueOnce(new Error('no room'));
    await expect(domain.setTitle('x', { which: 'both' })).rejects.toThrow('no room');
    write.mockRestore();
    expect(await domain.getTitle()).toBe('x');
    expect(await domain.getTitle({ which: 'inactive' })).toBeUndefined();
    expect(host.lastEvent()).toMatchObject({ event: 'metadata-change', detail: 'title' });
  });

  test('our own elements are read before they are stored, and can not be changed of what runs', async () => {
    const uri = 'urn:tslxc:domain:1';
    const content = (level: string) => ({
      key: 'tslxc',
      xml: `<container><hardening level='${level}'/></container>`,
    });
    await expect(domain.setMetadata(uri, content('none'))).rejects.toMatchObject({
      code: 'XML_ERROR',
    });
    expect(await domain.getMetadata(uri)).toBeUndefined();
    await domain.start();
    await expect(domain.setMetadata(uri, content('compat'))).rejects.toMatchObject({
      code: 'OPERATION_UNSUPPORTED',
    });
    await domain.setMetadata(uri, content('compat'), { which: 'inactive' });
    expect(await domain.getMetadata(uri, { which: 'inactive' })).toContain('compat');
  });

  test('nothing is changed on a read-only connection', async () => {
    const reader = await host.connect('read-only').lookupDomainByName('web');
    for (const change of [
      () => reader.setTitle('x'),
      () => reader.setDescription('x'),
      () => reader.setMetadata('urn:x', undefined),
      () => reader.rename('x'),
      () => reader.setAutostart('on'),
    ]) {
      await expect(change()).rejects.toMatchObject({ code: 'OPERATION_DENIED' });
    }
    expect(await reader.getTitle()).toBeUndefined();
  });
});

describe('listeners', () => {
  test('hear of each event until they are taken away, and once for once', async () => {
    const [always, once, never]: [string[], string[], string[]] = [[], [], []];
    const listener = ({ detail }: DomainEvent): void => void always.push(detail);
    const removed = ({ detail }: DomainEvent): void => void never.push(detail);
    connection.on('domain', listener).once('domain', ({ detail }) => once.push(detail));
    connection.once('domain', removed).off('domain', removed);
    await domain.setTitle('1');
    await domain.setDescription('2');
    await eventually(() => expect(always).toEqual(['title', 'description']));
    connection.off('domain', listener);
    await domain.setTitle('3');
    connection.on('domain', listener);
    await domain.setDescription('4');
    await eventually(() => expect(always).toEqual(['title', 'description', 'description']));
    expect(once).toEqual(['title']);
    expect(never).toEqual([]);
    await connection.close();
  });

  test('one that calls back into the library, or waits for ever, holds no other caller up', async () => {
    const titles: (string | undefined)[] = [];
    let calls = 0;
    connection.on('domain', () => {
      void new Promise(() => undefined);
      calls += 1;
      if (calls === 1)
        void domain.setTitle('from inside').then(async () => titles.push(await domain.getTitle()));
    });
    await domain.setDescription('begin');
    await eventually(() => expect(titles).toEqual(['from inside']));
    await eventually(() => expect(calls).toBe(2));
    await connection.close();
  });

  test('one that throws is an uncaught exception, and the others hear of the event', async () => {
    const heard: string[] = [];
    const thrown: unknown[] = [];
    const tick = jest.spyOn(process, 'nextTick').mockImplementation((callback: unknown) => {
      try {
        (callback as () => void)();
      } catch (error) {
        thrown.push(error);
      }
    });
    connection.on('domain', () => {
      throw new Error('of a listener');
    });
    connection.on('domain', ({ detail }) => heard.push(detail));
    await domain.setTitle('x');
    await eventually(() => expect(heard).toEqual(['title']));
    tick.mockRestore();
    expect(thrown).toEqual([new Error('of a listener')]);
    await connection.close();
  });
});
