/** lib/driver/import/from-native.ts: a configuration with what it names of this machine. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import type { Connection, NativeDomain } from '../../../../lib/index';
import { FakeHost } from '../../../support/fake/host/fake-host';
import { removeScratchAfterEach, scratchDirectory } from '../scratch';

removeScratchAfterEach();

let folder: string;
let host: FakeHost;
let connection: Connection;

beforeEach(() => {
  folder = scratchDirectory();
  host = new FakeHost(join(folder, 'root'));
  connection = host.connect();
});

const convert = (...lines: readonly string[]): Promise<NativeDomain> =>
  connection.domainXmlFromNative('lxc-tools', {
    text: `${lines.join('\n')}\n`,
    path: join(folder, 'config'),
  });

const empty = 'lxc.net.0.type = empty';

test('what lies on the disk decides which kind of root it is, and is read where it is included', async () => {
  writeFileSync(join(folder, 'root.img'), '');
  mkdirSync(join(folder, 'tree'));
  writeFileSync(join(folder, 'image.conf'), `lxc.rootfs.path = ${folder}/root.img\n`);
  const image = await convert('lxc.uts.name = web', empty, 'lxc.include = image.conf');
  expect(image.xml).toContain(`<source file='${folder}/root.img'/>`);
  const tree = await convert('lxc.uts.name = web', empty, `lxc.rootfs.path = ${folder}/tree`);
  expect(tree.xml).toContain(`<source dir='${folder}/tree'/>`);
  expect([tree.name, tree.autostart, tree.warnings]).toEqual(['web', 'off', []]);
});

test('an optional mount is carried over when its source is there', async () => {
  mkdirSync(join(folder, 'there'));
  const { xml, warnings } = await convert(
    'lxc.uts.name = web',
    empty,
    `lxc.mount.entry = ${folder}/there there none bind,optional 0 0`,
    `lxc.mount.entry = ${folder}/none none none bind,optional 0 0`,
  );
  expect(xml).toContain(`<source dir='${folder}/there'/>`);
  expect(warnings).toEqual([
    {
      file: join(folder, 'config'),
      line: 4,
      message: expect.stringContaining(`'${folder}/none' is not there`) as string,
    },
  ]);
});

test('a gateway is found on the interface of the host', async () => {
  const found = Object.entries(networkInterfaces()).flatMap(([name, all = []]) =>
    all.filter(({ family }) => family === 'IPv4').map(({ cidr }) => ({ name, cidr })),
  );
  const [first] = found;
  const [address = '', prefix = ''] = first?.cidr?.split('/') ?? [];
  const { xml } = await convert(
    'lxc.net.0.type = veth',
    `lxc.net.0.link = ${first?.name ?? ''}`,
    'lxc.net.0.flags = up',
    `lxc.net.0.ipv4.address = ${address}/${prefix}`,
    'lxc.net.0.ipv4.gateway = auto',
  );
  expect(address).toMatch(/^\d+\.\d+\.\d+\.\d+$/);
  expect(xml).toContain(`gateway='${address}'/>`);
});

test('an address that is left open is another one each time, and begins as it is written', async () => {
  const lines = ['lxc.net.0.type = veth', 'lxc.net.0.hwaddr = 00:16:3e:xx:xx:xx'];
  const macs = await Promise.all(
    Array.from(
      { length: 4 },
      async () => /address='(00:16:3e:[^']+)'/.exec((await convert(...lines)).xml)?.[1],
    ),
  );
  expect(new Set(macs).size).toBe(4);
  for (const mac of macs) expect(mac).toMatch(/^00:16:3e(:[0-9a-f]{2}){3}$/);
});

test('a domain that no start would take is printed with the reason', async () => {
  const { xml, warnings } = await convert(
    'lxc.uts.name = web',
    empty,
    `lxc.rootfs.path = overlay:${folder}:${folder}/inside/upper`,
  );
  const [warning] = warnings;
  expect(warning).toEqual({
    file: join(folder, 'config'),
    message: expect.stringMatching(/^a start refuses the domain: .* overlap/) as string,
  });
  expect(xml).toContain('a start refuses the domain');
});

test('what no definition can have is an error, not a text that can not be defined', async () => {
  await expect(convert('lxc.net.0.type = veth', 'lxc.net.0.name = lo')).rejects.toMatchObject({
    code: 'CONFIG_UNSUPPORTED',
    message: expect.stringContaining("'lo' is the name of the loopback interface") as string,
  });
});

test('the text can be defined', async () => {
  const { xml, autostart } = await convert('lxc.uts.name = web', empty, 'lxc.start.auto = 1');
  const domain = await connection.defineDomain(xml);
  await domain.setAutostart(autostart);
  expect(await domain.info()).toMatchObject({ autostart: true });
});

test('another format is refused, and so is a closed connection', async () => {
  const text = 'lxc.uts.name = web\n';
  await expect(connection.domainXmlFromNative('xen-xl', { text })).rejects.toMatchObject({
    code: 'INVALID_ARG',
    message: 'invalid argument: unsupported config type xen-xl',
  });
  await connection.close();
  await expect(connection.domainXmlFromNative('lxc-tools', { text })).rejects.toMatchObject({
    code: 'OPERATION_INVALID',
  });
});
