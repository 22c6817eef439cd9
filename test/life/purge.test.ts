/** purge takes everything of its root off the host, and touches nothing else. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { connect } from 'tslxc';
import type { PurgeItem } from 'tslxc';
import { hostFacts } from '../../lib/host/facts';
import { native } from '../../lib/host/native';
import { cgroupsOf, expectGone, monitorsOf } from '../support/world/container-traces';
import { domainXml } from '../support/domain/domain-xml';
import { eventually } from '../support/time/eventually';
import { leftoversFrom } from '../support/world/leftovers';
import { containerTest, nothing } from '../support/world/container-test';
import {
  automaticIdMapXml,
  makeClosedRoot,
  privateNetworkXml,
} from '../support/domain/mapped-domain';
import type { ClosedRoot } from '../support/domain/mapped-domain';
import { PtySession } from '../support/console/pty-session';
import { readProcess } from '../support/process/processes';
import { commandEnvironment, commandLine, runCommand } from '../support/process/run-command';
import { TestDomain } from '../support/domain/test-domain';
import { makeTestRoot } from '../support/root/test-root';

containerTest(nothing);

const monitorFolder = 'libvirt/tslxc-monitor';

interface Filled {
  readonly upper: string;
  readonly closed: ClosedRoot;
}

/** Domains in every state below one root. */
async function fill(root: string): Promise<Filled> {
  const connection = await connect(undefined, { root });
  const upper = join(root, 'upper');
  const closed = await makeClosedRoot();
  const overlay = `<metadata><tslxc:container xmlns:tslxc='urn:tslxc:domain:1'>
    <tslxc:overlay target='/' upper='${upper}'/></tslxc:container></metadata>`;
  const target = join(root, 'missing/target');
  const documents = {
    'purge-running': domainXml({
      name: 'purge-running',
      filesystems: [{ source: '/etc', target }],
    }),
    'purge-overlay': domainXml({
      name: 'purge-overlay',
      elements: overlay,
      filesystems: [{ source: closed.path, target: '/' }],
    }),
    'purge-ids': domainXml({
      name: 'purge-ids',
      elements: `${automaticIdMapXml}\n${privateNetworkXml}`,
    }),
    'purge-lost': domainXml({ name: 'purge-lost' }),
    'purge-off': domainXml({ name: 'purge-off' }),
  };
  for (const xml of Object.values(documents)) await connection.defineDomain(xml);
  for (const name of ['purge-running', 'purge-overlay', 'purge-ids', 'purge-lost']) {
    await (await connection.lookupDomainByName(name)).start({ ownership: 'leave' });
  }
  await connection.createDomain(domainXml({ name: 'purge-transient' }), { ownership: 'leave' });
  for (const pid of monitorsOf('purge-lost')) process.kill(pid, 'SIGKILL');
  await writeFile(join(root, 'etc/tslxc/lxc/broken.xml'), '<domain');
  await connection.close();
  return { upper, closed };
}

test('what runs is stopped, what is defined is forgotten, and the user’s data stays', async () => {
  await using root = await makeTestRoot();
  const { upper, closed } = await fill(root.path);
  await mkdir(join(root.path, 'var/lib/mine'), { recursive: true });
  const ran = await runCommand(['purge', '--yes'], { root: root.path });
  await closed[Symbol.asyncDispose]();
  expect([ran.code, ran.stderr]).toEqual([0, '']);
  const lines = ran.stdout.split('\n');
  expect(lines).toContain("removed domain 'purge-running', stopped");
  expect(lines).toContain("removed domain 'purge-off'");
  expect(lines).toContain(
    "removed domain 'broken', whose definition can't be read: what it has written may not be listed",
  );
  expect(lines).toContain(`removed files in ${root.path}/run/tslxc`);
  expect(lines).toContain(`kept upper layer ${upper}`);
  for (const name of ['running', 'overlay', 'ids', 'lost', 'transient'])
    await expectGone(`purge-${name}`);
  // Of the root itself what is the user’s: the rest was made by the purged.
  expect(readdirSync(root.path).sort()).toEqual(['upper', 'var']);
  expect(readdirSync(join(root.path, 'var/lib'))).toEqual(['mine']);
  const idRoots = '/run/tslxc/id-roots';
  expect(existsSync(idRoots) && readFileSync(idRoots, 'utf8').includes(root.path)).toBe(false);
});

