/** Named volumes of containers from images: made as a whole with what the image has, kept, shown to the image's user, and never lost. */
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { connect } from 'tslxc';
import type { Domain, ImageDomain } from 'tslxc';
import { busyboxLayer, makeLayout } from '../support/image/image-layout';
import { directory, file, symlink } from '../support/image/tar-archive';
import { runIn } from '../support/domain/exec';
import { runCommand } from '../support/process/run-command';
import { containerTest } from '../support/world/container-test';
import { makeTestRoot } from '../support/root/test-root';

const database = { uid: 999, gid: 998 };

/** As an image of a database: its own user, whose files are in its folder, which nobody else may enter. */
const layers = [
  [
    ...busyboxLayer(),
    directory('var/lib'),
    { ...directory('var/lib/db', 0o700), ...database },
    { ...file('var/lib/db/seed', 'of the image\n', 0o600), ...database },
    symlink('data', 'var/lib/db'),
  ],
];
const config = { Cmd: ['sleep', '1000'], User: '999:998', WorkingDir: '/' };

const world = containerTest(async (keep) => {
  const root = keep(await makeTestRoot());
  const connection = keep(await connect(undefined, { root: root.path }));
  const source = makeLayout(join(root.path, 'layout'), { layers, config });
  await connection.images.pull(source, { name: 'db' });
  return { root, connection };
});

const tslxc = (...words: readonly string[]) => runCommand(words, { root: world.root.path });
const place = (...path: string[]): string =>
  join(world.root.path, 'var/lib/tslxc/volumes', ...path);
const inDb = { type: 'volume', volume: 'data', target: '/var/lib/db' } as const;
const make = (domain: ImageDomain = {}): Promise<Domain> =>
  world.connection.createFromImage('db', { mounts: [inDb], ...domain });

async function said(domain: Domain, line: string): Promise<string> {
  const { stdout, stderr } = await runIn(domain, ['/bin/sh', '-c', line]);
  return `${stdout}${stderr}`;
}

test('the first container fills it with what the image has, and the next one finds what that has written', async () => {
  const first = await make();
  expect(await said(first, 'cat /var/lib/db/seed && echo kept >/var/lib/db/own')).toBe(
    'of the image\n',
  );
  // The image's user writes as itself: its ids are those on the disk, as in the image.
  for (const [name, mode] of [
    ['data', 0o40700],
    ['data/seed', 0o100600],
    ['data/own', 0o100644],
  ] as const) {
    expect(statSync(place(name))).toMatchObject({ ...database, mode });
  }
  expect(statSync(place())).toMatchObject({ uid: 0, gid: 0, mode: 0o40700 });
  await said(first, 'rm /var/lib/db/seed');
  await first.destroy();
  const second = await make();
  expect(await said(second, 'ls /var/lib/db')).toBe('own\n');
  expect(readdirSync(place())).toEqual(expect.arrayContaining(['data']));
  expect(readdirSync(place('.tslxc-drafts'))).toEqual([]);
});

test('an empty one that was made before is filled once, through links of the image, and one with files never', async () => {
  await world.connection.volumes.create('data');
  await world.connection.volumes.create('full');
  writeFileSync(place('full/mine'), 'mine\n');
  const linked = await make({
    user: '0',
    mounts: [
      { ...inDb, target: '/data' },
      { ...inDb, volume: 'full', target: '/full' },
      { ...inDb, volume: 'new', target: '/new' },
    ],
  });
  expect(await said(linked, 'ls /data /full /new')).toBe('/data:\nseed\n\n/full:\nmine\n\n/new:\n');
  expect(statSync(place('new'))).toMatchObject({ uid: 0, gid: 0, mode: 0o40755 });
  await said(linked, 'rm /data/seed');
  // It has a user: the next container sees it as that does.
  const second = await make();
  expect(await said(second, 'ls -A /var/lib/db; touch /var/lib/db/second')).toBe('');
  expect(await said(linked, 'ls /data')).toBe('second\n');
});

test('with the ids of the host its files are those of the image too', async () => {
  const domain = await make({ idMap: 'host' });
  expect(await said(domain, 'id -u; cat /var/lib/db/seed; touch /var/lib/db/own')).toBe(
    '999\nof the image\n',
  );
  expect(statSync(place('data/own'))).toMatchObject(database);
});

