/** What comes along with a tree of the host, and what reaches it later. The host is a mount namespace of its own. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeBusyboxRoot } from '../support/root/busybox-root';
import type { BusyboxRoot } from '../support/root/busybox-root';
import { initOf } from '../support/world/container-traces';
import { domainXml } from '../support/domain/domain-xml';
import { startOnce } from '../support/world/first-start';
import { expectHostUnchanged, snapshotHost } from '../support/world/host-snapshot';
import type { HostSnapshot } from '../support/world/host-snapshot';
import { mountAt } from '../support/domain/mounts-of';
import { commandLine, runProgram, runSuccessfully } from '../support/process/run-command';
import { makeTestRoot } from '../support/root/test-root';
import type { TestRoot } from '../support/root/test-root';

let before: HostSnapshot;
let root: TestRoot;
let busybox: BusyboxRoot;
/** Keeps the namespace. */
let host: ChildProcess;
let source: string;

const setUp = `
mkdir "$1" "$1-private"
mount -t tmpfs none "$1-private"
mount -t tmpfs none "$1"
mount --make-shared "$1"
mkdir "$1/late" "$1/inner" "$1/sub"
mount -t tmpfs none "$1/sub"
echo ready
exec sleep 300`;

beforeAll(async () => {
  await startOnce();
  before = snapshotHost();
  root = await makeTestRoot();
  busybox = await makeBusyboxRoot(['mount']);
  source = join(root.path, 'source');
  const words = ['--mount', '--propagation', 'private', '/bin/sh', '-ec', setUp, 'sh', source];
  host = spawn('unshare', words, { stdio: ['ignore', 'pipe', 'inherit'] });
  if (host.stdout !== null) await once(host.stdout, 'data');
});

afterAll(async () => {
  const ended = once(host, 'exit');
  host.kill('SIGKILL');
  await ended;
  await root.remove();
  await busybox.remove();
  await expectHostUnchanged(before);
});

async function onHost(...words: readonly string[]): Promise<string> {
  const all = ['nsenter', `--target=${host.pid ?? 0}`, '--mount', ...words];
  const { code, stderr } = await runProgram(all, { root: root.path });
  return code === 0 ? '' : stderr;
}

async function define(name: string, options: string, devices: string): Promise<void> {
  const xml = domainXml({
    name,
    filesystems: [{ source: busybox.path, target: '/' }],
    elements: `<metadata><t:container xmlns:t='urn:tslxc:domain:1'>${options}</t:container></metadata>`,
    devices,
  });
  const file = join(root.path, `${name}.xml`);
  writeFileSync(file, xml);
  await runSuccessfully(['define', file], { root: root.path });
}

const mount = (target: string, more = ''): string =>
  `<filesystem><source dir='${source}'/><target dir='${target}'/>${more}</filesystem>`;

test('mounts come along, follow and go out as the options say', async () => {
  const name = 'fs-propagation';
  const targets = ['/plain', '/slave', '/shared', '/tree'];
  await define(
    name,
    `<t:filesystem target='/tree' recursive='yes'/>
<t:filesystem target='/tree-ro' recursive='yes'/>
<t:filesystem target='/slave' propagation='slave'/>
<t:filesystem target='/shared' propagation='shared'/>`,
    [...targets.map((target) => mount(target)), mount('/tree-ro', '<readonly/>')].join('\n'),
  );
  expect(await onHost(...commandLine('start', name))).toBe('');
  const init = await initOf(name);
  const mounted = (folder: string): string[] =>
    [...targets, '/tree-ro'].filter((target) => mountAt(init, `${target}/${folder}`) !== undefined);

  expect(mounted('sub')).toEqual(['/tree', '/tree-ro']);
  expect(mountAt(init, '/tree/sub')?.options).toContain('rw');
  expect(mountAt(init, '/tree-ro/sub')?.options).toContain('ro');

  expect(await onHost('mount', '-t', 'tmpfs', 'none', `${source}/late`)).toBe('');
  expect(mounted('late')).toEqual(['/slave', '/shared']);

  const inside = `nsenter --target=${init} --mount --root /bin/mount -t tmpfs none`.split(' ');
  for (const target of ['/plain/inner', '/slave/inner', '/shared/inner']) {
    expect((await runProgram([...inside, target], {})).stderr).toBe('');
    const onTheHost = mountAt(host.pid ?? 0, `${source}/inner`) !== undefined;
    expect([target, onTheHost]).toEqual([target, target === '/shared/inner']);
  }
  await runSuccessfully(['destroy', name], { root: root.path });
});

test.each(['slave', 'shared'])('a source that is not shared can not be %s', async (kind) => {
  const name = `fs-not-shared-${kind}`;
  await define(
    name,
    `\n<t:filesystem target='/mnt' propagation='${kind}'/>`,
    `<filesystem><source dir='${source}-private'/><target dir='/mnt'/></filesystem>`,
  );
  const stderr = await onHost(...commandLine('start', name));
  expect(stderr).toContain(
    `the mount of '${source}-private' on the host is not shared, so nothing can be propagated ` +
      '(domain/metadata/tslxc:container/tslxc:filesystem, line ',
  );
});
