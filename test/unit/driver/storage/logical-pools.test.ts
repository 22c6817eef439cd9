/** Pools of type logical: which of LVM's programs are run with which words, and what is given back. The programs only write down their words. */
import { chmodSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Connection, StoragePool } from '../../../../lib/index';
import { FakeHost } from '../../../support/fake/host/fake-host';
import { removeScratchAfterEach, scratchDirectory } from '../scratch';

removeScratchAfterEach();

const programs = [
  'vgs',
  'vgcreate',
  'vgchange',
  'vgremove',
  'pvremove',
  'lvs',
  'lvcreate',
  'lvremove',
];
const path = process.env['PATH'] ?? '';

let folder: string;
let host: FakeHost;
let connection: Connection;
let pool: StoragePool;

/** What a program says, and with which status it ends. */
function answers(program: string, output: string, status = 0): void {
  const script = `#!/bin/sh
echo "${program} $*" >>${join(folder, 'log')}
${status === 0 ? `printf '${output}'` : `echo '${output}' >&2`}
exit ${status}
`;
  const file = join(folder, program);
  writeFileSync(file, script);
  chmodSync(file, 0o700);
}

/** The words of the programs that have been run since the last call, but for those that only look. */
function changes(): string[] {
  const log = join(folder, 'log');
  const lines = readFileSync(log, 'utf8')
    .split('\n')
    .filter((line) => line !== '');
  writeFileSync(log, '');
  return lines.filter((line) => !/^(vgs|lvs) /.test(line));
}

const inactive = 'a|4194304|-wi-------\\n';
const active = 'a|4194304|-wi-a-----\\n';

beforeEach(async () => {
  folder = scratchDirectory();
  writeFileSync(join(folder, 'log'), '');
  for (const program of programs) answers(program, '');
  answers('lvs', inactive);
  answers('vgs', '1073741824|536870912\\n');
  process.env['PATH'] = `${folder}:${path}`;
  host = new FakeHost(scratchDirectory());
  connection = host.connect();
  pool = await connection.defineStoragePool(
    "<pool type='logical'><name>disks</name><source><name>tslxc-none</name><device path='/dev/tslxc-none-a'/><device path='/dev/tslxc-none-b'/></source></pool>",
  );
});

afterEach(() => {
  process.env['PATH'] = path;
});

test('the group is activated by the start, and deactivated by the end', async () => {
  await pool.start();
  expect(changes()).toEqual(['vgchange --activate y tslxc-none']);
  expect(await pool.info()).toMatchObject({
    ...{ active: true, type: 'logical', target: '/dev/tslxc-none' },
    ...{ capacity: 1_073_741_824, available: 536_870_912, allocation: 536_870_912 },
  });
  expect(await pool.volumes()).toEqual([]);
  await pool.destroy();
  expect(changes()).toEqual(['vgchange --activate n tslxc-none']);
});

test('a group that the host has activated itself stays as it is', async () => {
  answers('lvs', active);
  await pool.start();
  await pool.destroy();
  expect(changes()).toEqual([]);
});

test('a pool that is in use stays active, with the words of LVM', async () => {
  await pool.start();
  answers('vgchange', 'contains a filesystem in use', 5);
  await expect(pool.destroy()).rejects.toMatchObject({
    code: 'OPERATION_FAILED',
    message: expect.stringContaining('vgchange: contains a filesystem in use') as string,
  });
  expect((await pool.info()).active).toBe(true);
});

test('what a start that was killed has activated is deactivated by the next one', async () => {
  await pool.start();
  const record = join(host.root, 'run/tslxc/storage/disks/state.json');
  writeFileSync(record, readFileSync(record, 'utf8').replace('"active"', '"starting"'));
  changes();
  await pool.start();
  expect(changes()).toEqual([
    'vgchange --activate n tslxc-none',
    'vgchange --activate y tslxc-none',
  ]);
});

test('a start whose group can’t be looked at is off, and gives back what it has taken', async () => {
  answers('vgchange', '');
  const lvs = join(folder, 'lvs');
  // Only the first look succeeds.
  writeFileSync(lvs, readFileSync(lvs, 'utf8').replace('exit 0', `chmod 600 ${lvs}; exit 0`));
  rmSync(join(folder, 'lvs.again'), { force: true });
  await expect(pool.start()).rejects.toMatchObject({ step: expect.any(String) as string });
  expect(changes()).toEqual([
    'vgchange --activate y tslxc-none',
    'vgchange --activate n tslxc-none',
  ]);
  expect((await pool.info()).active).toBe(false);
});

test('the group is made of the devices, and nothing is forced', async () => {
  await pool.build();
  await pool.delete();
  expect(changes()).toEqual([
    'vgcreate tslxc-none /dev/tslxc-none-a /dev/tslxc-none-b',
    'vgremove tslxc-none',
    'pvremove /dev/tslxc-none-a /dev/tslxc-none-b',
  ]);
  const empty = await connection.defineStoragePool(
    "<pool type='logical'><name>empty</name></pool>",
  );
  await expect(empty.build()).rejects.toMatchObject({ code: 'OPERATION_INVALID' });
  expect(changes()).toEqual([]);
});

const volume = (name: string, more = ''): string =>
  `<volume><name>${name}</name><capacity unit='MiB'>4</capacity>${more}</volume>`;

test('a volume is made as large as it is to be; one whose node does not come is taken back', async () => {
  await pool.start();
  changes();
  // No node appears for it, since nothing was made.
  await expect(pool.createVolume(volume('a'))).rejects.toMatchObject({ code: 'NO_STORAGE_VOL' });
  expect(changes()).toEqual(['lvcreate --yes --name a --size 4194304b tslxc-none']);
  const owned = '<target><permissions><owner>1</owner></permissions></target>';
  await expect(pool.createVolume(volume('b', owned))).rejects.toMatchObject({ errno: 2 });
  expect(changes()).toEqual([
    'lvcreate --yes --name b --size 4194304b tslxc-none',
    'lvremove --yes tslxc-none/b',
  ]);
});

test.each([
  ['-f', '', 'OPERATION_INVALID'],
  ['a', '<allocation>0</allocation>', 'NO_SUPPORT'],
  ['a', "<target><format type='qcow2'/></target>", 'NO_SUPPORT'],
  ['a', '<backingStore><path>/dev/x/y</path></backingStore>', 'NO_SUPPORT'],
  ['a', '<allocation unit="GiB">1</allocation>', 'OPERATION_FAILED'],
])('a volume %s with %s is not made', async (name, more, code) => {
  await pool.start();
  changes();
  await expect(pool.createVolume(volume(name, more))).rejects.toMatchObject({ code });
  expect(changes()).toEqual([]);
});