test('none is removed that a stored or a running domain has', async () => {
  const { volumes } = world.connection;
  const running = await make({ name: 'runs' });
  await said(running, 'echo kept >/var/lib/db/own');
  await expect(volumes.remove('data')).rejects.toMatchObject({
    code: 'RESOURCE_BUSY',
    domain: 'runs',
    message: expect.stringContaining("volume 'data' is in use by domain 'runs'") as string,
  });
  const stored = await world.connection.defineDomain({
    name: 'stored',
    memory: '64MiB',
    init: '/bin/sh',
    mounts: [{ type: 'volume', volume: 'data', target: '/srv' }],
  });
  expect(await volumes.list()).toEqual([
    { name: 'data', path: place('data'), type: 'dir', users: ['runs', 'stored'] },
  ]);
  await running.destroy();
  await expect(volumes.remove('data')).rejects.toMatchObject({ domain: 'stored' });
  expect(await volumes.prune()).toEqual([]);
  expect(readdirSync(place('data')).sort()).toEqual(['own', 'seed']);
  await stored.undefine();
  await volumes.remove('data');
  expect(await volumes.list()).toEqual([]);
  expect(existsSync(place('data'))).toBe(false);
  await expect(volumes.lookup('data')).rejects.toMatchObject({ code: 'NO_STORAGE_VOL' });
});

test.each<[string, (folder: string) => string]>([
  [
    'by a link to the folder of all',
    (folder) => {
      const link = join(world.root.path, 'elsewhere');
      symlinkSync(folder, link);
      return join(link, 'data');
    },
  ],
  ['as a part of the folder of all', (folder) => folder],
])('none is removed or filled that a container has %s', async (_what, sourceIn) => {
  const { volumes } = world.connection;
  await volumes.create('data');
  const domain = await world.connection.createDomain({
    ...{ name: 'reaches', memory: '64MiB', init: '/bin/sleep', args: ['1000'], idMap: 'host' },
    mounts: [{ source: sourceIn(place()), target: '/srv' }],
  });
  await expect(volumes.remove('data')).rejects.toMatchObject({ domain: 'reaches' });
  expect(await volumes.prune()).toEqual([]);
  const { ino } = statSync(place('data'));
  const second = await make({ init: 'sleep', args: ['1000'], user: '0' });
  expect(statSync(place('data')).ino).toBe(ino);
  await second.destroy();
  await domain.destroy();
  await volumes.remove('data');
});

test('a domain that can’t be read may have any of them', async () => {
  await world.connection.volumes.create('data');
  const folder = join(world.root.path, 'etc/tslxc/lxc');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'damaged.xml'), '<domain');
  await expect(world.connection.volumes.remove('data')).rejects.toMatchObject({
    code: 'OPERATION_FAILED',
    message: expect.stringContaining('damaged.xml') as string,
  });
  await expect(world.connection.volumes.prune()).rejects.toMatchObject({
    code: 'OPERATION_FAILED',
  });
  expect(existsSync(place('data'))).toBe(true);
});

const short = (target: string) =>
  ({
    name: 'again',
    init: '/bin/sh',
    args: ['-c', `echo run >>${target}/runs; exit 1`],
    restart: { policy: 'always', delay: 0 },
  }) as const;

test.each<[string, () => Promise<Domain>]>([
  ['of an image', () => make(short('/var/lib/db'))],
  [
    'with the host’s root',
    async () => {
      await world.connection.volumes.create('data');
      const mounts = [{ ...inDb, target: '/srv' }];
      return world.connection.createDomain({ ...short('/srv'), memory: '64MiB', mounts });
    },
  ],
])(
  'one whose container %s is restarted again and again is never taken for unused',
  async (_what, start) => {
    const domain = await start();
    const outcomes = new Set<string>();
    for (let tries = 0; tries < 60; tries += 1) {
      const outcome = await world.connection.volumes.remove('data').then(
        () => 'removed',
        (error: unknown) => (error as { code: string }).code,
      );
      outcomes.add(outcome);
      await world.connection.listDomains();
    }
    expect([...outcomes]).toEqual(['RESOURCE_BUSY']);
    await domain.destroy();
    expect(existsSync(place('data/runs'))).toBe(true);
  },
);

