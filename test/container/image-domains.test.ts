/** Containers from images: what the image says of its program, what the caller says otherwise, and what they share. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from 'tslxc';
import type { Domain, ImageDomain } from 'tslxc';
import { pullWeb } from '../support/image/web-image';
import { runIn } from '../support/domain/exec';
import { runCommand, runSuccessfully } from '../support/process/run-command';
import { eventually } from '../support/time/eventually';
import { containerTest } from '../support/world/container-test';
import { makeTestRoot } from '../support/root/test-root';

const world = containerTest(
  async (keep) => {
    const root = keep(await makeTestRoot());
    const connection = keep(await connect(undefined, { root: root.path }));
    const image = await pullWeb(connection, root.path);
    return { root, connection, image };
  },
  { per: 'file' },
);

const tslxc = (...words: readonly string[]) => runCommand(words, { root: world.root.path });
const store = (...path: string[]): string => join(world.root.path, 'var/lib/tslxc/images', ...path);
const written = (): string[] => readdirSync(store('containers'));

async function make(domain: ImageDomain): Promise<Domain> {
  return await world.connection.createFromImage('web:1', domain);
}

/** What a line of shell says in it. */
async function said(domain: Domain, line: string): Promise<string> {
  const { stdout, stderr } = await runIn(domain, ['/bin/sh', '-c', line]);
  return `${stdout}${stderr}`;
}

const sleeping = { init: 'sleep', args: ['1000'], user: '0' };

test('run reaches the program, with its user, environment and directory, and ends as it does', async () => {
  const { code, stdout, stderr } = await tslxc('run', 'web:1');
  expect([stdout, stderr]).toEqual([
    '1234\n2345\n/srv/alice\nhello world /srv/alice /bin\ntwo\n',
    '',
  ]);
  expect(code).toBe(3);
  // Nothing of it is left.
  expect(written()).toEqual([]);
  expect(await world.connection.listDomains()).toEqual([]);
});

test('each of them can be another one', async () => {
  const host = join(world.root.path, 'shown');
  mkdirSync(host);
  writeFileSync(join(host, 'file'), 'of the host\n');
  const ran = await tslxc(
    ...['run', '--entrypoint', 'sh', '--env', 'GREETING=bye', '-e', 'MORE=1', '-e', 'TSLXC_ROOT'],
    ...['--user', '77:50', '--workdir', '/tmp', '--volume', `${host}:/shown`, '--memory', '64MiB'],
    ...[
      'web:1',
      '--',
      '-c',
      'id -u; id -g; pwd; echo $GREETING $MORE $TSLXC_ROOT; cat /shown/file',
    ],
  );
  const stdout = `77\n50\n/tmp\nbye 1 ${world.root.path}\nof the host\n`;
  expect(ran).toEqual({ code: 0, signal: null, stdout, stderr: '' });
});

test('the XML says all of it', async () => {
  const xml = await runSuccessfully(['run', '--name', 'stored', '--print-xml', 'web:1'], {
    root: world.root.path,
  });
  for (const line of [
    '<name>stored</name>',
    '<init>/bin/sh</init>',
    '<initarg>-c</initarg>',
    "<initenv name='GREETING'>hello world</initenv>",
    "<initenv name='HOME'>/srv/alice</initenv>",
    '<initdir>/srv/alice</initdir>',
    '<inituser>alice</inituser>',
    '<initgroup>2345</initgroup>',
    "<tslxc:idmap allocate='auto' count='65536'/>",
    "<tslxc:stop signal='SIGQUIT'/>",
    `<image:image xmlns:image='urn:tslxc:image:1' name='web:1' digest='${world.image.digest}'>`,
    "<image:port protocol='tcp' start='80'/>",
    "<image:port protocol='udp' start='53'/>",
    "<image:volume target='/data'/>",
    `<source dir='${world.image.layers[0]}'/>`,
    `<tslxc:lower dir='${world.image.layers[3]}'/>`,
    '<privnet/>',
  ]) {
    expect(xml).toContain(line);
  }
  expect(xml).not.toContain('EMPTY');
  // What is printed is defined, started, and keeps what it writes.
  const domain = await world.connection.defineDomain(xml.replace(/exit 3/, 'sleep 1000'));
  await domain.start();
  await said(domain, 'echo kept > /srv/alice/kept');
  await domain.destroy();
  await domain.start();
  expect(await said(domain, 'cat /srv/alice/kept')).toBe('kept\n');
  await expect(world.connection.images.remove('web:1')).rejects.toMatchObject({
    code: 'RESOURCE_BUSY',
  });
  await domain.destroy();
  await world.connection.images.collect();
  expect(written().filter((name) => name.startsWith('stored'))).toHaveLength(1);
  await domain.undefine();
});

