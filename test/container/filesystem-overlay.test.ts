/** Containers that share one read-only base, each with a writable layer of its own. */
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { connect } from 'tslxc';
import type { Domain } from 'tslxc';
import { makeBusyboxRoot } from '../support/root/busybox-root';
import { initOf } from '../support/world/container-traces';
import { domainXml } from '../support/domain/domain-xml';
import { makeImage } from '../support/root/filesystem-image';
import { containerTest } from '../support/world/container-test';
import { files } from '../support/world/host-aspects';
import { inside } from '../support/domain/inside';
import { mountAt } from '../support/domain/mounts-of';
import { makeTestRoot } from '../support/root/test-root';

const world = containerTest(async (keep) => {
  const base = keep(await makeBusyboxRoot(['mkdir', 'stat', 'id']));
  const root = keep(await makeTestRoot());
  const connection = keep(await connect(undefined, { root: root.path }));
  chmodSync(base.path, 0o755);
  writeFileSync(
    join(base.path, 'etc/passwd'),
    'root:x:0:0::/:/bin/sh\nalice:x:1234:99::/:/bin/sh\n',
  );
  return { base, root, connection };
});

interface Layers {
  readonly name: string;
  readonly upper: string;
  readonly filesystem?: string;
  readonly target?: string;
  readonly devices?: string;
  readonly osElements?: string;
}

function xml(layers: Layers): string {
  const { name, upper, target = '/', devices = '', osElements = '' } = layers;
  const directory = `<filesystem><source dir='${world.base.path}'/><target dir='/'/></filesystem>`;
  return domainXml({
    name,
    osElements,
    elements: `<metadata><t:container xmlns:t='urn:tslxc:domain:1'>
<t:overlay target='${target}' upper='${upper}'/></t:container></metadata>`,
    devices: `${layers.filesystem ?? directory}${devices}`,
  });
}

async function start(layers: Layers): Promise<Domain> {
  const domain = await world.connection.defineDomain(xml(layers));
  await domain.start();
  return domain;
}

const upperOf = (name: string): string => join(world.root.path, `upper-${name}`);

test('two containers write, each for itself, and the base stays as it is', async () => {
  const untouched = files(world.base.path);
  const one = await start({ name: 'overlay-one', upper: upperOf('one') });
  const two = await start({ name: 'overlay-two', upper: upperOf('two') });
  await inside(one, 'echo one > /etc/name; rm /bin/head');
  await inside(two, 'echo two > /etc/name');
  expect(await inside(one, 'cat /etc/name; ls /bin/head')).toMatch(
    /^one\nls: \/bin\/head: No such/,
  );
  expect(await inside(two, 'cat /etc/name; ls /bin/head')).toBe('two\n/bin/head\n');
  expect(readFileSync(join(upperOf('one'), 'upper/etc/name'), 'utf8')).toBe('one\n');
  expect(files(world.base.path)).toEqual(untouched);
  expect(mountAt(await initOf('overlay-one'), '/')?.type).toBe('overlay');
  expect(statSync(upperOf('one')).mode & 0o777).toBe(0o700);
  expect(await inside(one, 'stat -c %a /')).toBe(
    `${(statSync(world.base.path).mode & 0o777).toString(8)}\n`,
  );
  await one.destroy();
  await one.start();
  expect(await inside(one, 'cat /etc/name')).toBe('one\n');
  await one.destroy();
  await two.destroy();
  expect(readdirSync(upperOf('two')).sort()).toEqual(['upper', 'work']);
});

test('a layer in use is refused to others, however often they try, by name and line, and free afterwards', async () => {
  const upper = upperOf('busy');
  const one = await start({ name: 'overlay-busy', upper });
  const second = await world.connection.defineDomain(xml({ name: 'overlay-late', upper }));
  const third = await world.connection.defineDomain(xml({ name: 'overlay-third', upper }));
  // Neither a refused start nor the clean-up after it gives back what another container has.
  for (const late of [second, second, third]) {
    await expect(late.start()).rejects.toMatchObject({
      code: 'RESOURCE_BUSY',
      element: 'domain/metadata/tslxc:container/tslxc:overlay',
      line: expect.any(Number) as number,
      message: expect.stringContaining('overlay-busy') as string,
    });
  }
  expect(await inside(one, 'echo still')).toBe('still\n');
  await one.destroy();
  await second.start();
  await second.destroy();
});

