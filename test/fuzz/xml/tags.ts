/** The tags of a text that need not be XML any more, as far as they can be told. */

export interface Span {
  readonly start: number;
  readonly end: number;
}

export interface Tag extends Span {
  /** `whole` is `<name/>`; `other` is a comment and everything else that only looks like a tag. */
  readonly kind: 'start' | 'end' | 'whole' | 'other';
  readonly name: string;
  /** The name of the element around it, or ''. */
  readonly parent: string;
}

const tag = /<(\/?)([^\s<>/=!?]*)([^<>]*)>/g;
const attribute = /([\w:.-]+)=('[^'<]*'|"[^"<]*")/g;

export function spansOf(text: string, pattern: RegExp): Span[] {
  return [...text.matchAll(pattern)].map((match) => ({
    start: match.index,
    end: match.index + match[0].length,
  }));
}

export function tagsOf(text: string): Tag[] {
  const open: string[] = [];
  return [...text.matchAll(tag)].map((match) => {
    const [whole, slash, name = '', rest] = match;
    const kind = kindOf(slash, name, rest);
    if (kind === 'end') open.pop();
    const parent = open.at(-1) ?? '';
    if (kind === 'start') open.push(name);
    return { kind, name, parent, start: match.index, end: match.index + whole.length };
  });
}

function kindOf(slash = '', name = '', rest = ''): Tag['kind'] {
  if (name === '') return 'other';
  if (slash !== '') return 'end';
  return rest.endsWith('/') ? 'whole' : 'start';
}

/** From a start tag to its end tag; undefined for another tag, and for one without its end. */
export function elementAt(tags: readonly Tag[], first: number): Span | undefined {
  const opening = tags[first];
  if (opening?.kind === 'whole') return opening;
  if (opening?.kind !== 'start') return undefined;
  let depth = 0;
  for (const { kind, end } of tags.slice(first)) {
    if (kind === 'start') depth += 1;
    if (kind === 'end') depth -= 1;
    if (depth === 0) return { start: opening.start, end };
  }
  return undefined;
}

export interface Attribute extends Span {
  readonly name: string;
  /** Between the quotes. */
  readonly value: Span;
}

export function attributesOf(text: string): Attribute[] {
  return [...text.matchAll(attribute)].map((match) => {
    const [whole, name = ''] = match;
    const end = match.index + whole.length;
    return {
      name,
      start: match.index,
      end,
      value: { start: match.index + name.length + 2, end: end - 1 },
    };
  });
}

export const slice = (text: string, { start, end }: Span): string => text.slice(start, end);

export const replaced = (text: string, { start, end }: Span, instead: string): string =>
  text.slice(0, start) + instead + text.slice(end);
