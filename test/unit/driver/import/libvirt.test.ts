/** lib/driver/import/libvirt.ts: what of a libvirt's files is taken over, and that none of them changes. */
import { mkdirSync, readFileSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Connection, Imported } from '../../../../lib/index';
import { domainXml } from '../../../support/domain/domain-xml';
import { FakeHost } from '../../../support/fake/host/fake-host';
import { removeScratchAfterEach, scratchDirectory } from '../scratch';

removeScratchAfterEach();

const uuid = (digit: number): string => `${String(digit).repeat(8)}-1111-4111-8111-111111111111`;

const networkXml = (name: string, number: number): string => `<network>
  <name>${name}</name>
  <uuid>${uuid(number)}</uuid>
  <bridge name='br-${name}'/>
  <ip address='10.99.${number}.1' netmask='255.255.255.0'/>
</network>
`;

let libvirt: string;
let connection: Connection;

beforeEach(() => {
  const scratch = scratchDirectory();
  libvirt = join(scratch, 'libvirt');
  connection = new FakeHost(join(scratch, 'root')).connect();
  mkdirSync(join(libvirt, 'lxc/autostart'), { recursive: true });
  mkdirSync(join(libvirt, 'qemu/networks/autostart'), { recursive: true });
  mkdirSync(join(libvirt, 'storage/autostart'), { recursive: true });
  for (const folder of ['nwfilter', 'secrets']) mkdirSync(join(libvirt, folder));
});

function put(path: string, text: string): void {
  writeFileSync(join(libvirt, path), text);
}

function autostart(folder: string, name: string): void {
  symlinkSync(join('..', `${name}.xml`), join(libvirt, folder, 'autostart', `${name}.xml`));
}

/** Every file and its content. */
function picture(): (readonly [string, string])[] {
  return readdirSync(libvirt, { recursive: true, encoding: 'utf8' })
    .sort()
    .flatMap((name) =>
      name.endsWith('.xml') ? [[name, readFileSync(join(libvirt, name), 'utf8')] as const] : [],
    );
}

const brief = (items: readonly Imported[]): unknown[] =>
  items.map(({ kind, name, outcome, autostart: boot }) => [kind, name, outcome, boot]);

test('a definition that is not in UTF-8 is not taken over as another one', async () => {
  const xml = domainXml({ name: 'caf\xe9', uuid: uuid(1) });
  writeFileSync(join(libvirt, 'lxc/cafe.xml'), Buffer.from(xml, 'latin1'));
  const items = await connection.importLibvirt({ from: libvirt });
  expect(items).toMatchObject([
    {
      outcome: 'failed',
      error: { code: 'INVALID_ARG', message: expect.stringContaining('UTF-8') as string },
    },
  ]);
  expect(await connection.listDomains()).toEqual([]);
});

test('domains and networks are defined with their uuids, and started with the host as in libvirt', async () => {
  put('lxc/web.xml', domainXml({ name: 'web', uuid: uuid(1) }));
  put('lxc/mail.xml', domainXml({ name: 'mail', uuid: uuid(2) }));
  put('qemu/networks/lab.xml', networkXml('lab', 3));
  autostart('lxc', 'web');
  autostart('qemu/networks', 'lab');
  const before = picture();
  const told: Imported[] = [];
  const items = await connection.importLibvirt({ from: libvirt, onItem: (one) => told.push(one) });
  expect(brief(items)).toEqual([
    ['network', 'lab', 'imported', 'on'],
    ['domain', 'mail', 'imported', 'off'],
    ['domain', 'web', 'imported', 'on'],
  ]);
  expect(told).toEqual(items);
  const web = await connection.lookupDomainByName('web');
  expect(web.uuid).toBe(uuid(1));
  expect(await web.info()).toMatchObject({ autostart: true });
  expect(await (await connection.lookupDomainByName('mail')).info()).toMatchObject({
    autostart: false,
  });
  expect((await connection.lookupNetworkByName('lab')).uuid).toBe(uuid(3));
  expect(picture()).toEqual(before);
});

test('what is defined here already is reported, and stays as it is', async () => {
  const own = domainXml({ name: 'web', uuid: uuid(7), memory: 2048 });
  await connection.defineDomain(own);
  put('lxc/web.xml', domainXml({ name: 'web', uuid: uuid(1) }));
  autostart('lxc', 'web');
  const items = await connection.importLibvirt({ from: libvirt });
  expect(brief(items)).toEqual([['domain', 'web', 'exists', 'off']]);
  const web = await connection.lookupDomainByName('web');
  expect([web.uuid, await web.info()]).toEqual([
    uuid(7),
    expect.objectContaining({ maxMemory: 2048, autostart: false }),
  ]);
});

