/** Which executables run in a root of their own. */
import { readFileSync } from 'node:fs';
import { linkageOf } from '../../../lib/rootfs/elf';

const PT_LOAD = 1;
const PT_INTERP = 3;

interface Shape {
  readonly bits: 32 | 64;
  readonly order: 'little' | 'big';
  readonly segments: readonly number[];
}

/** An ELF header and its program headers, with nothing behind them. */
function elf({ bits, order, segments }: Shape): Buffer {
  const header = bits === 32 ? 52 : 64;
  const size = bits === 32 ? 32 : 56;
  const bytes = Buffer.alloc(header + size * segments.length);
  const put = (at: number, width: number, value: number): void => {
    if (order === 'big') bytes.writeUIntBE(value, at, width);
    else bytes.writeUIntLE(value, at, width);
  };
  bytes.write('\x7fELF', 'latin1');
  put(4, 1, bits === 32 ? 1 : 2);
  put(5, 1, order === 'little' ? 1 : 2);
  // A 64-bit field, of which only the low half is not zero.
  if (bits === 32) put(28, 4, header);
  else put(order === 'little' ? 32 : 36, 4, header);
  put(bits === 32 ? 42 : 54, 2, size);
  put(bits === 32 ? 44 : 56, 2, segments.length);
  for (const [index, type] of segments.entries()) put(header + index * size, 4, type);
  return bytes;
}

const shapes = ([32, 64] as const).flatMap((bits) =>
  (['little', 'big'] as const).map((order) => [bits, order] as const),
);

test.each(shapes)('%d bits, %s endian', (bits, order) => {
  const dynamic = elf({ bits, order, segments: [PT_LOAD, PT_INTERP] });
  expect(linkageOf(elf({ bits, order, segments: [PT_LOAD, PT_LOAD] }))).toBe('static');
  expect(linkageOf(dynamic)).toBe('dynamic');
  expect(linkageOf(dynamic.subarray(0, -1))).toBe('other');
  expect(linkageOf(dynamic.subarray(0, 40))).toBe('other');
});

test('what is no ELF file is neither', () => {
  for (const text of ['', '#!/bin/sh\n', '\x7fELF', 'x'.repeat(100)]) {
    expect(linkageOf(Buffer.from(text, 'latin1'))).toBe('other');
  }
});

test('Node is linked dynamically', () => {
  expect(linkageOf(readFileSync(process.execPath))).toBe('dynamic');
});