test('what is mounted in one keeps it whole', async () => {
  const { volumes } = world.connection;
  await volumes.create('data');
  mkdirSync(place('data/disk'));
  execFileSync('mount', ['-t', 'tmpfs', 'none', place('data/disk')]);
  try {
    await expect(volumes.remove('data')).rejects.toMatchObject({ code: 'OPERATION_INVALID' });
    expect(existsSync(place('data/disk'))).toBe(true);
  } finally {
    execFileSync('umount', [place('data/disk')]);
  }
  await volumes.remove('data');
  expect(await volumes.list()).toEqual([]);
});

test.each<[string, () => Disposable]>([
  [
    'a place at which something is mounted',
    () => {
      mkdirSync(place('data'));
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'mode=0755', 'none', place('data')]);
      return { [Symbol.dispose]: () => execFileSync('umount', [place('data')]) };
    },
  ],
  [
    'a link to an empty folder',
    () => {
      mkdirSync(join(world.root.path, 'linked'));
      symlinkSync(join(world.root.path, 'linked'), place('data'));
      return { [Symbol.dispose]: () => undefined };
    },
  ],
])('%s is shown as it is', async (_what, prepare) => {
  await world.connection.volumes.create('other');
  using _prepared = prepare();
  const domain = await make({ idMap: 'host', user: '0' });
  expect(await said(domain, 'ls -A /var/lib/db')).toBe('');
  await domain.destroy();
});

test('what is no volume is named', async () => {
  await world.connection.volumes.create('other');
  execFileSync('mkfifo', [place('data')]);
  await expect(make()).rejects.toMatchObject({
    code: 'OPERATION_INVALID',
    message: expect.stringContaining(
      `'${place('data')}' is no volume, but neither a folder nor a file`,
    ) as string,
  });
});

