/** What is wrong with a text, in the words of libvirt's parser where they say as much as those of ours. Pure. */
import type { XmlElement } from '../element';

type Started = Pick<XmlElement, 'name' | 'position'>;

/** Where our parser found a fault. */
export interface Fault {
  /** In the words of our parser. */
  readonly detail: string;
  /** The text up to there. */
  readonly read: string;
  /** The innermost element that was open. */
  readonly open: Started | undefined;
  /** The last element that was closed. */
  readonly closed: Started | undefined;
  readonly hasRoot: boolean;
}

const noStart = "Start tag expected, '<' not found";
const extraContent = 'Extra content at the end of the document';

const words: Readonly<Record<string, (fault: Fault) => string>> = {
  'document must contain a root element': ({ detail, read }) => {
    if (read === '') return 'Document is empty';
    return /<[^!?]/.test(read) ? detail : noStart;
  },
  'text data outside of root node': ({ hasRoot }) => (hasRoot ? extraContent : noStart),
  'documents may contain only one root': () => extraContent,
  'unexpected close tag': ({ closed, read }) =>
    `Opening and ending tag mismatch: ${closed?.name} line ${lineOf(closed)} and ${endTag(read)}`,
  'unquoted attribute value': () => `AttValue: " or ' expected`,
  'no whitespace between attributes': () => 'attributes construct error',
  'the string "]]>" is disallowed in char data': () => "Sequence ']]>' not allowed in content",
  'disallowed character in tag name': () => 'StartTag: invalid element name',
};

const matched: readonly (readonly [RegExp, (fault: Fault, name: string) => string])[] = [
  [
    /^unclosed tag: (.*)$/s,
    ({ open }, name) => `Premature end of data in tag ${name} line ${lineOf(open)}`,
  ],
  [/^duplicate attribute: (.*)$/s, (_, name) => `Attribute ${name} redefined`],
];

/** The words to show. */
export function parserWords(fault: Fault): string {
  const known = words[fault.detail];
  if (known !== undefined) return known(fault);
  for (const [pattern, say] of matched) {
    const match = pattern.exec(fault.detail);
    if (match !== null) return say(fault, match[1] ?? '');
  }
  return fault.detail;
}

function lineOf(element: Started | undefined): number | undefined {
  return element?.position.line;
}

/** The name in the end tag that the text ends with. */
function endTag(read: string): string {
  return read.slice(read.lastIndexOf('</') + 2).replace(/\s*>$/, '');
}
