/** Frames in a stream of bytes, however it is cut. */
import * as fc from 'fast-check';
import { FrameReader } from '../../../../lib/rpc/server/frame-reader';
import type { Frame } from '../../../../lib/rpc/server/frame-reader';

const most = 1000;

/** The bytes of each frame that is complete with these. */
function taken(reader: FrameReader, bytes: Buffer): Buffer[] {
  return reader.take(bytes, most).map((one) => one.bytes);
}

/** A frame around so many bytes, all the same. */
function frame(length: number, fill = 7): Buffer {
  const bytes = Buffer.alloc(4 + length, fill);
  bytes.writeUInt32BE(4 + length, 0);
  return bytes;
}

test('frames are the same however their bytes arrive', () => {
  const lengths = fc.array(fc.integer({ min: 24, max: 200 }), { minLength: 1, maxLength: 8 });
  const cuts = fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 100 });
  fc.assert(
    fc.property(lengths, cuts, (sizes, pieces) => {
      const all = Buffer.concat(sizes.map((size, index) => frame(size, index)));
      const reader = new FrameReader();
      const found: Buffer[] = [];
      let at = 0;
      for (let piece = 0; at < all.length; piece += 1) {
        const size = pieces[piece % pieces.length] ?? 1;
        found.push(...taken(reader, all.subarray(at, at + size)));
        at += size;
      }
      expect(found).toEqual(sizes.map((size, index) => Buffer.alloc(size, index)));
      expect(reader.pending).toBe(0);
    }),
  );
});

test('nothing comes of a frame that is not complete', () => {
  const reader = new FrameReader();
  expect(reader.take(frame(100).subarray(0, 103), most)).toEqual([]);
  expect(reader.pending).toBe(103);
  expect(taken(reader, Buffer.from([7]))).toEqual([Buffer.alloc(100, 7)]);
});

test('of a frame that comes byte by byte few pieces are kept', () => {
  const concat = jest.spyOn(Buffer, 'concat');
  const reader = new FrameReader();
  const whole = frame(990);
  for (const byte of whole.subarray(0, -1)) reader.take(Buffer.of(byte), most);
  // The last joining is of all that is kept.
  concat.mockClear();
  expect(taken(reader, whole.subarray(-1))).toEqual([Buffer.alloc(990, 7)]);
  const joined = concat.mock.calls.map(([pieces]) => pieces.length);
  concat.mockRestore();
  expect(Math.max(...joined)).toBeLessThan(12);
});

test.each([
  ['shorter than a header', 27, 'no room for a header'],
  ['shorter than itself', 0, 'no room for a header'],
  ['longer than it may be', most + 5, `longer than ${most}`],
  ['of 4 GiB', 0xffffffff, `longer than ${most}`],
])('a frame that is %s is refused by its length alone', (_, length, message) => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(length, 0);
  expect(() => new FrameReader().take(bytes, most)).toThrow(message);
});

/** A message that brings descriptors: its type, their number, and after it a byte for each. */
function withDescriptors(count: number): Buffer {
  const bytes = frame(40);
  bytes.writeUInt32BE(4, 4 + 12);
  bytes.writeUInt32BE(count, 4 + 24);
  return bytes;
}

test.each([1, 3, 1000])(
  'what brings descriptors is no part of a frame, in pieces of %i',
  (piece) => {
    const all = Buffer.concat([withDescriptors(3), Buffer.alloc(3), frame(30, 9)]);
    const reader = new FrameReader();
    const found: Frame[] = [];
    for (let at = 0; at < all.length; at += piece) {
      found.push(...reader.take(all.subarray(at, at + piece), most));
    }
    expect(found.map(({ bytes, descriptors }) => [bytes.length, descriptors])).toEqual([
      [40, 3],
      [30, 0],
    ]);
    expect(found[1]?.bytes).toEqual(Buffer.alloc(30, 9));
  },
);

test('a frame that brings descriptors is complete with the last of them', () => {
  const reader = new FrameReader();
  const sent = withDescriptors(2);
  expect(reader.take(Buffer.concat([sent, Buffer.alloc(1)]), most)).toEqual([]);
  expect(reader.awaited).toBe(2);
  expect(reader.take(Buffer.alloc(1), most)).toEqual([{ bytes: sent.subarray(4), descriptors: 2 }]);
  expect(reader.awaited).toBe(0);
});

test('more descriptors than may be are refused', () => {
  expect(() => new FrameReader().take(withDescriptors(33), most)).toThrow('more than 32');
});

test('the longest frame that may be is taken', () => {
  expect(taken(new FrameReader(), frame(most))).toEqual([Buffer.alloc(most, 7)]);
});

test('a few bytes of the next frame do not keep those that have come with them', () => {
  const reader = new FrameReader();
  const bytes = Buffer.concat([frame(200), Buffer.from([0, 0])]);
  expect(reader.take(bytes, most)).toHaveLength(1);
  // The caller, whose bytes they are, may use their memory again.
  bytes.fill(0xff);
  expect(taken(reader, frame(30).subarray(2))).toEqual([Buffer.alloc(30, 7)]);
});