test('containers of one image share its layers, and each writes for itself', async () => {
  const layerBytes = diskUsage(store('layers'));
  const names = Array.from({ length: 5 }, (_, at) => `shared-${at}`);
  const domains = await Promise.all(names.map((name) => make({ ...sleeping, name })));
  await Promise.all(domains.map((one) => said(one, `echo ${one.name} > /data/name`)));
  for (const one of domains) {
    expect(await said(one, 'cat /data/name; ls /data; ls /etc/empty')).toBe(`${one.name}\nname\n`);
  }
  expect(diskUsage(store('layers'))).toBe(layerBytes);
  expect(diskUsage(store('containers'))).toBeLessThan(5 * 64);
  await Promise.all(domains.map((one) => one.destroy()));
  // What each has written is removed with it, without another call.
  expect(written().filter((name) => name.startsWith('shared'))).toEqual([]);
});

test('what a container has written stays while another domain names it', async () => {
  const { connection } = world;
  const domain = await make({ ...sleeping, name: 'first' });
  const xml = await domain.xml();
  const heir = await connection.defineDomain(
    xml.replace('<name>first<', '<name>heir<').replace(/<uuid>.*<\/uuid>/, ''),
  );
  const left = (): string[] => written().filter((name) => /^first-[0-9a-f]+$/.test(name));
  await domain.destroy();
  expect(left()).toHaveLength(1);
  await heir.undefine();
  await connection.images.collect();
  expect(left()).toEqual([]);
});

test('what a container has written stays while it is restarted, and goes with its last end', async () => {
  const domain = await make({
    ...{
      name: 'again',
      init: '/bin/sh',
      user: '0',
      restart: { policy: 'on-failure', max: 2, delay: 0 },
    },
    args: ['-c', 'echo run >> /srv/runs; cat /srv/runs | wc -l; exit 1'],
  });
  await eventually(async () => {
    const lines = [];
    for await (const line of world.connection.logs(domain.name)) lines.push(line.trim());
    expect(lines).toEqual(['1', '2', '3']);
  });
  await eventually(() => expect(written().filter((name) => name.startsWith('again'))).toEqual([]));
});

test('what a container has written is removed when its program has ended, while no process waits for that', async () => {
  await runSuccessfully(['run', '-d', '--name', 'alone', 'web:1'], { root: world.root.path });
  await eventually(() => expect(written().filter((name) => name.startsWith('alone'))).toEqual([]));
});

test('what a running container writes stays while images are pulled, removed and collected', async () => {
  const domain = await make({ ...sleeping, name: 'writing' });
  await said(domain, 'echo precious > /srv/kept');
  const [folder = ''] = written().filter((name) => /^writing-[0-9a-f]+$/.test(name));
  const kept = (): string => readFileSync(store('containers', folder, 'upper/srv/kept'), 'utf8');
  expect(kept()).toBe('precious\n');
  const root = { root: world.root.path };
  await runSuccessfully(['pull', `oci:${join(world.root.path, 'layout')}`, 'again'], root);
  expect(kept()).toBe('precious\n');
  await runSuccessfully(['rmi', 'again'], root);
  await world.connection.images.collect();
  // Another container from an image removes what is left of those that are gone.
  await (await make({ ...sleeping, name: 'next' })).destroy();
  expect(kept()).toBe('precious\n');
  expect(await said(domain, 'cat /srv/kept')).toBe('precious\n');
  await domain.destroy();
  expect(written().filter((name) => name.startsWith('writing'))).toEqual([]);
});

test('the layers have the ids of the container, and stay what they are', async () => {
  const domain = await make({ ...sleeping, name: 'mapped' });
  expect(await said(domain, 'stat -c %u:%g /bin/busybox /srv/alice')).toBe('0:0\n1234:2345\n');
  const [start = ''] = (await said(domain, 'cat /proc/self/uid_map')).trim().split(/ +/).slice(1);
  expect(Number(start)).toBeGreaterThan(65535);
  await said(domain, 'touch /srv/mine; chmod 600 /bin/busybox');
  expect(statSync(join(world.image.layers[3] ?? '', 'bin/busybox')).mode & 0o777).toBe(0o755);
  await domain.destroy();
});

test('without ids of its own a container has the same files', async () => {
  const domain = await make({ ...sleeping, name: 'plain', idMap: 'host' });
  expect(
    await said(domain, 'cat /data/name; ls /data; ls /etc/empty; cat /proc/self/uid_map'),
  ).toMatch(/^two\nname\n +0 +0 +4294967295\n$/);
  await domain.destroy();
});

