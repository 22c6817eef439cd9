/**
 * Changes of a document: of its elements and attributes, by what stands in others, by the words of the sources, and of
 * single characters.
 */
import type { Parts } from './parts';
import type { Random } from './random';
import {
  attributesOf,
  elementAt,
  replaced,
  slice,
  spansOf,
  tagsOf,
  type Span,
  type Tag,
} from './tags';
import { numbers, pieces } from './values';

/** What the changes take their material from. */
export interface Material {
  /** Another text. */
  readonly other: string;
  readonly parts: Parts;
  /** That the sources of the parsers have between quotes. */
  readonly words: readonly string[];
  readonly random: Random;
}

type Change = (text: string, material: Material) => string;

function someElement(text: string, random: Random): Span | undefined {
  const tags = tagsOf(text);
  return tags.length === 0 ? undefined : elementAt(tags, random.below(tags.length));
}

/** Where an element may be put: behind any tag. */
function behindTag(text: string, random: Random): Span {
  const tags = tagsOf(text);
  const at = tags.length === 0 ? random.below(text.length + 1) : random.pick(tags).end;
  return { start: at, end: at };
}

/** A tag by chance that begins an element. */
function someTag(text: string, random: Random): Tag | undefined {
  const tags = tagsOf(text).filter(({ kind }) => kind === 'start' || kind === 'whole');
  return tags.length === 0 ? undefined : random.pick(tags);
}

/** Puts `child` at the beginning of the element. */
function withChild(text: string, tag: Tag, child: string): string {
  if (tag.kind === 'start') return replaced(text, { start: tag.end, end: tag.end }, child);
  return replaced(text, { start: tag.end - 2, end: tag.end }, `>${child}</${tag.name}>`);
}

const ofElements: readonly Change[] = [
  function removeElement(text, { random }) {
    const element = someElement(text, random);
    return element === undefined ? text : replaced(text, element, '');
  },
  function repeatElement(text, { random }) {
    const element = someElement(text, random);
    if (element === undefined) return text;
    return replaced(text, behindTag(text, random), slice(text, element));
  },
  function takeElement(text, { other, random }) {
    const element = someElement(other, random);
    if (element === undefined) return text;
    return replaced(text, behindTag(text, random), slice(other, element));
  },
  function replaceElement(text, { other, random }) {
    const [mine, theirs] = [someElement(text, random), someElement(other, random)];
    if (mine === undefined || theirs === undefined) return text;
    return replaced(text, mine, slice(other, theirs));
  },
  function addKnownChild(text, { parts, random }) {
    const tag = someTag(text, random);
    const child = tag && parts.childOf(tag.name, random);
    return tag === undefined || child === undefined ? text : withChild(text, tag, child);
  },
  function addNamedChild(text, { words, random }) {
    const tag = someTag(text, random);
    return tag === undefined ? text : withChild(text, tag, `<${random.pick(words)}/>`);
  },
];

/** Adds an attribute to the tag, instead of one of that name. */
function withAttribute(text: string, tag: Tag, written: string): string {
  const name = written.slice(0, written.indexOf('='));
  const same = attributesOf(slice(text, tag)).find((attribute) => attribute.name === name);
  if (same !== undefined) {
    return replaced(text, { start: tag.start + same.start, end: tag.start + same.end }, written);
  }
  const at = tag.start + 1 + tag.name.length;
  return replaced(text, { start: at, end: at }, ` ${written}`);
}

/** The words between quotes, changed by `change`. */
function changeValue(
  text: string,
  random: Random,
  change: (value: string, name: string) => string,
): string {
  const all = attributesOf(text);
  if (all.length === 0) return text;
  const { name, value } = random.pick(all);
  return replaced(text, value, change(slice(text, value), name));
}

const ofAttributes: readonly Change[] = [
  function removeAttribute(text, { random }) {
    const all = attributesOf(text);
    return all.length === 0 ? text : replaced(text, random.pick(all), '');
  },
  function addKnownAttribute(text, { parts, random }) {
    const tag = someTag(text, random);
    const written = tag && parts.attributeOf(tag.name, random);
    return tag === undefined || written === undefined ? text : withAttribute(text, tag, written);
  },
  function addNamedAttribute(text, { words, random }) {
    const tag = someTag(text, random);
    if (tag === undefined) return text;
    return withAttribute(text, tag, `${random.pick(words)}='${random.pick(words)}'`);
  },
  function putKnownValue(text, { parts, random }) {
    return changeValue(text, random, (value, name) => parts.valueOf(name, random) ?? value);
  },
  function putWord(text, { words, random }) {
    return changeValue(text, random, () => random.pick(words));
  },
  function putNumber(text, { random }) {
    return changeValue(text, random, () => random.pick(numbers));
  },
  function replaceNumber(text, { random }) {
    const all = spansOf(text, /\d+/g);
    return all.length === 0 ? text : replaced(text, random.pick(all), random.pick(numbers));
  },
  function putPiece(text, { random }) {
    return changeValue(text, random, (value) => {
      const at = random.below(value.length + 1);
      return value.slice(0, at) + random.pick(pieces) + value.slice(at);
    });
  },
];

function someSpan(text: string, longest: number, random: Random): Span {
  const start = random.below(text.length + 1);
  return { start, end: Math.min(text.length, start + random.below(longest + 1)) };
}

const ofCharacters: readonly Change[] = [
  function removeSome(text, { random }) {
    return replaced(text, someSpan(text, 16, random), '');
  },
  function insertPiece(text, { random }) {
    return replaced(text, someSpan(text, 0, random), random.pick(pieces));
  },
  function replaceOne(text, { random }) {
    return replaced(text, someSpan(text, 1, random), String.fromCodePoint(random.below(0x180)));
  },
  function takeSome(text, { other, random }) {
    return replaced(text, someSpan(text, 8, random), slice(other, someSpan(other, 64, random)));
  },
  function repeatSome(text, { random }) {
    const span = someSpan(text, 32, random);
    return replaced(text, span, slice(text, span).repeat(2 + random.below(40)));
  },
];

const kinds = [ofElements, ofElements, ofAttributes, ofAttributes, ofCharacters];

/** `text` after one to four changes, more often one than many: each may spoil what another has reached. */
export function mutate(text: string, material: Material): string {
  const { random } = material;
  let changed = text;
  for (let left = 1 + Math.min(random.below(4), random.below(4)); left > 0; left -= 1) {
    changed = random.pick(random.pick(kinds))(changed, material);
  }
  return changed;
}
