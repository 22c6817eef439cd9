/** What is left of containers in partitions when monitor and init were killed and the records are gone: doctor finds it, purge removes it. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { connect } from 'tslxc';
import { hostFacts } from '../../../lib/host/facts';
import { runPaths, statePaths } from '../../../lib/host/state/state-paths';
import { initOf, monitorsOf } from '../../support/world/container-traces';
import { domainXml } from '../../support/domain/domain-xml';
import { eventually } from '../../support/time/eventually';
import { makeImage } from '../../support/root/filesystem-image';
import { containerTest, nothing } from '../../support/world/container-test';
import { hasEnded } from '../../support/process/processes';
import { runCommand, runProgram } from '../../support/process/run-command';
import { leftoversFrom } from '../../support/world/leftovers';
import { makeTestRoot } from '../../support/root/test-root';

const { hierarchies, unified } = hostFacts().cgroups;
const mounts = [...hierarchies.map(({ mount }) => mount), ...(unified ? [unified.mount] : [])];
const everywhere = (folder: string): string[] =>
  mounts.map((mount) => join(mount, 'libvirt', folder));
const existing = (folder: string): number =>
  everywhere(folder).filter((path) => existsSync(path)).length;

containerTest(nothing);

interface Start {
  readonly name: string;
  readonly partition: string;
  readonly devices?: string;
}

/** Starts it, and kills its monitor and its init: no process is left that would clean up. */
async function lose(root: string, { name, partition, devices = '' }: Start): Promise<void> {
  await using connection = await connect(undefined, { root });
  const elements = `<resource><partition>${partition}</partition></resource>`;
  const domain = await connection.defineDomain(domainXml({ name, elements, devices }));
  await domain.start({ ownership: 'leave' });
  const pids = [...monitorsOf(name), await initOf(name)];
  // Its monitor takes init with it, which may be gone by the time that its turn comes.
  for (const pid of pids) spawnSync('kill', ['-KILL', String(pid)]);
  await eventually(() => expect(pids.filter((pid) => !hasEnded(pid))).toEqual([]));
}

/** Its records go too: no domain knows of it any more. */
function forgetRecords(root: string, name: string): void {
  rmSync(runPaths(statePaths(root), name).directory, { recursive: true });
}

async function leftovers(root: string): Promise<string[]> {
  const found = await leftoversFrom(root);
  return found.map(({ id, found: text }) => `${id} ${text}`);
}

const mentions = (lines: readonly string[], words: string): string[] =>
  lines.filter((line) => line.includes(words));

test('a lost container whose record is there: doctor names it, purge takes its partition too', async () => {
  await using root = await makeTestRoot();
  const image = makeImage('ext4', root.path);
  const devices = `<filesystem type='file'><driver type='loop' format='raw'/><source file='${image}'/><target dir='/mnt'/></filesystem>`;
  await lose(root.path, { name: 'part-known', partition: '/known/deep', devices });
  expect(existing('known.partition/deep.partition/part-known.libvirt-lxc')).toBe(mounts.length);
  expect(await leftovers(root.path)).toEqual([
    "leftover.domain 'part-known' has ended, and is not cleaned up yet",
  ]);
  const { code, stderr } = await runCommand(['purge', '--yes'], { root: root.path });
  expect([code, stderr, existing('known.partition')]).toEqual([0, '', 0]);
});

test('of one whose record is gone: doctor names cgroups and partition folders, purge removes them', async () => {
  await using root = await makeTestRoot();
  await lose(root.path, { name: 'part-lost', partition: '/lost/deep' });
  forgetRecords(root.path, 'part-lost');
  const container = 'lost.partition/deep.partition/part-lost.libvirt-lxc';
  const whose = `of the tslxc root ${root.path}, belongs to no running domain`;
  expect(mentions(await leftovers(root.path), 'part-lost')).toEqual(
    everywhere(container).map((path) => `leftover.cgroup ${path}, ${whose}`),
  );
  const { code, stdout, stderr } = await runCommand(['purge', '--yes'], { root: root.path });
  expect([code, stderr]).toEqual([0, '']);
  const lines = stdout.split('\n');
  const removed = [
    ...everywhere(container).map((path) => `removed cgroup ${path}`),
    ...['lost.partition', 'lost.partition/deep.partition']
      .flatMap(everywhere)
      .map((path) => `removed partition ${path}`),
  ];
  expect(removed.filter((line) => !lines.includes(line))).toEqual([]);
  expect(existing('lost.partition')).toBe(0);
});