test('a volume can be read-only', async () => {
  const source = join(world.root.path, 'volume');
  mkdirSync(source);
  const mounts = [
    { source, target: '/kept' },
    { source, target: '/shown', readonly: true },
  ];
  const domain = await make({ ...sleeping, name: 'volumes', idMap: 'host', mounts });
  const shown = await said(domain, 'echo one > /kept/one; cat /shown/one; echo > /shown/two');
  expect(shown).toMatch(/^one\n.*Read-only file system\n$/);
  expect(readFileSync(join(source, 'one'), 'utf8')).toBe('one\n');
  await domain.destroy();
});

test('shutdown sends the stop signal of the image', async () => {
  const trap = "trap 'exit 7' QUIT; while true; do sleep 0.1; done";
  const domain = await make({ init: 'sh', args: ['-c', trap], name: 'stopped' });
  await eventually(async () => {
    expect(await domain.shutdown({ timeout: 20_000 })).toMatchObject({
      signal: 3,
      outcome: 'stopped',
    });
  });
});

test('what the image does not have is told before anything starts', async () => {
  const refused = async (domain: ImageDomain): Promise<unknown> =>
    make(domain).then(
      () => 'started',
      (error: unknown) => (error as Error).message,
    );
  expect(await refused({ init: 'nosuch' })).toMatch(/no program 'nosuch' in its PATH \(\/bin\)/);
  expect(await refused({ ...sleeping, cwd: 'tmp' })).toMatch(/'tmp' is not an absolute path/);
  expect(await refused({ ...sleeping, env: { 'X=': '1' } })).toMatch(
    /domain.env\["X="\] is not a variable name/,
  );
  expect(await refused({ ...sleeping, ports: ['web'] })).toMatch(/'web' is not a port/);
  expect(await refused({ ...sleeping, memory: '1KiB' })).toMatch(/1 KiB of memory are too little/);
  expect(await refused({ init: '' })).toMatch(/domain.init is '', not text that is not empty/);
  await world.connection.images.collect();
  expect(written().filter((name) => name.startsWith('web-'))).toEqual([]);
  expect(existsSync(store('drafts'))).toBe(true);
});

test('an error names the key that it is about, and nothing of the XML that is made of it', async () => {
  const source = join(world.root.path, 'no-such-source');
  const mounts = [
    { source: world.root.path, target: '/first' },
    { source, target: '/second' },
  ];
  const cases: readonly (readonly [string, ImageDomain])[] = [
    ['domain.user', { user: 'nosuch' }],
    ['domain.mounts[1].source', { mounts }],
    ['domain.root.overlay', { root: { overlay: join(source, 'upper') } }],
    ['domain.stopSignal', { stopSignal: 'SIGNONE' }],
    ['domain.limits.cpuPeriod', { limits: { cpuPeriod: 1 } }],
  ];
  for (const [key, wrong] of cases) {
    const error = await make({ ...sleeping, ...wrong }).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ element: key });
    expect(error).not.toHaveProperty('line');
    expect((error as Error).message).not.toMatch(/line \d|domain\//);
  }
  const spec = { name: 'plain-data', memory: '64MiB', root: '/', user: 'nosuch' } as const;
  await expect(world.connection.createDomain(spec)).rejects.toMatchObject({
    element: 'definition.user',
  });
});

/** KiB on the disk, each file once. */
function diskUsage(path: string): number {
  return Number(execFileSync('du', ['-sk', path], { encoding: 'utf8' }).split('\t')[0]);
}

test('limits, file systems in memory, capabilities and devices are those that it is given, and are read back', async () => {
  const wanted: ImageDomain = {
    ...{ name: 'given', limits: { processes: 50 }, memory: '64MiB' },
    capabilities: { off: ['net_raw'] },
    mounts: [{ type: 'ram', target: '/srv/quick', size: '1MiB' }],
    devices: [{ type: 'character', source: '/dev/loop-control' }],
    restart: { policy: 'on-failure', max: 1 },
  };
  const domain = await make({ ...sleeping, ...wanted });
  const inside = await said(domain, 'df /srv/quick | tail -n 1; ls /dev/loop-control');
  expect(inside).toMatch(/ 1024 .*\n\/dev\/loop-control\n$/);
  expect(await domain.spec()).toMatchObject({
    ...wanted,
    mounts: [{ type: 'ram', target: '/dev/shm', size: '64MiB' }, ...(wanted.mounts ?? [])],
    image: { name: 'web:1' },
    args: ['1000'],
    user: '0',
  });
  await domain.destroy();
});
