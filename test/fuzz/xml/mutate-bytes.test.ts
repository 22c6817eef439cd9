/** What a search for frames makes of a call: what would take chance long to come to, it makes often. */
import { mutateBytes } from './mutate-bytes';
import { Random } from './random';

/** A call whose procedure takes a text, which is empty. */
const emptyText = 'c\u0007\0\0\0\0';

/** What comes of it, and of what has come of it, by turns in so many steps; the same each time. */
function made(steps: number): string[] {
  const random = new Random(1);
  const texts = [emptyText];
  for (let step = 0; step < steps; step += 1) {
    const material = { other: random.pick(texts), random };
    const from = step % 2 === 0 ? emptyText : random.pick(texts);
    texts.push(mutateBytes(from, material).slice(0, 256));
  }
  return texts;
}

const texts = made(3000);

/** In a stream of one frame: the type of the message, and how many descriptors it brings. */
const [typeAt, countAt] = [1 + 4 + 12, 1 + 4 + 24];

function wordAt(text: string, at: number): number {
  return Buffer.from(text.slice(at, at + 4).padEnd(4, '\0'), 'latin1').readUInt32BE();
}

test('each character is a byte', () => {
  expect(texts.every((text) => /^[\0-\xff]*$/.test(text))).toBe(true);
});

test('a text whose padding says something comes of an empty one, with the length that it has', () => {
  const found = texts.filter((text) => {
    const [length, rest] = [wordAt(text, 2), text.length - 6];
    const padding = text.slice(6 + length);
    const isWhole = text.startsWith('c') && rest === Math.ceil(length / 4) * 4;
    return isWhole && length % 4 !== 0 && /[^\0]/.test(padding);
  });
  expect(found.length).toBeGreaterThan(5);
});

test('a stream has frames that are shorter and longer than they say, and some that bring descriptors', () => {
  const streams = texts.filter((text) => text.startsWith('f') && text.length > 29);
  const lengths = streams.map((text) => wordAt(text, 1) - (text.length - 1));
  expect(lengths.filter((excess) => excess === 0).length).toBeGreaterThan(5);
  expect(lengths.filter((excess) => excess > 0).length).toBeGreaterThan(2);
  expect(lengths.filter((excess) => excess < 0).length).toBeGreaterThan(2);
  const bringing = streams.filter((text) => [4, 5].includes(wordAt(text, typeAt)));
  expect(bringing.some((text) => wordAt(text, countAt) > 1)).toBe(true);
});
