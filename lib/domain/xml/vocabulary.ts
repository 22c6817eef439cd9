/**
 * Vocabularies: the names of elements and attributes in libvirt's schema, and what this version does with each. All of them
 * are rows of one table, coverage.ts, from which the documentation is generated. Children are in libvirt's output order:
 * `format` prints them in the order of these tables.
 */

/** The namespace of `<lxc:namespace>`; its elements are `lxc:NAME` in these tables, whatever their prefix. */
export const lxcNamespace = 'http://libvirt.org/schemas/domain/lxc/1.0';

/** The namespace of a network's `<dnsmasq:options>`; its elements are `dnsmasq:NAME` in these tables. */
export const dnsmasqNamespace = 'http://libvirt.org/schemas/network/dnsmasq/1.0';

/**
 * The namespace of `<tslxc:container>` below `<metadata>`, for settings for which libvirt's schema has no elements. libvirt keeps
 * metadata unchanged, so one document serves both. Its elements are `tslxc:NAME` in these tables.
 */
export const extensionNamespace = 'urn:tslxc:domain:1';

/** How a word that is stored and printed, but not carried out, is handled. */
export interface NotCarriedOut {
  /** `goes on`: it means nothing to a container, and the start warns of it. `refuses`: it would be dangerous to ignore. */
  readonly start: 'goes on' | 'refuses';
  /** The reason: a clause that follows a colon. */
  readonly why: string;
  /** libvirt's own message, if it has one. */
  readonly words?: string;
  /** Set if libvirt refuses the word when a domain is defined: the code of that error, whose message is `words`. */
  readonly definition?: 'CONFIG_UNSUPPORTED' | 'INTERNAL_ERROR';
}

/** A word that means nothing to a container. */
export function ignored(why: string): NotCarriedOut {
  return { start: 'goes on', why };
}

/** A word that would be dangerous to ignore, or that libvirt refuses too; `words` is libvirt's message. */
export function refused(why: string, words?: string): NotCarriedOut {
  return { start: 'refuses', why, ...(words === undefined ? {} : { words }) };
}

/** A word that libvirt refuses when a domain is defined. `words` is libvirt's message, and `definition` its error code. */
export function undefinable(
  words: string,
  definition: NonNullable<NotCarriedOut['definition']> = 'CONFIG_UNSUPPORTED',
): NotCarriedOut {
  return { start: 'refuses', why: 'libvirt refuses to define it too', words, definition };
}

/** What is done with each value. */
export type Values = Readonly<Record<string, 'supported' | NotCarriedOut>>;

/** `output`: libvirt writes it for a running domain; it is dropped from input. */
export type AttributeStanding =
  'supported' | 'output' | NotCarriedOut | { readonly values: Values };

/**
 * As for attributes. `one` and `many` are supported: the element may appear once, or several times. `stored`: the element is
 * kept and printed, and there is nothing to carry out.
 */
export type ChildStanding = 'one' | 'many' | 'output' | 'stored' | NotCarriedOut;

export interface Vocabulary {
  readonly attributes: ReadonlyMap<string, AttributeStanding>;
  readonly children: ReadonlyMap<string, ChildStanding>;
  readonly text: 'text' | 'no text';
  /** What is done with each text, if the text must be one of a fixed list of words. */
  readonly texts: Values;
  /** What is done with a word that is not in the vocabulary; see `ReadingSession`. */
  readonly unknown: 'left out' | 'refused';
}

interface Words {
  readonly attributes?: Readonly<Record<string, AttributeStanding>>;
  readonly children?: Readonly<Record<string, ChildStanding>>;
  readonly text?: 'text' | Values;
  readonly unknown?: 'refused';
}

/** The vocabulary of one element. */
export function vocabulary({ attributes = {}, children = {}, text, unknown }: Words): Vocabulary {
  return {
    attributes: new Map(Object.entries(attributes)),
    children: new Map(Object.entries(children)),
    text: text === undefined ? 'no text' : 'text',
    texts: typeof text === 'object' ? text : {},
    unknown: unknown ?? 'left out',
  };
}

/** An element without attributes and content. */
export const emptyVocabulary = vocabulary({});

/** An element that holds text and nothing else. */
export const textVocabulary = vocabulary({ text: 'text' });

/** Why a word is not carried out; undefined if it is, and for a word that is not in the table. */
export function notCarriedOut(
  standing: AttributeStanding | ChildStanding | undefined,
): NotCarriedOut | undefined {
  return typeof standing === 'object' && 'start' in standing ? standing : undefined;
}

/** The values that an attribute may have, and what is done with each. */
export function valuesOf({ attributes }: Vocabulary, attribute: string): Values {
  const standing = attributes.get(attribute);
  return typeof standing === 'object' && 'values' in standing ? standing.values : {};
}

/** Why a value is not carried out; undefined if it is, and for an unknown value. */
export function valueNotCarriedOut(values: Values, value: string): NotCarriedOut | undefined {
  const standing = Object.hasOwn(values, value) ? values[value] : undefined;
  return standing === 'supported' ? undefined : standing;
}
