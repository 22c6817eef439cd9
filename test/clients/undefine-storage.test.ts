/** undefine with the storage of the domain: the command says and does what virsh says and does by the daemon. */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { rootAndDaemon, virsh } from '../support/clients/client-world';
import { domainXml } from '../support/domain/domain-xml';
import { commandOn } from '../support/process/command-on';
import { runCommand, type CommandResult } from '../support/process/run-command';
import { containerTest } from '../support/world/container-test';

const world = containerTest(async (keep) => {
  const made = await rootAndDaemon(keep);
  const folder = join(made.root.path, 'disks');
  mkdirSync(folder);
  const pool = await made.connection.defineStoragePool(
    `<pool type='dir'><name>disks</name><target><path>${folder}</path></target></pool>`,
  );
  await pool.start();
  return { ...made, folder, pool };
});

const { says, refusesEach } = commandOn(() => world.root.path);

const disk = (type: string, source: string, target: string): string =>
  `<disk type='${type}' device='disk'><source ${source}/><target dev='${target}' bus='xen'/></disk>`;

/** Defines `off` with four disks: two that the pool has, one that it has not, and one of no pool. */
async function defineOff(): Promise<void> {
  const { connection, folder, pool } = world;
  for (const name of ['a', 'b']) {
    const xml = `<volume><name>${name}</name><capacity>4096</capacity></volume>`;
    if (!existsSync(join(folder, name))) await pool.createVolume(xml);
  }
  const other = join(world.root.path, 'other');
  writeFileSync(other, '');
  const devices = [
    disk('file', `file='${join(folder, 'a')}'`, 'vda'),
    disk('volume', "pool='disks' volume='b'", 'vdb'),
    disk('file', `file='${other}'`, 'vdc'),
    disk('volume', "pool='none' volume='b'", 'vdd'),
  ].join('');
  await connection.defineDomain(domainXml({ name: 'off', devices }));
}

/** What either side says of a line, from the same beginning. */
async function eachSays(words: string): Promise<CommandResult> {
  await defineOff();
  const theirs = await virsh(...words.split(' '));
  await defineOff();
  const ours = await runCommand(words.split(' '), { root: world.root.path });
  expect(ours).toEqual(theirs);
  return ours;
}

test('the volumes of disks that pools have are removed, and of the others it is said that they stay', async () => {
  const { folder, root } = world;
  const said = await eachSays('undefine off --remove-all-storage');
  expect(said.code).toBe(0);
  expect(said.stdout).toContain(`Volume 'vda'(${join(folder, 'a')}) removed.\n`);
  expect(said.stdout).toContain("Volume 'vdb'(b) removed.\n");
  expect(said.stderr).toContain("Storage pool 'none' for volume 'vdd' not found.");
  expect(said.stderr).toContain("'vdc'");
  expect([join(folder, 'a'), join(folder, 'b')].filter((path) => existsSync(path))).toEqual([]);
  expect(existsSync(join(root.path, 'other'))).toBe(true);
});

test('those that are named are removed, and wiped before', async () => {
  const { folder } = world;
  const said = await eachSays('undefine off --storage vda --wipe-storage');
  expect(said).toMatchObject({ code: 0, stderr: '' });
  expect(said.stdout).toContain(`Wiping volume 'vda'(${join(folder, 'a')}) ... Done.\n`);
  expect(existsSync(join(folder, 'a'))).toBe(false);
  expect(existsSync(join(folder, 'b'))).toBe(true);
  await defineOff();
  expect(await says('undefine off --storage vda --wipe-storage')).toBe(said.stdout);
});

test('a domain without a disk is undefined, and what does not go together is refused', async () => {
  const { connection } = world;
  await connection.defineDomain(domainXml({ name: 'bare' }));
  expect(await says('undefine bare --remove-all-storage --delete-storage-volume-snapshots')).toBe(
    "Domain 'bare' has been undefined\n\n",
  );
  await defineOff();
  const lines = [
    'undefine off --storage vdz',
    'undefine off --storage vda --remove-all-storage',
    'undefine off --wipe-storage',
    'undefine off --delete-storage-volume-snapshots',
  ];
  for (const line of lines) expect(await eachSays(line)).toMatchObject({ code: 1 });
  await refusesEach([
    ['undefine off --storage vdz', "Volume 'vdz' was not found in domain's definition."],
    ['undefine off --storage vda --remove-all-storage', 'Specified both'],
    ['undefine off --wipe-storage', "'--wipe-storage' requires"],
    ['undefine off --delete-storage-volume-snapshots', 'is required by option'],
  ]);
  expect(await says('list --all --name')).toBe('off\n\n');
});
