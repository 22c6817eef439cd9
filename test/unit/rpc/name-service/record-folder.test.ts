/** The folder of libnss-libvirt: files of ours, readable by everybody, beside those of libvirt, which stay as they are. */
import { mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { RecordFolder } from '../../../../lib/rpc/name-service/record-folder';
import { leasesText, macsText } from '../../../../lib/rpc/name-service/records';
import { removeScratchAfterEach, scratchDirectory } from '../../driver/scratch';

removeScratchAfterEach();

const path = (): string => join(scratchDirectory(), 'libvirt', 'dnsmasq');

test('files are made, changed and removed, and everybody can read them', () => {
  const folder = path();
  const records = new RecordFolder(folder);
  records.write(new Map());
  expect(() => readdirSync(folder)).toThrow('ENOENT');
  const before = process.umask(0o077);
  try {
    records.write(new Map([...(['a.macs', 'a.status'] as const).map((n) => [n, '1'] as const)]));
  } finally {
    process.umask(before);
  }
  expect(readdirSync(folder)).toEqual(['tslxc-a.macs', 'tslxc-a.status']);
  expect(statSync(join(folder, 'tslxc-a.macs')).mode & 0o777).toBe(0o644);
  records.write(new Map([['a.status', '2']]));
  expect(readdirSync(folder)).toEqual(['tslxc-a.status']);
  expect(readFileSync(join(folder, 'tslxc-a.status'), 'utf8')).toBe('2');
});

test('what has not changed is not written again', () => {
  const folder = path();
  const records = new RecordFolder(folder);
  const inode = (): number => {
    records.write(new Map([['a.status', '1']]));
    return statSync(join(folder, 'tslxc-a.status')).ino;
  };
  expect(inode()).toBe(inode());
});

test('what a killed daemon has left goes, and what libvirt has there stays', () => {
  const folder = path();
  mkdirSync(folder, { recursive: true });
  for (const name of ['virbr0.status', 'virbr0.macs', 'tslxc-old.status', 'tslxc-new']) {
    writeFileSync(join(folder, name), 'x');
  }
  const records = new RecordFolder(folder);
  records.write(new Map([['virbr0.status', '1']]));
  expect(readdirSync(folder)).toEqual(['tslxc-virbr0.status', 'virbr0.macs', 'virbr0.status']);
  records.write(new Map());
  expect(readdirSync(folder)).toEqual(['virbr0.macs', 'virbr0.status']);
  expect(readFileSync(join(folder, 'virbr0.status'), 'utf8')).toBe('x');
});

test('a lease has the words that the module knows, and a time in seconds', () => {
  const mac = '52:54:00:00:00:01';
  const leases = [
    { address: '192.0.2.7', mac, hostname: 'web', expires: 1_700_000_000_999 },
    { address: '2001:db8::7', mac: '' },
  ];
  expect(JSON.parse(leasesText(leases))).toEqual([
    {
      'ip-address': '192.0.2.7',
      'mac-address': mac,
      hostname: 'web',
      'expiry-time': 1_700_000_000,
    },
    { 'ip-address': '2001:db8::7', 'expiry-time': 0 },
  ]);
  const domains = [
    { domain: 'web', macs: [mac] },
    { domain: 'none', macs: [] },
  ];
  expect(JSON.parse(macsText(domains))).toEqual([{ domain: 'web', macs: [mac] }]);
});
