/** Random bytes, as libtirpc reads them, by which libvirt reads its messages, and as the daemon does. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { domain } from '../../lib/rpc/protocol/values';
import {
  double,
  fixedOpaque,
  hyper,
  int,
  list,
  opaque,
  optional,
  text,
  uint,
} from '../../lib/rpc/xdr/codec';
import type { Codec } from '../../lib/rpc/xdr/codec';
import { XdrReader } from '../../lib/rpc/xdr/reader';
import { XdrWriter } from '../../lib/rpc/xdr/writer';
import { TslxcError } from '../../lib/errors';
import { runProgram } from '../support/process/run-command';

/** By the names that xdr-peer.c has for them, with its limits. */
const codecs: Readonly<Record<string, Codec<unknown>>> = {
  ...{ int, uint, hyper, double, text, domain },
  opaque: opaque(8),
  fixed: fixedOpaque(3),
  optional: optional(int),
  list: list(int, 4),
  domains: list(domain, 4),
  optionalDomain: optional(domain),
};

const notUtf8 = 'refused: a text is not in UTF-8';

/** What is written of the value that the bytes are, or that they are refused. */
function asHere(codec: Codec<unknown>, bytes: Buffer): string {
  try {
    const writer = new XdrWriter();
    codec.write(writer, codec.read(new XdrReader(bytes)));
    return writer.finish().toString('hex');
  } catch (error) {
    if (!TslxcError.is(error, 'PROTOCOL_ERROR')) throw error;
    return error.message.includes('not in UTF-8') ? notUtf8 : 'refused';
  }
}

/** Words that mean something to XDR: lengths, flags in either byte order, text, padding that is not zero. */
const word = fc.oneof(
  fc.integer({ min: 0, max: 8 }).map((value) => Buffer.from([0, 0, 0, value])),
  fc
    .constantFrom(
      '01000000',
      'ffffffff',
      '61620000',
      '61626364',
      '610062ff',
      'c3a40000',
      '00400001',
    )
    .map((hex) => Buffer.from(hex, 'hex')),
  fc.uint8Array({ minLength: 4, maxLength: 4 }).map((bytes) => Buffer.from(bytes)),
);
const message = fc
  .tuple(fc.array(word, { maxLength: 24 }), fc.uint8Array({ maxLength: 3 }))
  .map(([words, rest]) => Buffer.concat([...words, rest]));

test('what libtirpc reads, the daemon reads as the same, and what libtirpc refuses, it refuses', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tslxc-xdr-'));
  try {
    const peer = join(folder, 'peer');
    const source = join(__dirname, '../support/clients/xdr-peer.c');
    const tirpc = ['-I/usr/include/tirpc', '-ltirpc'];
    const built = await runProgram(['gcc', '-Wall', '-Werror', '-o', peer, source, ...tirpc]);
    expect(built).toMatchObject({ code: 0, stderr: '' });
    const cases = fc
      .sample(fc.tuple(fc.constantFrom(...Object.keys(codecs)), message), 20_000)
      .map(([name, bytes]) => ({ name, bytes, hex: bytes.toString('hex') }));
    const input = cases.map(({ name, hex }) => `${name} ${hex === '' ? '-' : hex}\n`).join('');
    const { code, stdout } = await runProgram([peer], { input });
    expect(code).toBe(0);
    const theirs = stdout.trimEnd().split('\n');
    const ours = cases.map(({ name, bytes }) => asHere(codecs[name] as Codec<unknown>, bytes));
    expect(theirs).toHaveLength(cases.length);
    // A text that is not UTF-8 has no meaning here. It is refused by name: libvirt, too, has no domain of such a name.
    const differ = cases.flatMap(({ name, hex }, at) =>
      ours[at] === theirs[at] || ours[at] === notUtf8 ? [] : [[name, hex, theirs[at], ours[at]]],
    );
    expect(differ).toEqual([]);
    const read = (answers: readonly string[]): number =>
      answers.filter((answer) => !answer.startsWith('refused')).length;
    // Both sides of it were tried, often.
    expect(read(ours)).toBeGreaterThan(4000);
    expect(ours.length - read(ours)).toBeGreaterThan(4000);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