test('the XML is the same before the first volume is made and afterwards', async () => {
  const xml = async (): Promise<string> => {
    const text = await world.connection.images.domainXml('db', { name: 'one', mounts: [inDb] });
    return text.replace(/containers\/[^']*/g, '');
  };
  const before = await xml();
  expect(before).toContain("<filesystem type='volume' accessmode='mapped'>");
  expect(before).toContain("<source pool='volumes' volume='data'/>");
  expect(existsSync(place())).toBe(false);
  await world.connection.volumes.create('data');
  expect(await xml()).toBe(before);
});

test('a pool of the name that is there before is taken as it is', async () => {
  const elsewhere = join(world.root.path, 'elsewhere');
  mkdirSync(elsewhere, { mode: 0o700 });
  const xml = `<pool type='dir'><name>volumes</name><target><path>${elsewhere}</path></target></pool>`;
  await world.connection.defineStoragePool(xml);
  const domain = await make();
  expect(await said(domain, 'cat /var/lib/db/seed')).toBe('of the image\n');
  expect(statSync(join(elsewhere, 'data'))).toMatchObject(database);
  expect(existsSync(place())).toBe(false);
  await domain.destroy();
  await world.connection.volumes.remove('data');
  // What volumes are made in does not keep the pool from being removed.
  const pool = await world.connection.lookupStoragePoolByName('volumes');
  expect(await pool.volumes()).toEqual([]);
  await pool.refresh();
  expect(await pool.volumes()).toEqual([]);
  await pool.destroy();
  await expect(world.connection.volumes.list()).rejects.toMatchObject({
    message: expect.stringContaining('tslxc pool-start volumes') as string,
  });
  await pool.delete();
  expect(existsSync(elsewhere)).toBe(false);
});

test('one whose files the container could not write to is refused, with what to do, and nothing is made', async () => {
  const open = join(world.root.path, 'open');
  mkdirSync(open, { mode: 0o755 });
  chmodSync(world.root.path, 0o755);
  const xml = `<pool type='dir'><name>volumes</name><target><path>${open}</path></target></pool>`;
  await world.connection.defineStoragePool(xml);
  await expect(make()).rejects.toMatchObject({
    code: 'CONFIG_UNSUPPORTED',
    path: join(open, 'data'),
    message: expect.stringContaining(
      `volume 'data' can't be shown with its owners, so that the container could not write to it: '${open}' has to be`,
    ) as string,
  });
  expect(readdirSync(open)).toEqual([]);
  const asHost = await make({ idMap: 'host' });
  expect(await said(asHost, 'cat /var/lib/db/seed')).toBe('of the image\n');
  await asHost.destroy();
  const asItIs = await make({ mounts: [{ ...inDb, accessMode: 'passthrough' }], user: '0' });
  expect(await said(asItIs, 'touch /var/lib/db/own')).toContain('Permission denied');
  await asItIs.destroy();
  chmodSync(open, 0o700);
  expect(await said(await make(), 'touch /var/lib/db/own')).toBe('');
});

/** Words behind `volume`, and what is said of them. */
const refusals: readonly (readonly [readonly string[], string])[] = [
  [
    ['lss'],
    "'lss' is none of volume's actions: ls, create, rm, inspect, prune; did you mean 'ls'?",
  ],
  [['rm'], 'volume rm needs the name of a volume'],
  [['ls', 'data'], "unexpected data 'data': volume ls takes no name"],
  [['inspect', 'data', '--all'], 'option --all is not one of volume inspect'],
  [['create', './data'], "Failed to create volume './data'"],
];

test('volume lists, makes, inspects and removes them in docker’s words', async () => {
  expect(await tslxc('volume', 'create', 'one', 'data')).toMatchObject({
    code: 0,
    stdout: 'one\ndata\n',
  });
  const ran = await tslxc('run', '--rm', '-v', 'data:/var/lib/db', 'db', 'cat', '/var/lib/db/seed');
  expect(ran).toMatchObject({ code: 0, stdout: 'of the image\n', stderr: '' });
  const left = await tslxc('run', '-d', '--mount', 'type=volume,src=data,dst=/srv,ro', 'db');
  const user = left.stdout.trim();
  expect((await tslxc('exec', user, '--', 'touch', '/srv/new')).stderr).toContain(
    'Read-only file system',
  );
  const { stdout } = await tslxc('volume', 'ls');
  expect(stdout.split('\n').map((line) => line.trim().replace(/ +/g, ' '))).toEqual([
    'Name Used by Path',
    expect.stringMatching(/^-+$/) as string,
    `data ${user} ${place('data')}`,
    `one - ${place('one')}`,
    '',
  ]);
  expect(JSON.parse((await tslxc('volume', 'ls', '--format', 'json')).stdout)).toMatchObject([
    { name: 'data', users: [user] },
    { name: 'one', users: [] },
  ]);
  expect(await tslxc('volume', 'ls', '-q')).toMatchObject({ stdout: 'data\none\n' });
  const inspected = await tslxc('volume', 'inspect', 'data', 'none');
  expect(JSON.parse(inspected.stdout)).toEqual([
    { name: 'data', path: place('data'), type: 'dir', users: [user] },
  ]);
  expect(inspected).toMatchObject({
    code: 1,
    stderr:
      "error: Failed to inspect volume 'none'\nerror: Storage volume not found: there is no volume 'none'\n",
  });
  expect(await tslxc('volume', 'inspect', 'data', '--format', 'json')).toMatchObject({
    code: 1,
    stderr: 'error: option --format is not one of volume inspect\n',
  });
  for (const [words, why] of refusals) {
    expect(await tslxc('volume', ...words)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining(why) as string,
    });
  }
  const removed = await tslxc('volume', 'rm', 'data', 'one');
  expect(removed).toMatchObject({ code: 1, stdout: 'one\n' });
  expect(removed.stderr).toContain(`volume 'data' is in use by domain '${user}'`);
  expect(await tslxc('volume', 'prune', '--all', '--force')).toMatchObject({ code: 0, stdout: '' });
  expect(await tslxc('volume', 'prune', '-f')).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^Nothing was removed: .* only go with --all/) as string,
  });
  await tslxc('destroy', user);
  expect(await tslxc('volume', 'prune', '--all')).toMatchObject({
    code: 1,
    stderr: 'error: There is no terminal to ask on: give --force to remove them\n',
  });
  expect(await tslxc('volume', 'prune', '--all', '--force')).toMatchObject({ stdout: 'data\n' });
  expect(await tslxc('volume', 'rm', '--force', 'data')).toMatchObject({ code: 0, stdout: '' });
});
