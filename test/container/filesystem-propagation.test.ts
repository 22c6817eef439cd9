/** What comes along with a tree of the host, and what reaches it later. The host is a mount namespace of its own. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeBusyboxRoot } from '../support/root/busybox-root';
import { initOf } from '../support/world/container-traces';
import { domainXml } from '../support/domain/domain-xml';
import { containerTest } from '../support/world/container-test';
import { mountAt } from '../support/domain/mounts-of';
import { commandLine, runProgram, runSuccessfully } from '../support/process/run-command';
import { makeTestRoot } from '../support/root/test-root';

const setUp = `
mkdir "$1" "$1-private" "$1-slave"
mount -t tmpfs none "$1-private"
mount -t tmpfs none "$1"
mount --make-shared "$1"
mount --bind "$1" "$1-slave"
mount --make-slave "$1-slave"
mkdir "$1/late" "$1/inner" "$1/sub"
mount -t tmpfs none "$1/sub"
echo ready
exec sleep 300`;

const world = containerTest(
  async (keep) => {
    const busybox = keep(await makeBusyboxRoot(['mount']));
    const root = keep(await makeTestRoot());
    const source = join(root.path, 'source');
    const words = ['--mount', '--propagation', 'private', '/bin/sh', '-ec', setUp, 'sh', source];
    // Keeps the namespace.
    const host = spawn('unshare', words, { stdio: ['ignore', 'pipe', 'inherit'] });
    keep(async () => {
      const ended = once(host, 'exit');
      host.kill('SIGKILL');
      await ended;
    });
    await once(host.stdout, 'data');
    return { busybox, root, source, host };
  },
  { per: 'file' },
);

async function onHost(...words: readonly string[]): Promise<string> {
  const all = ['nsenter', `--target=${world.host.pid ?? 0}`, '--mount', ...words];
  const { code, stderr } = await runProgram(all, { root: world.root.path });
  return code === 0 ? '' : stderr;
}

interface Options {
  readonly options: string;
  readonly devices: string;
  /** Default: it has busybox for its root. */
  readonly root?: 'shared';
}

async function define(name: string, { options, devices, root }: Options): Promise<void> {
  const xml = domainXml({
    name,
    ...(root === 'shared' ? {} : { filesystems: [{ source: world.busybox.path, target: '/' }] }),
    elements: `<metadata><t:container xmlns:t='urn:tslxc:domain:1'>${options}</t:container></metadata>`,
    devices,
  });
  const file = join(world.root.path, `${name}.xml`);
  writeFileSync(file, xml);
  await runSuccessfully(['define', file], { root: world.root.path });
}

const mount = (target: string, more = '', source = world.source): string =>
  `<filesystem><source dir='${source}'/><target dir='${target}'/>${more}</filesystem>`;

/** Mounts of the host that lie below the source. */
const mountsBelow = async (): Promise<string> =>
  (
    await runProgram(
      ['nsenter', `--target=${world.host.pid ?? 0}`, '--mount', 'findmnt', '--raw', '--noheadings'],
      {},
    )
  ).stdout
    .split('\n')
    .filter((line) => line.startsWith(`${world.source}/`))
    .join('\n');

test('mounts come along, follow and go out as the options say', async () => {
  const name = 'fs-propagation';
  const targets = ['/plain', '/slave', '/shared', '/tree'];
  await define(name, {
    options: `<t:filesystem target='/tree' recursive='yes'/>
<t:filesystem target='/tree-ro' recursive='yes'/>
<t:filesystem target='/slave' propagation='slave'/>
<t:filesystem target='/shared' propagation='shared'/>`,
    devices: [...targets.map((target) => mount(target)), mount('/tree-ro', '<readonly/>')].join(
      '\n',
    ),
  });
  expect(await onHost(...commandLine('start', name))).toBe('');
  const init = await initOf(name);
  const mounted = (folder: string): string[] =>
    [...targets, '/tree-ro'].filter((target) => mountAt(init, `${target}/${folder}`) !== undefined);

  expect(mounted('sub')).toEqual(['/tree', '/tree-ro']);
  expect(mountAt(init, '/tree/sub')?.options).toContain('rw');
  expect(mountAt(init, '/tree-ro/sub')?.options).toContain('ro');

  expect(await onHost('mount', '-t', 'tmpfs', 'none', `${world.source}/late`)).toBe('');
  expect(mounted('late')).toEqual(['/slave', '/shared']);

  const inside = `nsenter --target=${init} --mount --root /bin/mount -t tmpfs none`.split(' ');
  for (const target of ['/plain/inner', '/slave/inner', '/shared/inner']) {
    expect((await runProgram([...inside, target], {})).stderr).toBe('');
    const onTheHost = mountAt(world.host.pid ?? 0, `${world.source}/inner`) !== undefined;
    expect([target, onTheHost]).toEqual([target, target === '/shared/inner']);
  }
  await runSuccessfully(['destroy', name], { root: world.root.path });
});

const propagating = (target: string, kind: string): string =>
  `\n<t:filesystem target='${target}' propagation='${kind}'/>`;

test.each([
  ['that is not shared', 'private', 'slave'],
  ['that is not shared', 'private', 'shared'],
  ['that only hears of the host’s mounts', 'slave', 'shared'],
])('a source %s (%s) can not be %s', async (_what, source, kind) => {
  const name = `fs-not-${source}-${kind}`;
  const devices = mount('/mnt', '', `${world.source}-${source}`);
  await define(name, { options: propagating('/mnt', kind), devices });
  const stderr = await onHost(...commandLine('start', name));
  expect(stderr).toContain(
    `the mount of '${world.source}-${source}' on the host is not shared, so nothing can be propagated ` +
      '(domain/metadata/tslxc:container/tslxc:filesystem, line ',
  );
});

test('control: a source that only hears of the host’s mounts can be a slave', async () => {
  const name = 'fs-slave-slave';
  const devices = mount('/mnt', '', `${world.source}-slave`);
  await define(name, { options: propagating('/mnt', 'slave'), devices });
  expect(await onHost(...commandLine('start', name))).toBe('');
  await runSuccessfully(['destroy', name], { root: world.root.path });
});

test('what hides tslxc’s state from a container is not mounted on the host, where its target would be shared', async () => {
  const name = 'fs-shared-over-state';
  const before = await mountsBelow();
  const { path } = world.root;
  await define(name, {
    options: propagating(path, 'shared'),
    devices: mount(path),
    root: 'shared',
  });
  const stderr = await onHost(...commandLine('start', name));
  expect(stderr).toMatch(
    new RegExp(`'${path}' can't be shared: ${path}/\\S+ has to be hidden from the container`),
  );
  expect(await mountsBelow()).toBe(before);
});

test.each([
  ['slave', ''],
  ['shared', '/beside'],
])('control: a target that is %s at the root%s can be mounted', async (kind, place) => {
  const name = `fs-${kind}-at-state`;
  const target = `${world.root.path}${place}`;
  if (place !== '') mkdirSync(target);
  await define(name, {
    options: propagating(target, kind),
    devices: mount(target),
    root: 'shared',
  });
  expect(await onHost(...commandLine('start', name))).toBe('');
  await runSuccessfully(['destroy', name], { root: world.root.path });
});
