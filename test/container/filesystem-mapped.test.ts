/** With an <idmap>: what the container's ids are on the host, by type and option. */
import { chmodSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from 'tslxc';
import { makeBusyboxRoot } from '../support/root/busybox-root';
import { initOf } from '../support/world/container-traces';
import { domainXml } from '../support/domain/domain-xml';
import { makeImage } from '../support/root/filesystem-image';
import { containerTest } from '../support/world/container-test';
import { inside } from '../support/domain/inside';
import { mountAt } from '../support/domain/mounts-of';
import { makeTestRoot } from '../support/root/test-root';

/** The host's id of the container's root. */
const first = 300_000;

const world = containerTest(
  async (keep) => {
    const busybox = keep(await makeBusyboxRoot(['stat', 'touch', 'mkdir']));
    const root = keep(await makeTestRoot());
    chmodSync(busybox.path, 0o755);
    writeFileSync(join(busybox.path, 'etc/name'), 'base\n');
    writeFileSync(join(busybox.path, 'var/www/page'), 'base\n');
    const connection = keep(await connect(undefined, { root: root.path }));
    const upper = join(root.path, 'upper');
    const data = join(root.path, 'data');
    mkdirSync(data);
    writeFileSync(join(data, 'file'), 'of root\n', { mode: 0o600 });
    const image = makeImage('ext4', root.path);
    const range = `start='0' target='${first}' count='65536'`;
    const end = (target: string): string => `<target dir='${target}'/></filesystem>`;
    const devices = [
      `<filesystem><source dir='${busybox.path}'/>${end('/')}`,
      `<filesystem accessmode='mapped'><source dir='${data}'/>${end('/mapped')}`,
      `<filesystem><source dir='${data}'/>${end('/plain')}`,
      `<filesystem type='file' accessmode='mapped'><source file='${image}'/>${end('/image')}`,
      `<filesystem type='ram'><source usage='64'/>${end('/ram')}`,
      `<filesystem type='bind'><source dir='/mapped'/>${end('/bound')}`,
    ];
    const elements = `<idmap><uid ${range}/><gid ${range}/></idmap>
<metadata><t:container xmlns:t='urn:tslxc:domain:1'><t:overlay target='/' upper='${upper}'/></t:container></metadata>`;
    const domain = await connection.defineDomain(
      domainXml({ name: 'fs-mapped', elements, devices: devices.join('\n') }),
    );
    keep(() => domain.destroy());
    await domain.start();
    return { domain, upper, data };
  },
  { per: 'file' },
);

test('init is the container’s root, and another user of the host', async () => {
  expect(statSync(`/proc/${await initOf('fs-mapped')}`).uid).toBe(first);
  expect(mountAt(await initOf('fs-mapped'), '/')?.superOptions).toContain('userxattr');
});

test('layers of an overlay belong to the container’s root, and are written as the host’s', async () => {
  expect(await inside(world.domain, 'stat -c %u:%g / /bin/busybox')).toBe('0:0\n0:0\n');
  await inside(world.domain, 'echo x > /made; rm -r /var/www; mkdir /var/www; echo y >> /etc/name');
  expect(await inside(world.domain, 'cat /made /etc/name; ls -A /var/www')).toBe('x\nbase\ny\n');
  const { uid, gid } = statSync(join(world.upper, 'upper/made'));
  expect([uid, gid]).toEqual([0, 0]);
});

test('a mapped tree is the container’s own; a plain one is not, which is the control', async () => {
  expect(await inside(world.domain, 'stat -c %u /mapped/file /bound/file; cat /mapped/file')).toBe(
    '0\n0\nof root\n',
  );
  expect(await inside(world.domain, 'stat -c %u /plain/file; cat /plain/file')).toMatch(
    /^65534\ncat: .*Permission denied\n$/,
  );
  expect(
    await inside(world.domain, 'touch /mapped/new; stat -c %u /image/page; touch /image/new'),
  ).toBe('0\n');
  expect(statSync(join(world.data, 'new')).uid).toBe(0);
});

test('memory belongs to the container’s root', async () => {
  expect(await inside(world.domain, 'stat -c %u:%g:%a /ram; touch /ram/x')).toBe('0:0:1777\n');
  expect(statSync(`/proc/${await initOf('fs-mapped')}/root/ram/x`).uid).toBe(first);
});
