/**
 * XDR as RFC 4506 has it: what is written is read again, what is wrong is refused before anything is made of it, and what libtirpc
 * overlooks is overlooked. test/clients/xdr.test.ts compares it with libtirpc itself.
 */
import * as fc from 'fast-check';
import {
  double,
  fixedOpaque,
  hyper,
  int,
  list,
  opaque,
  optional,
  structure,
  text,
  tuple,
  uint,
  unsignedHyper,
} from '../../../../lib/rpc/xdr/codec';
import type { Codec } from '../../../../lib/rpc/xdr/codec';
import { XdrReader } from '../../../../lib/rpc/xdr/reader';
import { XdrWriter } from '../../../../lib/rpc/xdr/writer';
import { parameter } from '../../../../lib/rpc/protocol/values';

function encode<Value>(codec: Codec<Value>, value: Value): Buffer {
  // So small that every value makes it grow.
  const writer = new XdrWriter(4);
  codec.write(writer, value);
  return writer.finish();
}

function decode<Value>(codec: Codec<Value>, bytes: Buffer): Value {
  return codec.read(new XdrReader(bytes));
}

function hex(bytes: string): Buffer {
  return Buffer.from(bytes.replaceAll(' ', ''), 'hex');
}

test.each<[string, Codec<unknown>, unknown, string]>([
  ['an int', int, -2, 'fffffffe'],
  ['an unsigned int', uint, 4_294_967_295, 'ffffffff'],
  ['a hyper', hyper, -1n, 'ffffffffffffffff'],
  ['an unsigned hyper', unsignedHyper, 2n ** 63n, '8000000000000000'],
  ['a double', double, 1.5, '3ff8000000000000'],
  ['a text', text, 'lxc:///', '00000007 6c78633a2f2f2f 00'],
  ['a text without padding', text, 'abcd', '00000004 61626364'],
  ['a text in UTF-8', text, 'ä', '00000002 c3a4 0000'],
  ['no text', text, '', '00000000'],
  ['the character for what is none', text, '\ufffd', '00000003 efbfbd 00'],
  ['bytes', opaque(8), Buffer.from([1, 2, 3, 4, 5]), '00000005 0102030405 000000'],
  ['bytes of a fixed number', fixedOpaque(3), Buffer.from([1, 2, 3]), '010203 00'],
  ['an optional value', optional(int), 7, '00000001 00000007'],
  ['none', optional(int), undefined, '00000000'],
  ['a list', list(int, 3), [1, 2], '00000002 00000001 00000002'],
  ['a tuple', tuple(int, 2), [1, 2], '00000001 00000002'],
  ['a structure', structure({ a: int, b: text }), { a: 1, b: 'x' }, '00000001 00000001 78000000'],
  [
    'a typed parameter',
    parameter,
    { field: 'f', value: { type: 7, value: 'v' } },
    '00000001 66000000 00000007 00000001 76000000',
  ],
])('%s is written and read', (...[, codec, value, bytes]) => {
  expect(encode(codec, value).toString('hex')).toBe(bytes.replaceAll(' ', ''));
  expect(decode(codec, hex(bytes))).toEqual(value);
});

test.each<[string, Codec<unknown>, string, string]>([
  ['an end in the midst of a word', int, '0000', 'ends in the midst'],
  ['a length beyond the limit', opaque(4), '00000005 0102030405 000000', 'more than 4'],
  ['a length beyond the message', opaque(), '00400000', 'ends nowhere'],
  ['a list that the message has no room for', list(hyper, 16_384), '00004000', 'ends nowhere'],
  ['more of a list than may be', list(int, 1), '00000002 00000001 00000001', 'more than 1'],
  ['a missing padding', text, '00000001 61', 'ends in the midst'],
  ['a text that is not UTF-8', text, '00000003 f09f98 00', 'not in UTF-8'],
  ['an arm that a union does not have', parameter, '00000000 00000009 00000000', 'no arm 9'],
])('%s is refused', (...[, codec, bytes, message]) => {
  expect(() => decode(codec, hex(bytes))).toThrow(message);
});

test.each<[string, Codec<unknown>, string, unknown]>([
  ['a 1 in the wrong byte order', optional(int), '01000000 00000007', 7],
  ['any word but 0, which is true', optional(int), 'ffffffff 00000007', 7],
  ['the padding of a text', text, '00000001 61000001', 'a'],
  ['the padding of bytes', opaque(8), '00000001 61ffffff', Buffer.from('a')],
  ['the padding of a fixed number of bytes', fixedOpaque(3), '01020304', Buffer.from([1, 2, 3])],
  ['what follows a NUL in a text', text, '00000004 610062ff', 'a'],
  ['a NUL at the end of a text', text, '00000002 61000000', 'a'],
  ['what follows the last value', int, '00000001 00ff', 1],
])('%s is overlooked, as by libtirpc', (...[, codec, bytes, value]) => {
  expect(decode(codec, hex(bytes))).toEqual(value);
});

const everything = structure({
  number: int,
  texts: list(text, 100),
  maybe: optional(structure({ big: unsignedHyper, raw: opaque(64) })),
});

test('whatever is written is read as the same', () => {
  const value = fc.record({
    number: fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
    texts: fc.array(
      fc.string({ unit: 'grapheme' }).filter((one) => !one.includes('\0')),
      { maxLength: 20 },
    ),
    maybe: fc.option(
      fc.record({
        big: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
        raw: fc.uint8Array({ maxLength: 64 }).map((bytes) => Buffer.from(bytes)),
      }),
      { nil: undefined },
    ),
  });
  fc.assert(
    fc.property(value, (one) => {
      expect(decode(everything, encode(everything, one))).toEqual(one);
    }),
  );
});

test('whatever bytes are read, it is a value or a refusal', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      try {
        const value = decode(everything, Buffer.from(bytes));
        // What is written of it is the same value, in no more bytes.
        const written = encode(everything, value);
        expect(written.length).toBeLessThanOrEqual(bytes.length);
        expect(decode(everything, written)).toEqual(value);
      } catch (error) {
        expect(error).toMatchObject({ code: 'PROTOCOL_ERROR' });
      }
    }),
    { numRuns: 500 },
  );
});
