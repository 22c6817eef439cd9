/** The verbs about storage pools and volumes: each option on a real one, and what each refuses. */
import { existsSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from 'tslxc';
import { commandOn } from '../../support/process/command-on';
import { runCommand, spawnCommand } from '../../support/process/run-command';
import { makeTestRoot } from '../../support/root/test-root';
import { containerTest } from '../../support/world/container-test';

const uuid = '4f0d4c6e-5ad4-4f25-9d3a-0a4a6b6a1f53';

const world = containerTest(async (keep) => {
  const root = keep(await makeTestRoot());
  const connection = keep(await connect(undefined, { root: root.path }));
  const folder = join(root.path, 'disks');
  const file = join(root.path, 'document.xml');
  const xml = poolXml('disks', folder, `<uuid>${uuid}</uuid>`);
  const pool = await connection.defineStoragePool(xml);
  await pool.start({ build: true });
  return { root, connection, pool, folder, file, xml, missing: join(root.path, 'missing') };
});

function poolXml(name: string, folder: string, more = ''): string {
  return `<pool type='dir'><name>${name}</name>${more}<target><path>${folder}</path></target></pool>`;
}

const { says, refuses, refusesEach } = commandOn(() => world.root.path);

const noPool = "failed to get pool 'nosuch'";
const noVolume = "failed to get vol 'nosuch'";
const json = async (line: string): Promise<unknown> => JSON.parse(await says(line)) as unknown;

test('pools are defined, created, marked and removed', async () => {
  const { root, file, missing } = world;
  const other = join(root.path, 'deep/other');
  writeFileSync(file, poolXml('other', other));
  expect(await says(`pool-define ${file} --validate`)).toContain('Pool other defined from');
  expect(await says('pool-start other --build')).toBe('Pool other started\n\n');
  expect(statSync(other).mode & 0o7777).toBe(0o711);
  expect(await says('pool-autostart other')).toBe('Pool other marked as autostarted\n\n');
  expect(await says('pool-list --all --autostart --name')).toBe('other\n\n');
  expect(await says('pool-list --no-autostart --persistent --name')).toBe('disks\n\n');
  expect(await says('pool-autostart other --disable')).toContain('unmarked as autostarted');
  await refusesEach([
    ['pool-start other', "storage pool 'other' is already active"],
    ['pool-build other', "storage pool 'other' is already active"],
    ['pool-delete other', "storage pool 'other' is still active"],
    ['pool-undefine other', "storage pool 'other' is still active"],
  ]);
  expect(await says('pool-refresh other')).toBe('Pool other refreshed\n\n');
  expect(await says('pool-destroy other')).toBe('Pool other destroyed\n\n');
  expect(await says('pool-list --inactive --name')).toBe('other\n\n');
  expect(await says('pool-delete other')).toBe('Pool other deleted\n\n');
  expect(existsSync(other)).toBe(false);
  expect(await says('pool-build other')).toBe('Pool other built\n\n');
  expect(await says('pool-undefine other')).toBe('Pool other has been undefined\n\n');
  expect(await says(`pool-create ${file} --build`)).toContain('Pool other created from');
  expect(await says('pool-list --transient --uuid')).toMatch(/^[0-9a-f-]{36}\n\n$/);
  await refusesEach([
    ['pool-autostart other', 'pool has no config file'],
    [`pool-create ${file}`, "pool is already active as 'other'"],
    [`pool-create ${missing}`, 'No such file or directory'],
    [`pool-define ${missing}`, 'No such file or directory'],
  ]);
  await says('pool-destroy other');
  expect(await refuses('pool-info other')).toContain("failed to get pool 'other'");
});

test('pools are made of words', async () => {
  const { root } = world;
  const target = join(root.path, 'words');
  const printed = await says(`pool-define-as words dir --target ${target} --print-xml`);
  expect(printed).toContain(`<path>${target}</path>`);
  expect(await says(`pool-define-as words dir --target ${target}`)).toBe('Pool words defined\n\n');
  await says('pool-undefine words');
  expect(await says(`pool-create-as words dir --target ${target} --build`)).toBe(
    'Pool words created\n\n',
  );
  expect(await says(`pool-create-as w dir --target ${target} --print-xml`)).toContain('<name>w<');
  await refusesEach([
    ['pool-define-as x disk --target /x', 'missing backend for pool type 4 (disk)'],
    ['pool-define-as x dir --target x', "path 'x' is not absolute (--target)\n"],
    ['pool-define-as x fs --source-dev x --target /x', "path 'x' is not absolute (--source-dev)\n"],
    [
      'pool-define-as x fs --source-dev /x --source-format zz --target /x',
      'unknown pool format type zz',
    ],
    ['pool-create-as x fs --source-dev x --target /x', "path 'x' is not absolute"],
    [
      'pool-create-as x fs --source-dev /x --source-format zz --target /x',
      'unknown pool format type zz',
    ],
    ['pool-create-as x dir --target x', "path 'x' is not absolute"],
    ['pool-define-as a/b dir', 'Failed to define pool a/b'],
    [`pool-create-as x dir --target ${target}`, "Storage source conflict with pool: 'words'"],
    ['pool-create-as x zz', 'Failed to create pool x'],
    ['pool-create-as a/b dir', 'Failed to create pool a/b'],
  ]);
  await says('pool-destroy words');
});

test('what is known of a pool', async () => {
  const { folder } = world;
  expect(await says(`pool-name ${uuid}`)).toBe('disks\n\n');
  expect(await says('pool-list --name --uuid')).toBe(`${uuid} disks\n\n`);
  expect(await says('pool-uuid disks')).toBe(`${uuid}\n\n`);
  expect(await json(`pool-name ${uuid} --format json`)).toEqual({ name: 'disks', uuid });
  expect(await json('pool-uuid disks --format json')).toEqual({ name: 'disks', uuid });
  const known = { name: 'disks', uuid, active: true, persistent: true, autostart: false };
  expect(await json('pool-info disks --format json')).toMatchObject({ ...known, target: folder });
  expect(await json('pool-list --format json')).toEqual([expect.objectContaining(known)]);
  expect(await says('pool-info disks')).toMatch(
    /^Name: {11}disks\nUUID: [^]*\nCapacity: +[\d.]+ .iB\n/m,
  );
  expect(await says('pool-info disks --bytes')).toMatch(/\nAvailable: {6}\d+\n/);
  expect(await says('pool-list --details --type dir')).toMatch(
    /\n disks +running +no +yes +[\d.]+ .iB /,
  );
  expect(await says('pool-dumpxml disks')).toContain('<mode>0711</mode>');
  expect(await says('pool-dumpxml disks --inactive')).not.toContain('<mode>');
  expect(await says('pool-dumpxml disks --xpath //path --wrap')).toContain(
    `<path>${folder}</path>`,
  );
  await refusesEach([
    ['pool-info nosuch', noPool],
    ['pool-name disks', "failed to get pool 'disks'"],
    ['pool-uuid nosuch', noPool],
    ['pool-dumpxml nosuch', noPool],
    ['pool-dumpxml disks --xpath [', 'Incorrect xpath'],
    ['pool-info disks --format x', 'x'],
    ['pool-list --format x', 'x'],
    [`pool-name ${uuid} --format x`, 'x'],
    ['pool-uuid disks --format x', 'x'],
    ['pool-list --type zzz', "Invalid pool type 'zzz'"],
    ['pool-list --details --name', 'Options --details and --name are mutually exclusive'],
    ['pool-list --details --uuid', 'Options --details and --uuid are mutually exclusive'],
    ['pool-start nosuch', noPool],
    ['pool-destroy nosuch', noPool],
    ['pool-build nosuch', noPool],
    ['pool-delete nosuch', noPool],
    ['pool-refresh nosuch', noPool],
    ['pool-autostart nosuch', noPool],
    ['pool-undefine nosuch', noPool],
    ['pool-edit nosuch', noPool],
  ]);
});

test('a pool is edited', async () => {
  const { root } = world;
  const script = join(root.path, 'edit.sed');
  writeFileSync(script, 's,<source>,<source><vendor name="v"/>,\n');
  const edited = await spawnCommand(['pool-edit', 'disks'], {
    root: root.path,
    env: { VISUAL: `sed -i -f ${script}` },
  });
  expect(edited).toMatchObject({ code: 0, stdout: 'Pool disks XML configuration edited.\n\n' });
  expect(await says('pool-dumpxml disks --inactive')).toContain("<vendor name='v'/>");
});

test('volumes are made, shown and removed', async () => {
  const { folder, file } = world;
  expect(await says('vol-create-as disks a.img 1M --format raw --allocation 4096')).toBe(
    'Vol a.img created\n\n',
  );
  expect(statSync(join(folder, 'a.img'))).toMatchObject({ size: 1_048_576, blocks: 8 });
  expect(statSync(join(folder, 'a.img')).mode & 0o7777).toBe(0o600);
  await says('vol-create-as disks tree 0 --format dir');
  expect(statSync(join(folder, 'tree')).isDirectory()).toBe(true);
  expect(await says('vol-create-as disks b.img 1M --print-xml')).toContain('<name>b.img</name>');
  const permissions =
    '<permissions><mode>0640</mode><owner>1</owner><group>2</group></permissions>';
  const volume = `<volume><name>x.img</name><capacity unit='KiB'>8</capacity><target>${permissions}</target></volume>`;
  writeFileSync(file, volume);
  expect(await says(`vol-create disks ${file} --validate`)).toContain('Vol x.img created from');
  expect(statSync(join(folder, 'x.img'))).toMatchObject({ uid: 1, gid: 2, size: 8192 });
  expect(await says('vol-list disks')).toMatch(/\n a\.img {2}.*\n tree .*\n x\.img /);
  expect(await says('vol-list disks --details')).toMatch(/ a\.img .* file +1\.00 MiB +4\.00 KiB\n/);
  expect(await says('vol-info a.img disks')).toContain('Allocation:     4.00 KiB\n');
  expect(await says('vol-info a.img disks --bytes')).toContain('Capacity:       1048576 bytes\n');
  expect(await says('vol-info a.img disks --physical')).toContain('Physical:       1.00 MiB\n');
  const path = join(folder, 'a.img');
  expect(await says(`vol-name ${path}`)).toBe('a.img\n\n');
  expect(await says(`vol-pool ${path}`)).toBe('disks\n\n');
  expect(await says(`vol-pool ${path} --uuid`)).toBe(`${uuid}\n\n`);
  expect(await says('vol-key a.img disks')).toBe(`${path}\n\n`);
  expect(await says('vol-path a.img disks')).toBe(`${path}\n\n`);
  expect(await says('vol-dumpxml a.img disks --xpath //key --wrap')).toContain(
    `<key>${path}</key>`,
  );
  const identity = { name: 'a.img', path, pool: { name: 'disks', uuid } };
  const size = { type: 'file', format: 'raw', capacity: 1_048_576, allocation: 4096 };
  expect(await json('vol-info a.img disks --format json')).toMatchObject({ ...identity, ...size });
  expect(await json('vol-list disks --format json')).toContainEqual(
    expect.objectContaining({ ...identity, ...size }),
  );
  expect(await json(`vol-name ${path} --format json`)).toEqual(identity);
  expect(await json('vol-key a.img disks --format json')).toEqual(identity);
  expect(await json('vol-path a.img disks --format json')).toEqual(identity);
  expect(await json(`vol-pool ${path} --format json`)).toEqual(identity);
  expect(await says('vol-delete tree disks')).toBe('Vol tree deleted\n\n');
  expect(await says(`vol-delete ${path}`)).toBe(`Vol ${path} deleted\n\n`);
  expect(existsSync(path)).toBe(false);
});

test('what volumes refuse', async () => {
  const { folder, file, missing } = world;
  await says('vol-create-as disks a.img 1M');
  mkdirSync(join(folder, 'full/inside'), { recursive: true });
  symlinkSync(missing, join(folder, 'broken'));
  await says('pool-refresh disks');
  writeFileSync(file, '<volume><name>a.img</name><capacity>1</capacity></volume>');
  await refusesEach([
    ['vol-create-as disks a.img 1M', "storage volume 'a.img' exists already"],
    ['vol-create-as disks broken 1M', "storage volume 'broken' exists already"],
    ['vol-create-as disks ../b 1M', "volume name '../b' cannot contain '/' (--name)\n"],
    ['vol-create-as nosuch b 1M', noPool],
    ['vol-create-as disks b zz', 'Malformed size zz'],
    ['vol-create-as disks b 1M --allocation zz', 'Malformed size zz'],
    [
      'vol-create-as disks b 1M --format=',
      "Failed to get option 'format': Option argument is empty",
    ],
    [
      'vol-create-as disks b 1XB',
      "Malformed size 1XB\nerror: invalid argument: unknown suffix 'XB'",
    ],
    ['vol-create-as disks b 99PiB', 'Failed to create vol b\nerror: XML error: value too large'],
    ['vol-create-as disks b 1M --format zz', 'unknown volume format type zz (--format)\n'],
    ['vol-create-as disks b 1M --format cloop', "volumes of format cloop can't be made"],
    [
      'vol-create-as disks b 1M --prealloc-metadata',
      'metadata preallocation is not supported for raw',
    ],
    ['vol-create-as disks b 1M --backing-vol nosuch', noVolume],
    [
      'vol-create-as disks b 1M --backing-vol a.img',
      'backing storage not supported for raw volumes',
    ],
    [
      'vol-create-as disks b 1M --format qcow2 --backing-vol a.img --backing-vol-format z',
      'unknown volume format type z',
    ],
    [`vol-create disks ${file}`, "storage volume 'a.img' exists already"],
    [`vol-create nosuch ${file}`, noPool],
    [`vol-create disks ${missing}`, 'No such file or directory'],
    ['vol-list nosuch', noPool],
    ['vol-list disks --format x', 'x'],
    ['vol-info nosuch', `${noVolume}, specifying --pool might help`],
    ['vol-info nosuch disks', noVolume],
    ['vol-info a.img nosuch', noPool],
    ['vol-info a.img disks --format x', 'x'],
    ['vol-dumpxml nosuch disks', noVolume],
    ['vol-dumpxml a.img nosuch', noPool],
    ['vol-dumpxml a.img disks --xpath [', 'Incorrect xpath'],
    ['vol-name nosuch', noVolume],
    [`vol-name ${folder}/a.img --format x`, 'x'],
    ['vol-key nosuch disks', noVolume],
    ['vol-key a.img nosuch', noPool],
    ['vol-key a.img disks --format x', 'x'],
    ['vol-path nosuch disks', noVolume],
    ['vol-path a.img nosuch', noPool],
    ['vol-path a.img disks --format x', 'x'],
    ['vol-pool nosuch', noVolume],
    [`vol-pool ${folder}/a.img --format x`, 'x'],
    ['vol-delete full disks', 'ENOTEMPTY'],
    ['vol-delete nosuch disks', noVolume],
    ['vol-delete a.img nosuch', noPool],
    ['vol-wipe full disks', 'EISDIR'],
    ['vol-wipe nosuch disks', noVolume],
    ['vol-wipe a.img nosuch', noPool],
    ['vol-wipe a.img disks --algorithm zz', "Unsupported algorithm 'zz'"],
    ['vol-wipe a.img disks --algorithm trim', "'trim' algorithm not supported"],
    ['vol-resize a.img zz disks', 'Malformed size zz'],
    ['vol-resize nosuch zz disks', noVolume],
    ['vol-resize a.img -1K disks --delta', 'negative size requires --shrink'],
    ['vol-resize a.img 99PiB disks', "volume 'a.img' to 99PiB\nerror: numerical overflow"],
    ['vol-wipe nosuch disks --algorithm zz', noVolume],
    ['vol-download nosuch b disks --offset zz', "Numeric value 'zz' for <offset> option"],
    ['vol-resize a.img 1K disks', "can't shrink capacity below existing allocation"],
    ['vol-resize nosuch 1M disks', noVolume],
    ['vol-resize a.img 1M nosuch', noPool],
    ['vol-resize full 1M disks', "the size of volume 'full', of format dir, can't be changed"],
    ['vol-resize a.img 1000TiB disks --allocate', 'Not enough space left in storage pool'],
    ['vol-clone nosuch b disks', noVolume],
    ['vol-clone a.img b nosuch', noPool],
    ['vol-clone a.img a.img disks', "storage volume 'a.img' exists already"],
    ['vol-clone full b disks', 'a folder is not copied'],
    [`vol-create-from disks ${file} nosuch`, `${noVolume}, specifying --inputpool might help`],
    [`vol-create-from disks ${file} nosuch --inputpool disks`, noVolume],
    [`vol-create-from disks ${file} a.img --inputpool nosuch`, noPool],
    [`vol-create-from nosuch ${file} a.img`, noPool],
    [`vol-create-from disks ${missing} a.img --inputpool disks`, 'No such file or directory'],
    [`vol-upload a.img ${missing}/file disks`, `error: cannot read ${missing}/file\nerror: `],
    [`vol-upload a.img ${folder} disks`, 'error: cannot send data to volume a.img\nerror: '],
    [`vol-upload nosuch ${file} disks`, noVolume],
    [`vol-upload a.img ${file} nosuch`, noPool],
    [`vol-upload a.img ${file} disks --offset x`, 'x'],
    [`vol-upload a.img ${file} disks --length x`, 'x'],
    [`vol-upload full ${file} disks`, 'EISDIR'],
    [`vol-download nosuch ${file} disks`, noVolume],
    [`vol-download a.img ${file} nosuch`, noPool],
    [`vol-download a.img ${missing}/file disks`, `cannot create ${missing}/file\nerror: `],
    [
      `vol-download full ${missing} disks`,
      `cannot receive data from volume full\nerror: read ${folder}/full: `,
    ],
    [`vol-download a.img ${file} disks --offset x`, 'x'],
    [`vol-download a.img ${file} disks --length x`, 'x'],
  ]);
  // What was made for a download that failed is taken away again.
  expect(existsSync(missing)).toBe(false);
  expect(await says('vol-list disks')).not.toContain('broken');
  await says('pool-destroy disks');
  await refusesEach([
    ['vol-list disks', "storage pool 'disks' is not active"],
    ['vol-info a.img disks', "pool 'disks' is not active"],
    ['vol-create-as disks b 1M', "storage pool 'disks' is not active"],
  ]);
});

test('volumes are copied, changed and filled', async () => {
  const { folder, file, root } = world;
  const text = join(root.path, 'text');
  writeFileSync(text, 'hello world');
  await says('vol-create-as disks a.img 64K --allocation 0');
  expect(await says(`vol-upload a.img ${text} disks --offset 6 --length 5`)).toBe('\n');
  const copy = join(root.path, 'copy');
  await says(`vol-download a.img ${copy} disks --offset 4 --length 8`);
  expect(readFileSync(copy, 'latin1')).toBe('\0\0hello\0');
  expect(await says('vol-clone a.img b.img disks')).toBe('Vol b.img cloned from a.img\n\n');
  expect(readFileSync(join(folder, 'b.img'))).toEqual(readFileSync(join(folder, 'a.img')));
  expect(await says('vol-clone a.img c.img disks --print-xml')).toContain('<name>c.img</name>');
  writeFileSync(
    file,
    "<volume><name>d.img</name><capacity unit='KiB'>128</capacity><target/></volume>",
  );
  expect(await says(`vol-create-from disks ${file} a.img --inputpool disks --validate`)).toBe(
    'Vol d.img created from input vol a.img\n\n',
  );
  expect(statSync(join(folder, 'd.img')).size).toBe(131_072);
  expect(await says('vol-resize a.img 128K disks')).toContain('successfully changed to 128K');
  expect(await says('vol-resize a.img 64K disks --delta --allocate')).toContain('changed by 64K');
  expect(statSync(join(folder, 'a.img'))).toMatchObject({ size: 196_608, blocks: 384 });
  await says('vol-resize b.img 32K disks --shrink');
  expect(await says('vol-resize b.img -16K disks --shrink')).toContain('changed by 16K');
  expect(statSync(join(folder, 'b.img')).size).toBe(16_384);
  expect(await says('vol-wipe b.img disks --algorithm zero')).toBe('Vol b.img wiped\n\n');
  expect(readFileSync(join(folder, 'b.img')).every((byte) => byte === 0)).toBe(true);
  // Where the file system of the tests can share blocks it succeeds, and else it says so.
  const shared = await runCommand(['vol-clone', 'a.img', 'e.img', 'disks', '--reflink'], {
    root: root.path,
  });
  expect(shared.code === 0).toBe(existsSync(join(folder, 'e.img')));
  writeFileSync(file, '<volume><name>f.img</name></volume>');
  const words = ['vol-create-from', 'disks', file, 'a.img', '--inputpool', 'disks', '--reflink'];
  const again = await runCommand(words, { root: root.path });
  expect(again.code === 0).toBe(existsSync(join(folder, 'f.img')));
  await runCommand(['vol-delete', 'f.img', 'disks'], { root: root.path });
  await says(`vol-create-from disks ${file} ${folder}/a.img`);
});

test('images are made by qemu-img, and what a container has written is not believed', async () => {
  const { folder, file } = world;
  await says('vol-create-as disks base.qcow2 1M --format qcow2 --prealloc-metadata');
  await says(
    'vol-create-as disks top.qcow2 1M --format qcow2 --backing-vol base.qcow2 --backing-vol-format qcow2',
  );
  expect(await says('vol-dumpxml top.qcow2 disks')).toMatch(
    /<compat>1\.1<\/compat>[^]*<backingStore>\n +<path>.*base\.qcow2<\/path>/,
  );
  await says('vol-resize base.qcow2 2M disks');
  expect(await says('vol-info base.qcow2 disks')).toContain('Capacity:       2.00 MiB');
  await says('vol-clone top.qcow2 same.qcow2 disks --prealloc-metadata');
  writeFileSync(
    file,
    "<volume><name>flat.img</name><target><format type='raw'/></target></volume>",
  );
  // Its header could name any file of the host.
  expect(await refuses(`vol-create-from disks ${file} top.qcow2 --inputpool disks`)).toContain(
    'has data in other files, and is not converted',
  );
  expect(existsSync(join(folder, 'flat.img'))).toBe(false);
  // The control: one without another below it is converted.
  await says(`vol-create-from disks ${file} base.qcow2 --inputpool disks`);
  expect(statSync(join(folder, 'flat.img')).size).toBe(2_097_152);
  writeFileSync(
    file,
    "<volume><name>m.qcow2</name><target><format type='qcow2'/></target></volume>",
  );
  await says(`vol-create-from disks ${file} flat.img --inputpool disks --prealloc-metadata`);
  const whole =
    "<name>w.qcow2</name><capacity unit='MiB'>1</capacity><target><format type='qcow2'/></target>";
  writeFileSync(file, `<volume>${whole}</volume>`);
  await says(`vol-create disks ${file} --prealloc-metadata`);
  expect(
    await refuses(`vol-create-from disks ${file} flat.img --inputpool disks --reflink`),
  ).toContain('only a copy of the same format, raw, can share its blocks');
});
