/** Cutting the bytes of a console's log into lines. */
import type { LogPiece } from '../../../../lib/container/console/console-log';
import { LineCutter } from '../../../../lib/container/console/line-cutter';

const untimed = (piece: string | Buffer): LogPiece => ({
  bytes: Buffer.from(piece),
  timeAt: () => undefined,
});

const lines = (...pieces: (string | Buffer)[]): string[] => {
  const cutter = new LineCutter();
  const found = pieces.flatMap((piece) => cutter.take([untimed(piece)]));
  return [...found, ...cutter.finish()].map(({ line }) => line);
};

test('end with \\n or \\r\\n, and the last one may have no end', () => {
  expect(lines('a\r\nb\n\r\nc')).toEqual(['a', 'b', '', 'c']);
  expect(lines('')).toEqual([]);
  expect(lines('a\n')).toEqual(['a']);
});

test('may come in pieces, in the middle of a character too', () => {
  const bytes = Buffer.from('grüße\n');
  for (let at = 0; at <= bytes.length; at += 1) {
    expect(lines(bytes.subarray(0, at), bytes.subarray(at))).toEqual(['grüße']);
  }
});

test('that never end come in pieces of whole characters', () => {
  const text = 'ü'.repeat(100_000);
  for (const found of [lines(text), lines(`${text}\n`), lines(`x${text}`)]) {
    expect(found.length).toBeGreaterThan(3);
    expect(found.join('').replace('x', '')).toBe(text);
  }
});

test('have their bytes as they are, also what is no UTF-8, and their ends', () => {
  const written = Buffer.concat([
    Buffer.from('caf\xe9\r\r\n\n\xff\xc3\n', 'latin1'),
    Buffer.from('ü'.repeat(100_000)),
    Buffer.from('\r\nno \xe9nd\r', 'latin1'),
  ]);
  for (const at of [0, 3, 5, 6, 70_000, 150_001, written.length]) {
    const cutter = new LineCutter();
    const pieces = [written.subarray(0, at), written.subarray(at)].map(untimed);
    const found = [...cutter.take(pieces), ...cutter.finish()];
    expect(Buffer.concat(found.map(({ bytes }) => bytes)).equals(written)).toBe(true);
    expect(found.map(({ line }) => line).slice(0, 3)).toEqual(['caf\ufffd', '', '\ufffd\ufffd']);
    expect(found.at(-1)?.line).toBe('no \ufffdnd');
  }
});

test('have the time of their first byte', () => {
  // Each byte at another time: at 100 the first of the first piece, at 200 that of the second.
  const timed = (text: string, start: number): LogPiece => ({
    bytes: Buffer.from(text),
    timeAt: (index) => new Date(start + index),
  });
  const cutter = new LineCutter();
  const found = [
    ...cutter.take([timed('ab\ncd', 100), timed('e\n\nfg\nh', 200)]),
    ...cutter.take([timed('i', 300)]),
    ...cutter.finish(),
  ];
  expect(found.map(({ line, time }) => [line, time?.getTime()])).toEqual([
    ['ab', 100],
    ['cde', 103],
    ['', 202],
    ['fg', 203],
    ['hi', 206],
  ]);
});