test('a second import finds everything there', async () => {
  put('lxc/web.xml', domainXml({ name: 'web', uuid: uuid(1) }));
  put('qemu/networks/lab.xml', networkXml('lab', 3));
  autostart('lxc', 'web');
  await connection.importLibvirt({ from: libvirt });
  expect(brief(await connection.importLibvirt({ from: libvirt }))).toEqual([
    ['network', 'lab', 'exists', 'off'],
    ['domain', 'web', 'exists', 'on'],
  ]);
});

test('files that can not be taken over do not keep the others from it', async () => {
  put('lxc/a-broken.xml', '<domain type="lxc"><name>broken');
  put('lxc/b-machine.xml', domainXml({ name: 'machine' }).replace("type='lxc'", "type='kvm'"));
  mkdirSync(join(libvirt, 'lxc/c-folder.xml'));
  symlinkSync('nowhere', join(libvirt, 'lxc/d-gone.xml'));
  put('lxc/e-good.xml', domainXml({ name: 'good', uuid: uuid(1) }));
  put('lxc/f-same.xml', domainXml({ name: 'same', uuid: uuid(1) }));
  put('lxc/README', 'not a definition');
  put('qemu/networks/bad.xml', '<network/>');
  const items = await connection.importLibvirt({ from: libvirt });
  expect(items.map(({ name, outcome, error }) => [name, outcome, error?.message])).toEqual([
    ['bad', 'failed', expect.stringMatching(/name/)],
    ['a-broken', 'failed', expect.stringMatching(/^at line 1: /)],
    ['b-machine', 'failed', expect.stringMatching(/domaintype=kvm/)],
    ['c-folder', 'failed', expect.stringMatching(/c-folder.xml' is not a file/)],
    ['d-gone', 'failed', expect.stringMatching(/ENOENT/)],
    ['good', 'imported', undefined],
    ['f-same', 'failed', expect.stringMatching(/domain 'good' is already defined with uuid/)],
  ]);
  expect((await connection.listDomains()).map(({ name }) => name)).toEqual(['good']);
});

test("the network 'default' that was made here gives way to libvirt's", async () => {
  await connection.listNetworks();
  const made = await connection.lookupNetworkByName('default');
  put('qemu/networks/default.xml', networkXml('default', 9));
  autostart('qemu/networks', 'default');
  expect(brief(await connection.importLibvirt({ from: libvirt }))).toEqual([
    ['network', 'default', 'imported', 'on'],
  ]);
  const { uuid: now } = await connection.lookupNetworkByName('default');
  expect([now, made.uuid === now]).toEqual([uuid(9), false]);
  expect(brief(await connection.importLibvirt({ from: libvirt }))).toEqual([
    ['network', 'default', 'exists', 'on'],
  ]);
});

test('a libvirt without containers has nothing to import; no folder is an error', async () => {
  expect(await connection.importLibvirt({ from: libvirt })).toEqual([]);
  const [none, file] = [join(libvirt, 'none'), join(libvirt, 'lxc/file')];
  put('lxc/file', '');
  for (const [from, why] of [
    [none, `there is no '${none}'`],
    [file, `'${file}' is not a folder`],
    // One too deep.
    [join(libvirt, 'lxc'), 'is not a folder of libvirt: it has no lxc'],
  ] as const)
    await expect(connection.importLibvirt({ from })).rejects.toMatchObject({
      code: 'INVALID_ARG',
      path: from,
      message: expect.stringContaining(why) as string,
    });
});

test('a libvirt that has nothing but settings has nothing to import', async () => {
  const folder = join(libvirt, 'settings');
  mkdirSync(folder);
  writeFileSync(join(folder, 'virtlogd.conf'), '');
  expect(await connection.importLibvirt({ from: folder })).toEqual([]);
});

test('a virtual machine is left to libvirt, and said to be', async () => {
  put('qemu/vm.xml', domainXml({ name: 'vm' }).replace("type='lxc'", "type='kvm'"));
  const [item] = await connection.importLibvirt({ from: libvirt });
  expect(item).toMatchObject({
    ...{ kind: 'domain', name: 'vm', outcome: 'left', autostart: 'off' },
    error: { message: expect.stringContaining('a virtual machine of QEMU') as string },
  });
});

const poolXml = (name: string, number: number, type = 'dir'): string => `<pool type='${type}'>
  <name>${name}</name>
  <uuid>${uuid(number)}</uuid>
  <target><path>/srv/${name}</path></target>
</pool>
`;

const filterXml = (name: string, number: number): string =>
  `<filter name='${name}'><uuid>${uuid(number)}</uuid></filter>`;

const secretXml = (number: number): string => `<secret ephemeral='no' private='yes'>
  <uuid>${uuid(number)}</uuid>
  <usage type='volume'><volume>/srv/secret-${number}</volume></usage>
</secret>
`;

test('pools, filters and secrets are defined too, before the domains that name them', async () => {
  put('storage/data.xml', poolXml('data', 1));
  put('storage/ceph.xml', poolXml('ceph', 2, 'rbd'));
  autostart('storage', 'data');
  put('nwfilter/quiet.xml', filterXml('quiet', 3));
  put('nwfilter/clean-traffic.xml', filterXml('clean-traffic', 4));
  put(`secrets/${uuid(5)}.xml`, secretXml(5));
  put(`secrets/${uuid(5)}.base64`, Buffer.from('word').toString('base64'));
  put(`secrets/${uuid(6)}.xml`, secretXml(6).replace("private='yes'", "private='no'"));
  put('lxc/web.xml', domainXml({ name: 'web', uuid: uuid(7) }));
  const before = picture();
  const items = await connection.importLibvirt({ from: libvirt });
  expect(brief(items)).toEqual([
    ['network-filter', 'clean-traffic', 'exists', 'off'],
    ['network-filter', 'quiet', 'imported', 'off'],
    ['storage-pool', 'ceph', 'left', 'off'],
    ['storage-pool', 'data', 'imported', 'on'],
    ['secret', uuid(5), 'imported', 'off'],
    ['secret', uuid(6), 'imported', 'off'],
    ['domain', 'web', 'imported', 'off'],
  ]);
  expect(items.map(({ error }) => error?.message).filter((one) => one !== undefined)).toEqual([
    expect.stringMatching(/missing backend for pool type \d+ \(rbd\)/),
  ]);
  expect(items.flatMap(({ value }) => value ?? [])).toEqual(['copied', 'none']);
  const pool = await connection.lookupStoragePoolByName('data');
  expect([pool.uuid, await pool.info()]).toEqual([
    uuid(1),
    expect.objectContaining({ active: false, autostart: true }),
  ]);
  expect(await connection.networkFilters.lookup('quiet')).toMatchObject({ uuid: uuid(3) });
  const values = join(libvirt, '../root/etc/tslxc/secrets');
  expect(readFileSync(join(values, `${uuid(5)}.base64`), 'utf8')).toBe('d29yZA==');
  await expect(connection.secrets.getValue(uuid(6))).rejects.toMatchObject({ code: 'NO_SECRET' });
  expect(picture()).toEqual(before);
  const again = await connection.importLibvirt({ from: libvirt });
  expect(again.filter(({ outcome }) => outcome !== 'exists').map(({ name }) => name)).toEqual([
    'ceph',
  ]);
});

test('a secret whose value libvirt keeps encrypted is not taken for one without a value', async () => {
  put(`secrets/${uuid(5)}.xml`, secretXml(5));
  const sealed = `secrets/${uuid(5)}.aes256cbc`;
  put(sealed, 'c2VhbGVk');
  // From before libvirt encrypted values; it is an old one then.
  put(`secrets/${uuid(5)}.base64`, Buffer.from('old').toString('base64'));
  const [item] = await connection.importLibvirt({ from: libvirt });
  expect(item).toMatchObject({
    outcome: 'failed',
    error: { code: 'OPERATION_UNSUPPORTED', path: join(libvirt, sealed) },
  });
  expect(await connection.secrets.list()).toEqual([]);
});

test('a secret whose value can not be taken over is not left here without it', async () => {
  put(`secrets/${uuid(5)}.xml`, secretXml(5));
  put(`secrets/${uuid(5)}.base64`, Buffer.alloc(70_000).toString('base64'));
  put(`secrets/${uuid(6)}.xml`, secretXml(6));
  put(`secrets/${uuid(6)}.base64`, 'not base64!');
  const items = await connection.importLibvirt({ from: libvirt });
  expect(items.map(({ outcome, error }) => [outcome, error?.message])).toEqual([
    ['failed', expect.stringMatching(/at most 65536 bytes/)],
    ['failed', expect.stringMatching(/is no text in base64/)],
  ]);
  expect(await connection.secrets.list()).toEqual([]);
});
