/** Messages ⇄ frames: whatever is encoded comes back, however the stream is cut; everything else is refused. */
import fc from 'fast-check';
import { encodeFrame, FrameDecoder } from '../../../../lib/container/monitor/frames';
import { largestFrame, messages } from '../../../../lib/container/monitor/messages';
import type {
  Message,
  MessageField,
  MessageName,
} from '../../../../lib/container/monitor/messages';
import { TslxcError } from '../../../../lib/errors';

const names = Object.keys(messages) as MessageName[];

/** Text that UTF-8 can carry: no lone surrogates. */
const text = fc.string({ unit: 'grapheme', maxLength: 40 });

function valueOf(type: MessageField): fc.Arbitrary<unknown> {
  switch (type) {
    case 'u8':
      return fc.nat(0xff);
    case 'u32':
      return fc.nat(0xffffffff);
    case 'u64':
      return fc.bigInt(0n, (1n << 64n) - 1n);
    case 'string':
      return text;
    case 'strings':
      return fc.array(text, { maxLength: 5 });
    case 'rest':
      return fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes));
  }
}

function arbitrary(name: MessageName): fc.Arbitrary<Message> {
  const fields = Object.entries<MessageField>(messages[name].fields);
  const record = Object.fromEntries(fields.map(([field, type]) => [field, valueOf(type)]));
  return fc.record(record).map((values) => ({ message: name, ...values }) as unknown as Message);
}

const anyMessage = fc.oneof(...names.map(arbitrary));

function isProtocolError(error: unknown): boolean {
  return TslxcError.is(error, 'PROTOCOL_ERROR');
}

/** A frame of `kind` with these bytes of fields. */
function frame(kind: number, ...fields: number[]): Buffer {
  const header = Buffer.alloc(5);
  header.writeUInt32LE(fields.length + 1);
  header.writeUInt8(kind, 4);
  return Buffer.concat([header, Buffer.from(fields)]);
}

function refusal(bytes: Buffer): string {
  try {
    new FrameDecoder().push(bytes);
  } catch (error) {
    if (TslxcError.is(error, 'PROTOCOL_ERROR')) return error.message;
    throw error;
  }
  throw new Error('the bytes were not refused');
}

test.each(names)('%s comes back as it was', (name) => {
  fc.assert(
    fc.property(arbitrary(name), (message) => {
      expect(new FrameDecoder().push(encodeFrame(message))).toEqual([message]);
    }),
    { numRuns: 30 },
  );
});

test('messages come in order wherever the stream is cut', () => {
  const cuts = fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1 });
  fc.assert(
    fc.property(fc.array(anyMessage, { maxLength: 6 }), cuts, (sent, sizes) => {
      const stream = Buffer.concat(sent.map(encodeFrame));
      const decoder = new FrameDecoder();
      const arrived: Message[] = [];
      for (let at = 0, turn = 0; at < stream.length; turn += 1) {
        const size = sizes[turn % sizes.length] ?? 1;
        arrived.push(...decoder.push(stream.subarray(at, at + size)));
        at += size;
      }
      expect(arrived).toEqual(sent);
    }),
  );
});

test('the largest frame in small pieces is put together once', () => {
  const bytes = Buffer.alloc(largestFrame - 1, 'x');
  const frame = encodeFrame({ message: 'plan', bytes });
  const decoder = new FrameDecoder();
  const arrived: Message[] = [];
  // Once when its length is known, and once when it is whole; joining all at every piece would take hours.
  const join = Buffer.concat.bind(Buffer);
  let joins = 0;
  const spy = jest.spyOn(Buffer, 'concat').mockImplementation((list) => {
    joins += 1;
    if (joins > 2) throw new Error('joined once more');
    return join(list);
  });
  for (let at = 0; at < frame.length; at += 256) {
    arrived.push(...decoder.push(frame.subarray(at, at + 256)));
  }
  spy.mockRestore();
  expect(arrived).toHaveLength(1);
  expect(arrived[0]).toMatchObject({ message: 'plan' });
  expect(arrived[0]?.message === 'plan' && bytes.equals(arrived[0].bytes)).toBe(true);
});

test('a frame that is not whole yet is no message', () => {
  fc.assert(
    fc.property(anyMessage, fc.nat(), (message, cut) => {
      const bytes = encodeFrame(message);
      expect(new FrameDecoder().push(bytes.subarray(0, cut % bytes.length))).toEqual([]);
    }),
  );
});

test('a message with fewer bytes than its fields take is refused', () => {
  fc.assert(
    fc.property(anyMessage, fc.nat(), (message, cut) => {
      const bytes = encodeFrame(message);
      const fields = Object.values<MessageField>(messages[message.message].fields);
      fc.pre(bytes.length > 5 && !fields.includes('rest'));
      const shorter = Buffer.from(bytes.subarray(0, 5 + (cut % (bytes.length - 5))));
      shorter.writeUInt32LE(shorter.length - 4);
      expect(refusal(shorter)).toContain(`'${message.message}' is cut short`);
    }),
  );
});

test('a message with bytes after its fields is refused', () => {
  const { kind } = messages.signal;
  expect(refusal(frame(kind, 1, 0, 0, 0, 0))).toBe("protocol error: bytes left over in 'signal'");
});

test('a kind that does not exist is refused', () => {
  const known = new Set<number>(names.map((name) => messages[name].kind));
  for (let kind = 0; kind < 256; kind += 1) {
    if (!known.has(kind)) expect(refusal(frame(kind))).toContain(`unknown kind ${kind}`);
  }
});

test('a list that claims more items than it has bytes is refused before anything is made of it', () => {
  const { kind } = messages.running;
  expect(refusal(frame(kind, 1, 0, 0, 0, 255, 255, 255, 255))).toContain('cut short');
});

test.each([0, largestFrame + 1, 0xffffffff])(
  'a frame of %d bytes is refused at its length',
  (length) => {
    const header = Buffer.alloc(5);
    header.writeUInt32LE(length);
    expect(refusal(header)).toBe(`protocol error: a frame of ${length} bytes`);
  },
);

test('garbage is refused or understood, and nothing else happens', () => {
  let refused = 0;
  fc.assert(
    fc.property(
      anyMessage,
      fc.nat(),
      fc.uint8Array({ minLength: 1, maxLength: 8 }),
      (message, at, garbage) => {
        const bytes = encodeFrame(message);
        Buffer.from(garbage).copy(bytes, at % bytes.length);
        try {
          new FrameDecoder().push(bytes);
        } catch (error) {
          expect(isProtocolError(error)).toBe(true);
          refused += 1;
        }
      },
    ),
    { numRuns: 2000 },
  );
  expect(refused).toBeGreaterThan(100);
});