test('the locks that all roots share stay: one that was made again would have two holders', async () => {
  await using purged = await TestDomain.make({ name: 'purge-shared', elements: automaticIdMapXml });
  await purged.start();
  const path = '/run/tslxc/id-roots';
  const held = openSync(path, 'r+');
  expect(native().tryFlock(held, 'exclusive')).toBe(true);
  // Another file that roots share, and that this one has never used.
  const networks = '/run/tslxc/networks.lock';
  closeSync(openSync(networks, 'a'));
  const { ino } = statSync(networks);
  try {
    expect((await purged.try(['purge', '--yes'])).code).toBe(0);
    const again = openSync(path, 'a+');
    expect(native().tryFlock(again, 'exclusive')).toBe(false);
    closeSync(again);
    expect(statSync(networks).ino).toBe(ino);
  } finally {
    closeSync(held);
  }
});

/** Of all roots. */
function monitorsIn(mount: string): string[] {
  const processes = readFileSync(join(mount, monitorFolder, 'cgroup.procs'), 'latin1');
  return processes.split('\n').filter(Boolean);
}

/** Where each hierarchy is mounted. */
function cgroupMounts(): string[] {
  const { hierarchies, unified } = hostFacts().cgroups;
  return [...hierarchies, ...(unified ? [unified] : [])].map(({ mount }) => mount);
}

/** Starts and ends it; resolves when no container of the tests before is there either. */
async function runOnce(container: TestDomain): Promise<void> {
  await container.run('start');
  await container.run('destroy');
  await container.untilGone();
  await eventually(() => expect(cgroupMounts().flatMap(monitorsIn)).toEqual([]));
}

test('the cgroups that all containers share go when no other container has any', async () => {
  const mounts = cgroupMounts();
  {
    await using container = await TestDomain.make({ name: 'purge-base' });
    await runOnce(container);
    await container.spawn(['purge', '--yes']);
    expect(mounts.filter((mount) => existsSync(join(mount, 'libvirt')))).toEqual([]);
  }
  // A process that has seen them before makes them again.
  await using other = await TestDomain.make({ name: 'purge-again' });
  await other.start();
  expect(cgroupsOf(other.name)).not.toEqual([]);
  await other.domain.destroy();
});

test('shared cgroups that have become empty since the list was shown are left, and nothing is refused', async () => {
  const mounts = cgroupMounts();
  await using container = await TestDomain.make({ name: 'purge-shown' });
  await runOnce(container);
  await using connection = await connect(undefined, { root: container.root });
  const all = await connection.previewPurge();
  const isShared = ({ name }: PurgeItem): boolean =>
    /\/libvirt(\/(lxc|tslxc-monitor))?$/.test(name);
  expect(all.filter(isShared)).not.toEqual([]);
  await connection.purge({ shown: all.filter((item) => !isShared(item)) });
  expect(mounts.filter((mount) => existsSync(join(mount, 'libvirt')))).not.toEqual([]);
  expect(existsSync(join(container.root, 'etc/tslxc/lxc/purge-shown.xml'))).toBe(false);
});

test('another root’s container, and a cgroup that only has our name, are left alone', async () => {
  await using other = await TestDomain.make({ name: 'purge-other' });
  await other.start();
  const [unified = ''] = cgroupsOf(other.name).slice(-1);
  const foreign = unified.replace('purge-other', 'purge-foreign');
  mkdirSync(foreign);
  try {
    await using purged = await TestDomain.make({ name: 'purge-mine' });
    await purged.start();
    const { code } = await purged.try(['purge', '--yes']);
    await expectGone(purged.name);
    expect(code).toBe(0);
    expect(monitorsOf(other.name)).toHaveLength(1);
    expect(existsSync(foreign)).toBe(true);
    expect((await other.domain.state()).state).toBe('running');
  } finally {
    rmdirSync(foreign);
  }
});

