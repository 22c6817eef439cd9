/** Storage pools and volumes by Debian's virsh and libvirt-python, and what a read-only client may not do. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { python, rootAndDaemon, virsh, virshText } from '../support/clients/client-world';
import { containerTest } from '../support/world/container-test';

const world = containerTest(rootAndDaemon);

async function printed(script: string): Promise<string> {
  const quiet = 'libvirt.registerErrorHandler(lambda *_: None, None)';
  const { code, stdout, stderr } = await python(`import libvirt\n${quiet}\n${script}`);
  return code === 0 ? stdout : `status ${code}: ${stderr}`;
}

test('virsh makes a pool, volumes in it, and takes all away again', async () => {
  const folder = join(world.root.path, 'disks');
  const file = join(world.root.path, 'content');
  const says = async (line: string): Promise<string> =>
    (await virshText(...line.split(' '))).trim();
  expect(await says(`pool-define-as disks dir --target ${folder}`)).toBe('Pool disks defined');
  expect(await says('pool-start disks --build')).toBe('Pool disks started');
  expect(await says('pool-list --all --type dir --name')).toBe('disks');
  expect(await says('pool-list --all --type logical --name')).toBe('');
  expect(await says('pool-info disks')).toMatch(/State: +running\nPersistent: +yes\n/);
  expect(await says('vol-create-as disks a.img 64K --allocation 0')).toBe('Vol a.img created');
  expect(await says('vol-create-as disks tree 0 --format dir')).toBe('Vol tree created');
  expect(await says('vol-list disks --details')).toMatch(
    / a\.img .* file +64\.00 KiB +0\.00 B[^]* tree .* dir /,
  );
  writeFileSync(file, 'content '.repeat(8192));
  expect(await says(`vol-upload a.img ${file} disks`)).toBe('');
  expect(readFileSync(join(folder, 'a.img'))).toEqual(readFileSync(file));
  expect(await says(`vol-download a.img ${file}.back disks --offset 8 --length 65000`)).toBe('');
  expect(readFileSync(`${file}.back`, 'utf8')).toBe('content '.repeat(8125));
  expect(await says('vol-clone a.img b.img disks')).toBe('Vol b.img cloned from a.img');
  expect(await says('vol-resize b.img 128K disks')).toContain('successfully changed to 128K');
  expect(await says(`vol-pool ${folder}/b.img`)).toBe('disks');
  expect(await says('vol-wipe b.img disks')).toBe('Vol b.img wiped');
  expect(readFileSync(join(folder, 'b.img')).every((byte) => byte === 0)).toBe(true);
  for (const name of ['a.img', 'b.img', 'tree']) {
    expect(await says(`vol-delete ${name} disks`)).toBe(`Vol ${name} deleted`);
  }
  expect(await says('pool-destroy disks')).toBe('Pool disks destroyed');
  expect(await says('pool-delete disks')).toBe('Pool disks deleted');
  expect(await says('pool-undefine disks')).toBe('Pool disks has been undefined');
});

test('libvirt-python finds pools and volumes in every way, and errors have libvirt’s codes', async () => {
  const folder = join(world.root.path, 'disks');
  const script = `
connection = libvirt.open('lxc:///')
xml = "<pool type='dir'><name>disks</name><target><path>${folder}</path></target></pool>"
pool = connection.storagePoolCreateXML(xml, libvirt.VIR_STORAGE_POOL_CREATE_WITH_BUILD)
print(pool.isActive(), pool.isPersistent(), pool.autostart(), pool.info()[0])
print([one.name() for one in connection.listAllStoragePools(libvirt.VIR_CONNECT_LIST_STORAGE_POOLS_TRANSIENT)])
print(connection.listStoragePools(), connection.listDefinedStoragePools(), connection.numOfStoragePools())
volume = pool.createXML("<volume><name>a</name><capacity>4096</capacity></volume>", 0)
print(volume.info(), volume.infoFlags(libvirt.VIR_STORAGE_VOL_GET_PHYSICAL)[2], volume.path() == volume.key())
print(pool.numOfVolumes(), pool.listVolumes(), [one.name() for one in pool.listAllVolumes()])
for found in (pool.storageVolLookupByName('a'), connection.storageVolLookupByPath(volume.path()),
              connection.storageVolLookupByKey(volume.key())):
    print(found.name(), found.storagePoolLookupByVolume().name())
print(connection.storagePoolLookupByTargetPath('${folder}/').name(),
      connection.storagePoolLookupByUUIDString(pool.UUIDString()).name())
copy = pool.createXMLFrom("<volume><name>b</name></volume>", volume, 0)
print(copy.XMLDesc().startswith("<volume type='file'>"), copy.info()[1])
reader = libvirt.openReadOnly('lxc:///')
for call in (lambda: connection.storagePoolLookupByName('none'), lambda: pool.storageVolLookupByName('none'),
             lambda: pool.createXML("<volume><name>a</name><capacity>1</capacity></volume>", 0),
             lambda: pool.create(), lambda: pool.undefine(), lambda: connection.storagePoolDefineXML('<pool/>'),
             lambda: connection.storagePoolDefineXML("<pool type='disk'/>"), lambda: volume.wipePattern(77),
             lambda: pool.build(libvirt.VIR_STORAGE_POOL_BUILD_OVERWRITE),
             lambda: reader.storagePoolLookupByName('disks').destroy(),
             lambda: reader.storageVolLookupByPath(volume.path()).delete()):
    try:
        call()
        print('done')
    except libvirt.libvirtError as error:
        print(error.get_error_code(), error.get_error_domain())
print(reader.storagePoolLookupByName('disks').listVolumes())
`;
  expect((await printed(script)).split('\n')).toEqual([
    '1 0 0 2',
    "['disks']",
    "['disks'] [] 1",
    '[0, 4096, 4096] 4096 True',
    "1 ['a'] ['a']",
    ...['a disks', 'a disks', 'a disks'],
    'disks disks',
    'True 4096',
    ...[
      '49 18',
      '50 18',
      '90 18',
      '55 18',
      '55 18',
      '27 18',
      '1 18',
      '8 18',
      '8 18',
      '29 18',
      '29 18',
    ],
    "['a', 'b']",
    '',
  ]);
});

test('a stream that is broken off leaves nothing open, and an upload that is too long fails', async () => {
  const folder = join(world.root.path, 'disks');
  await virshText('pool-create-as', 'disks', 'dir', '--target', folder, '--build');
  await virshText('vol-create-as', 'disks', 'a', '16M');
  const script = `
connection = libvirt.open('lxc:///')
volume = connection.storagePoolLookupByName('disks').storageVolLookupByName('a')
for _ in range(5):
    stream = connection.newStream()
    volume.download(stream, 0, 0)
    stream.recv(1000)
    stream.abort()
stream = connection.newStream()
volume.upload(stream, 0, 10)
try:
    stream.send(b'x' * 100)
    stream.finish()
    print('taken')
except libvirt.libvirtError as error:
    print(error.get_error_code())
print(volume.info()[1])
`;
  expect(await printed(script)).toBe('9\n16777216\n');
  const { code, stdout } = await virsh('vol-info', 'a', 'disks');
  expect({ code, stdout }).toEqual({
    code: 0,
    stdout: expect.stringContaining('16.00 MiB') as string,
  });
});
