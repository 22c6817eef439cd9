/**
 * Changes of what frames.ts reads: of words of four bytes, where XDR has everything; of texts, whose length, bytes and padding have
 * to agree; and of whole frames, whose length and type have to agree with what follows. Single bytes by chance would seldom do that.
 */
import { headerSize, lengthSize, messageTypes, programs } from '../../../lib/rpc/protocol/numbers';
import { streamOf } from './frames';
import type { Random } from './random';
import { replaced, slice, type Span } from './tags';

/** What the changes take their material from. */
export interface ByteMaterial {
  /** Another text. */
  readonly other: string;
  readonly random: Random;
}

type Change = (text: string, material: ByteMaterial) => string;

const unit = 4;

/** What a word may be compared with: lengths, flags, types of messages and of parameters, limits, programs. */
const words = [
  ...[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 16, 24, 27, 28, 29, 32, 33, 36, 64, 255, 256, 4096, 4100, 4101],
  ...[0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff],
  ...Object.values(programs).map(({ number }) => number),
];

/** Of a text that grows; most take padding. */
const textLengths = [1, 2, 3, 4, 5, 7, 9];

/** Of the descriptors of a message. */
const counts = [0, 1, 2, 3, 31, 32, 33];

/** The nearest number that a word can have. */
function wordOf(value: number): string {
  const bytes = Buffer.alloc(unit);
  bytes.writeUInt32BE(Math.min(Math.max(0, value), 0xffffffff));
  return bytes.toString('latin1');
}

/** The word that begins at a place; 0 where there are not four bytes. */
function wordAt(text: string, at: number): number {
  const bytes = Buffer.from(text.slice(at, at + unit), 'latin1');
  return bytes.length < unit ? 0 : bytes.readUInt32BE();
}

/** Where the first word begins: behind the letter, and in a call behind the number of its procedure. */
function firstWord(text: string): number {
  return Math.min(text.length, text.startsWith('f') ? 1 : 2);
}

/** The place of a word, or the end, where one can be added. */
function someWord(text: string, random: Random): Span {
  const first = firstWord(text);
  const start = first + unit * random.below(Math.floor((text.length - first) / unit) + 1);
  return { start, end: Math.min(text.length, start + unit) };
}

/** Up to eight words. */
function someWords(text: string, random: Random): Span {
  const { start } = someWord(text, random);
  return { start, end: Math.min(text.length, start + unit * (1 + random.below(8))) };
}

function someBytes(count: number, random: Random): string {
  return Array.from({ length: count }, () => String.fromCharCode(random.below(256))).join('');
}

const ofWords: readonly Change[] = [
  function setWord(text, { random }) {
    return replaced(text, someWord(text, random), wordOf(random.pick(words)));
  },
  function insertWord(text, { random }) {
    const { start } = someWord(text, random);
    return replaced(text, { start, end: start }, wordOf(random.pick(words)));
  },
  function removeWords(text, { random }) {
    return replaced(text, someWords(text, random), '');
  },
  function repeatWords(text, { random }) {
    const span = someWords(text, random);
    return replaced(text, span, slice(text, span).repeat(2 + random.below(4)));
  },
  function takeWords(text, { other, random }) {
    return replaced(text, someWord(text, random), slice(other, someWords(other, random)));
  },
  function setByte(text, { random }) {
    const start = firstWord(text) + random.below(Math.max(1, text.length - firstWord(text)));
    return replaced(text, { start, end: start + 1 }, someBytes(1, random));
  },
];

const ofTexts: readonly Change[] = [
  // A word that was a length, or none: behind it as many bytes as it says, and padding, which is zero every other time.
  function putText(text, { random }) {
    const length = random.pick(textLengths);
    const bytes = random.below(3) === 0 ? someBytes(length, random) : 'x'.repeat(length);
    const missing = (unit - (length % unit)) % unit;
    const padding = random.below(2) === 0 ? '\0'.repeat(missing) : someBytes(missing, random);
    return replaced(text, someWord(text, random), wordOf(length) + bytes + padding);
  },
  function putFlaggedText(text, { random }) {
    const flag = wordOf(random.pick([1, 1, 2]));
    return replaced(text, someWord(text, random), `${flag}${wordOf(1)}x\0\0\0`);
  },
];

const ofCalls: readonly Change[] = [
  function setProcedure(text, { random }) {
    return text.startsWith('f') ? text : replaced(text, { start: 1, end: 2 }, someBytes(1, random));
  },
  function becomeStream(text, { other, random }) {
    const behind = random.below(2) === 0 ? streamOf(other) : '';
    return `f${streamOf(text)}${behind}`;
  },
];

const ofStreams: readonly Change[] = [
  function cut(text, { random }) {
    return text.slice(0, 1 + random.below(text.length));
  },
  function setLength(text, { random }) {
    const start = firstWord(text);
    const length = wordAt(text, start) + random.pick([-8, -4, -1, 1, 4, 8]);
    const written = random.below(2) === 0 ? length : random.pick(words);
    return replaced(text, { start, end: start + lengthSize }, wordOf(written));
  },
  // The first frame brings descriptors: its type and length, their number, and a byte behind it for each.
  function bringDescriptors(text, { random }) {
    const start = 1;
    const length = wordAt(text, start);
    if (!text.startsWith('f') || length < lengthSize + headerSize) return text;
    const type = random.pick([messageTypes.callWithDescriptors, messageTypes.replyWithDescriptors]);
    const header = slice(text, { start: start + lengthSize, end: start + lengthSize + headerSize });
    const typed = replaced(header, { start: 3 * unit, end: 4 * unit }, wordOf(type));
    const count = random.pick(counts);
    const body = slice(text, { start: start + lengthSize + headerSize, end: start + length });
    const frame = `${wordOf(length + unit)}${typed}${wordOf(count)}${body}`;
    return `f${frame}${someBytes(count, random)}${text.slice(start + length)}`;
  },
];

const kinds = [ofWords, ofWords, ofTexts, ofTexts, ofCalls, ofStreams];

/** `text` after one to four changes, more often one than many: each may spoil what another has reached. */
export function mutateBytes(text: string, material: ByteMaterial): string {
  const { random } = material;
  let changed = text;
  for (let left = 1 + Math.min(random.below(4), random.below(4)); left > 0; left -= 1) {
    changed = random.pick(random.pick(kinds))(changed, material);
  }
  return changed;
}
