/**
 * What chance would take long to come to: each of some values in each attribute and each text, where that was first seen in a
 * text that gets as far.
 */
import type { Depth } from './depth';
import { attributesOf, replaced, slice, tagsOf, type Span, type Tag } from './tags';

interface Place extends Span {
  /** The same for all places that mean the same. */
  readonly name: string;
}

/** Between the quotes of attributes, and between two tags. */
function placesOf(text: string): Place[] {
  const tags = tagsOf(text);
  return tags.flatMap((tag, index) => {
    const path = `${tag.parent}/${tag.name}`;
    const places = attributesOf(slice(text, tag)).map(({ name, value }) => ({
      name: `${path}@${name}`,
      start: tag.start + value.start,
      end: tag.start + value.end,
    }));
    return [...places, ...contentOf(tag, tags[index + 1], path)];
  });
}

function contentOf(tag: Tag, next: Tag | undefined, name: string): Place[] {
  const isText = tag.kind === 'start' && next?.kind === 'end' && next.start > tag.end;
  return isText ? [{ name, start: tag.end, end: next.start }] : [];
}

interface Waiting {
  readonly text: string;
  readonly place: Place;
  /** The position of the value that is next. */
  readonly value: number;
}

export class Systematic {
  readonly #values: readonly string[];
  readonly #known = new Set<string>();
  readonly #waiting: Waiting[] = [];

  constructor(values: readonly string[]) {
    this.#values = values;
  }

  learn(text: string, depth: Depth): void {
    for (const place of placesOf(text)) {
      const key = `${depth} ${place.name}`;
      if (this.#known.has(key)) continue;
      this.#known.add(key);
      this.#waiting.push({ text, place, value: 0 });
    }
  }

  /** Another text: one value in all places before the next value. Undefined if there is none at present. */
  next(): string | undefined {
    const first = this.#waiting.shift();
    if (first === undefined) return undefined;
    const { text, place, value } = first;
    if (value + 1 < this.#values.length) this.#waiting.push({ text, place, value: value + 1 });
    return replaced(text, place, this.#values[value] ?? '');
  }
}