test('on a terminal it asks, and does nothing without a yes', async () => {
  await using container = await TestDomain.make({ name: 'purge-asks' });
  await container.start();
  const env = { TSLXC_ROOT: container.root };
  {
    await using terminal = PtySession.start(commandLine('purge'), { env });
    await terminal.expect("remove domain 'purge-asks', which runs");
    await terminal.expect('Remove all this? [y/N]');
    terminal.enter('no');
    await terminal.expect('Nothing was removed');
    expect(await terminal.exit()).toEqual({ code: 1 });
  }
  expect(container.domain.id).toBeDefined();
  await using terminal = PtySession.start(commandLine('purge'), { env });
  await terminal.expect('Remove all this? [y/N]');
  terminal.enter('y');
  await terminal.expect("removed domain 'purge-asks', stopped");
  expect(await terminal.exit()).toEqual({ code: 0 });
  await expectGone(container.name);
});

test('doctor finds what belongs to no domain, and nothing else', async () => {
  await using container = await TestDomain.make({ name: 'doctor-running' });
  await container.start();
  const leftovers = async (): Promise<string[]> => {
    const found = await leftoversFrom(container.root);
    return found.map(({ id, found: text }) => `${id} ${text}`);
  };
  expect((await leftovers()).filter((line) => line.includes('doctor-running'))).toEqual([]);
  const [unified = ''] = cgroupsOf(container.name).slice(-1);
  const stray = unified.replace('doctor-running', 'doctor-stray');
  mkdirSync(stray);
  try {
    expect((await leftovers()).filter((line) => line.includes('doctor-'))).toEqual([
      `leftover.cgroup ${stray}, of an unknown owner, belongs to no running domain`,
    ]);
  } finally {
    rmdirSync(stray);
  }
  await container.domain.destroy();
});

test('a purge waits for the last act of a monitor whose domain is gone already', async () => {
  const mounts = cgroupMounts();
  await using container = await TestDomain.make({ name: 'purge-last-act' });
  await container.run('start');
  await container.run('destroy');
  await container.run('undefine');
  await eventually(() => expect(mounts.flatMap(monitorsIn)).toEqual([]));
  // What the monitor executes, held up in the monitor's place.
  const [program = '', ...words] = commandLine('reap', container.name);
  const env = { ...process.env, TSLXC_ROOT: container.root };
  const reaper = spawn(program, words, { env, stdio: 'ignore' });
  reaper.kill('SIGSTOP');
  for (const mount of mounts)
    writeFileSync(join(mount, monitorFolder, 'cgroup.procs'), String(reaper.pid));
  const purged = container.try(['purge', '--yes']);
  try {
    // The files go before the cgroups: from here on it waits.
    await eventually(() => expect(existsSync(`${container.root}/etc/tslxc`)).toBe(false));
  } finally {
    reaper.kill('SIGCONT');
  }
  expect((await purged).code).toBe(0);
  expect(mounts.filter((mount) => existsSync(join(mount, 'libvirt')))).toEqual([]);
});

test('a purge leaves the cgroups that a start of another root is about to enter', async () => {
  await using starting = await makeTestRoot();
  await using purged = await TestDomain.make({ name: 'purge-mine' });
  await using connection = await connect(undefined, { root: starting.path });
  const domain = await connection.defineDomain(domainXml({ name: 'purge-beside' }));
  const [program = '', ...words] = commandLine('start', domain.name);
  const env = {
    ...commandEnvironment(starting.path),
    // It has opened the cgroup of the monitors by then, and waits to be continued.
    TSLXC_FAILPOINT: 'controller:before-spawn=stopSelf',
  };
  const child = spawn(program, words, { env, stdio: 'ignore' });
  const ended = once(child, 'exit');
  await eventually(() => expect(readProcess(child.pid ?? 0).state).toBe('T'));
  const { code } = await purged.try(['purge', '--yes']);
  const removed = cgroupMounts().filter((mount) => !existsSync(join(mount, monitorFolder)));
  child.kill('SIGCONT');
  expect({ code, removed }).toEqual({ code: 0, removed: [] });
  expect(await ended).toEqual([0, null]);
  await domain.destroy();
});
