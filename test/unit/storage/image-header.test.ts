/** What the first bytes of a file say: images that qemu-img makes, and bytes that a container could have written instead. */
import fc from 'fast-check';
import { readImageHeader } from '../../../lib/storage/volume/image-header';

/** A header of qcow2, version 3, with a backing file and the extension that names its format. */
function qcow2({
  version = 3,
  backing = '',
  format = '',
  features = 0n,
  size = 1_048_576n,
}): Buffer {
  const bytes = Buffer.alloc(1024);
  bytes.write('QFI\xfb', 'latin1');
  bytes.writeUInt32BE(version, 4);
  bytes.writeUInt32BE(16, 20);
  bytes.writeBigUInt64BE(size, 24);
  bytes.writeBigUInt64BE(features, 72);
  bytes.writeBigUInt64BE(1n, 80);
  bytes.writeUInt32BE(104, 100);
  if (format !== '') {
    bytes.writeUInt32BE(0xe2792aca, 104);
    bytes.writeUInt32BE(format.length, 108);
    bytes.write(format, 112);
  }
  if (backing !== '') {
    bytes.writeBigUInt64BE(512n, 8);
    bytes.writeUInt32BE(backing.length, 16);
    bytes.write(backing, 512);
  }
  return bytes;
}

/** Bytes with `text` at `at`, and a number at `sizeAt`. */
function image(text: string, at = 0): Buffer {
  const bytes = Buffer.alloc(33_000);
  bytes.write(text, at, 'latin1');
  return bytes;
}

test('qcow2 says its size, its version, its clusters and what is below', () => {
  expect(readImageHeader(qcow2({ backing: '/srv/base', format: 'raw' }))).toEqual({
    format: 'qcow2',
    capacity: 1_048_576,
    compat: '1.1',
    clusterSize: 65_536,
    lazyRefcounts: true,
    backing: { path: '/srv/base', format: 'raw' },
  });
  const old = readImageHeader(qcow2({ version: 2, backing: 'base' }));
  expect(old).toMatchObject({ compat: '0.10', backing: { path: 'base' } });
  expect(old.lazyRefcounts).toBeUndefined();
});

test('an image whose bytes are in another file says so', () => {
  expect(readImageHeader(qcow2({ features: 4n })).data).toBe('elsewhere');
  expect(readImageHeader(qcow2({ features: 3n })).data).toBeUndefined();
});

test('formats that can name another file say so', () => {
  const changed = (text: string, change: (bytes: Buffer) => void): Buffer => {
    const bytes = image(text);
    change(bytes);
    return bytes;
  };
  const vmdk = (hint: string, sectors = 8n): Buffer =>
    changed('KDMV', (bytes) => {
      bytes.writeBigUInt64LE(sectors, 12);
      bytes.writeBigUInt64LE(1n, 28);
      bytes.write(hint, 600);
    });
  const named = [
    changed('QFI\xfb\0\0\0\x01', (bytes) => bytes.writeBigUInt64BE(64n, 8)),
    changed('QED\0', (bytes) => bytes.writeUInt8(1, 16)),
    vmdk('parentFileNameHint="/etc/shadow"'),
    vmdk('', 0n),
    changed('KDMV', (bytes) => {
      bytes.writeBigUInt64LE(8n, 12);
      bytes.writeBigUInt64LE(2n ** 40n, 28);
    }),
  ];
  expect(named.map((bytes) => readImageHeader(bytes).data)).toEqual(named.map(() => 'elsewhere'));
  const alone = [image('QFI\xfb\0\0\0\x01'), image('QED\0'), vmdk('createType="x"')];
  expect(alone.map((bytes) => readImageHeader(bytes).data)).toEqual(alone.map(() => undefined));
});

test.each<[string, Buffer, string]>([
  ['nothing', Buffer.alloc(0), 'raw'],
  ['zeros', Buffer.alloc(4096), 'raw'],
  ['qcow', image('QFI\xfb\0\0\0\x01'), 'qcow'],
  ['qed', image('QED\0'), 'qed'],
  ['vdi', image('\x7f\x10\xda\xbe', 64), 'vdi'],
  ['vmdk', image('KDMV'), 'vmdk'],
  ['vpc', image('conectix'), 'vpc'],
  ['bochs', image('Bochs Virtual HD Image'), 'bochs'],
  ['iso', image('CD001', 32_769), 'iso'],
  ['qcow2 of a version that nobody knows', qcow2({ version: 9 }), 'raw'],
  ['qcow2 of a size that is no exact number', qcow2({ size: 2n ** 60n }), 'raw'],
  ['the beginning of qcow2 alone', Buffer.from('QFI\xfb', 'latin1'), 'raw'],
])('%s is %s', (_what, bytes, format) => {
  expect(readImageHeader(bytes).format).toBe(format);
});

test('no bytes make it fail', () => {
  const magic = fc.constantFrom(
    'QFI\xfb\0\0\0\x03',
    'QFI\xfb\0\0\0\x02',
    'QED\0',
    'KDMV',
    'conectix',
  );
  fc.assert(
    fc.property(magic, fc.uint8Array({ maxLength: 700 }), (text, rest) => {
      const bytes = Buffer.concat([Buffer.from(text, 'latin1'), rest]);
      const { capacity = 0, backing } = readImageHeader(bytes);
      expect(Number.isSafeInteger(capacity)).toBe(true);
      expect((backing?.path ?? '').length).toBeLessThanOrEqual(1023);
    }),
  );
});