test('missing targets are made in the layer, and a read-only overlay can not be written', async () => {
  const image = makeImage('squashfs', world.root.path);
  const upper = upperOf('image');
  const filesystem = `<filesystem><source dir='${world.base.path}'/><target dir='/'/></filesystem>
<filesystem type='file'><source file='${image}'/><target dir='/new/data'/><readonly/></filesystem>`;
  const domain = await start({ name: 'overlay-image', upper, target: '/new/data', filesystem });
  expect(await inside(domain, 'cat /new/data/page')).toContain('a page');
  expect(await inside(domain, 'echo x > /new/data/x')).toContain('Read-only file system');
  await domain.destroy();
  const written = await start({
    name: 'overlay-image',
    upper,
    target: '/new/data',
    filesystem: filesystem.replace('<readonly/>', ''),
  });
  await inside(written, 'echo x > /new/data/x');
  expect(readFileSync(join(upper, 'upper/x'), 'utf8')).toBe('x\n');
  await written.destroy();
});

test('what is bound from a read-only root can not be written either', async () => {
  const domain = await start({
    name: 'overlay-bound',
    upper: upperOf('bound'),
    filesystem: `<filesystem><source dir='${world.base.path}'/><target dir='/'/><readonly/></filesystem>`,
    devices: `<filesystem type='bind'><source dir='/etc'/><target dir='/bound'/></filesystem>
<filesystem type='ram'><source usage='1' units='MiB'/><target dir='/ram'/></filesystem>
<filesystem type='bind'><source dir='/ram'/><target dir='/bound-ram'/></filesystem>`,
  });
  const said = await inside(
    domain,
    'cat /bound/passwd | head -n 1; for i in /bound /etc /bound-ram; do (echo x > $i/new) 2>/dev/null && echo $i; done',
  );
  expect(said).toBe('root:x:0:0::/:/bin/sh\n/bound-ram\n');
  await domain.destroy();
});

test('a squashfs image is a root for many, each with its layer', async () => {
  for (const folder of ['dev', 'proc', 'sys']) mkdirSync(join(world.base.path, folder));
  const image = makeImage('squashfs', world.root.path, world.base.path);
  const filesystem = `<filesystem type='file'><source file='${image}'/><target dir='/'/></filesystem>`;
  const one = await start({ name: 'overlay-root-1', upper: upperOf('1'), filesystem });
  const two = await start({ name: 'overlay-root-2', upper: upperOf('2'), filesystem });
  await inside(one, 'echo mine > /mine');
  expect(await inside(one, 'cat /mine')).toBe('mine\n');
  expect(await inside(two, 'ls /mine')).toContain('No such file');
  await one.destroy();
  await two.destroy();
  const domain = await world.connection.defineDomain(
    xml({
      name: 'overlay-user',
      upper: upperOf('u'),
      filesystem,
      osElements: '<inituser>alice</inituser>',
    }),
  );
  await expect(domain.start()).rejects.toMatchObject({
    code: 'CONFIG_UNSUPPORTED',
    element: 'domain/os/inituser',
    message: expect.stringContaining('must be a number') as string,
  });
  expect(existsSync(upperOf('u'))).toBe(false);
});

test('the user of init is looked up in the layer first, then in the base', async () => {
  const osElements = '<inituser>alice</inituser>';
  const layers = { name: 'overlay-user', upper: upperOf('user'), osElements };
  const domain = await start(layers);
  const uidOf = (pid: number): number => statSync(`/proc/${pid}`).uid;
  expect(uidOf(await initOf(layers.name))).toBe(1234);
  await domain.destroy();
  mkdirSync(join(layers.upper, 'upper/etc'), { recursive: true });
  writeFileSync(join(layers.upper, 'upper/etc/passwd'), 'alice:x:4321:99::/:/bin/sh\n');
  await domain.start();
  expect(uidOf(await initOf(layers.name))).toBe(4321);
  await domain.destroy();
});

test('a layer inside the base is refused in its line', async () => {
  const upper = join(world.base.path, 'upper');
  const domain = await world.connection.defineDomain(xml({ name: 'overlay-loop', upper }));
  await expect(domain.start()).rejects.toMatchObject({
    code: 'CONFIG_UNSUPPORTED',
    element: 'domain/metadata/tslxc:container/tslxc:overlay',
  });
  expect(existsSync(upper)).toBe(false);
});