test('a partition that only its emptiness is left of is found, and goes', async () => {
  await using root = await makeTestRoot();
  await lose(root.path, { name: 'part-empty', partition: '/empty' });
  forgetRecords(root.path, 'part-empty');
  // The kernel lets go of who was in them a moment after their end.
  for (const path of everywhere('empty.partition/part-empty.libvirt-lxc')) {
    await eventually(async () => {
      const emptied = await runProgram(['find', path, '-depth', '-type', 'd', '-delete']);
      expect(emptied).toMatchObject({ code: 0 });
    });
  }
  expect(existing('empty.partition')).toBe(mounts.length);
  expect(mentions(await leftovers(root.path), 'empty.partition')).toEqual(
    everywhere('empty.partition').map(
      (path) => `leftover.partition ${path} was made for containers, and holds none`,
    ),
  );
  const { code } = await runCommand(['purge', '--yes'], { root: root.path });
  expect([code, existing('empty.partition')]).toEqual([0, 0]);
});

test('what others have stays: a partition of the administrator, another root’s, a foreign cgroup in ours', async () => {
  await using root = await makeTestRoot();
  await using other = await makeTestRoot();
  await using connection = await connect(undefined, { root: other.path });
  const elements = '<resource><partition>/shared</partition></resource>';
  const domain = await connection.defineDomain(domainXml({ name: 'part-other', elements }));
  await domain.start();
  const own = everywhere('own.partition');
  const foreign = `${mounts.at(-1) ?? ''}/libvirt/mixed.partition/stranger`;
  for (const path of own) mkdirSync(path);
  try {
    for (const path of own.filter((one) => existsSync(`${one}/cpuset.cpus`))) {
      for (const file of ['cpuset.cpus', 'cpuset.mems'])
        writeFileSync(`${path}/${file}`, readFileSync(join(path, '..', file), 'latin1'));
    }
    await lose(root.path, { name: 'part-own', partition: '/own' });
    await lose(root.path, { name: 'part-mixed', partition: '/mixed' });
    mkdirSync(foreign);
    for (const name of ['part-own', 'part-mixed']) forgetRecords(root.path, name);
    const found = await leftovers(root.path);
    for (const words of ['own.partition was', 'part-other', 'shared.partition', 'stranger'])
      expect(mentions(found, words)).toEqual([]);
    const { code } = await runCommand(['purge', '--yes'], { root: root.path });
    expect(code).toBe(0);
    expect(existing('own.partition')).toBe(mounts.length);
    expect(existing('own.partition/part-own.libvirt-lxc')).toBe(0);
    expect([existsSync(foreign), existing('mixed.partition')]).toEqual([true, 1]);
    expect(existing('shared.partition/part-other.libvirt-lxc')).toBe(mounts.length);
    expect((await domain.state()).state).toBe('running');
    await domain.destroy();
    rmdirSync(foreign);
    // The one that was not ours to remove while a process was in it.
    await runCommand(['purge', '--yes'], { root: root.path });
    expect(existing('mixed.partition')).toBe(0);
  } finally {
    if (existsSync(foreign)) rmdirSync(foreign);
    // The kernel lets go of what was below them a moment later.
    for (const path of own) await eventually(() => rmdirSync(path));
  }
});

test('what is mounted below the files of a root is found, and not deleted through', async () => {
  await using root = await makeTestRoot();
  await using elsewhere = await makeTestRoot();
  const precious = join(elsewhere.path, 'precious');
  await writeFile(precious, 'kept');
  await (await connect(undefined, { root: root.path })).close();
  const at = join(root.path, 'run/tslxc/lxc/mounted here');
  await mkdir(at, { recursive: true });
  await runProgram(['mount', '--bind', elsewhere.path, at]);
  try {
    expect(mentions(await leftovers(root.path), 'leftover.mount')).toEqual([
      `leftover.mount something is mounted at ${at}`,
    ]);
    const { code, stderr } = await runCommand(['purge', '--yes'], { root: root.path });
    expect(readFileSync(precious, 'utf8')).toBe('kept');
    expect([code, stderr]).toEqual([1, expect.stringContaining(`${at} is mounted`)]);
  } finally {
    await runProgram(['umount', at]);
  }
  const { code } = await runCommand(['purge', '--yes'], { root: root.path });
  expect([code, existsSync(join(root.path, 'run'))]).toEqual([0, false]);
});
