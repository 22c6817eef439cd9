/** Selects parts of an XML document by an XPath 1.0 expression, and prints them as virsh does. */
import type { Document, Node } from '@xmldom/xmldom';
import type * as Dom from '@xmldom/xmldom';
import type * as XPath from 'xpath';
import { TslxcError } from '../../errors';
import { dnsmasqNamespace, extensionNamespace, lxcNamespace } from '../../domain/xml/vocabulary';

/** Prefixes that an expression may use without declaring them. */
const prefixes = { lxc: lxcNamespace, tslxc: extensionNamespace, dnsmasq: dnsmasqNamespace };

/** `wrapped`: in an element `<nodes>`, so that the result is an XML document. */
export type XPathStyle = 'separate' | 'wrapped';

/**
 * What the expression selects, in document order. Ends with a newline, unless nothing was selected.
 *
 * @throws TslxcError INTERNAL_ERROR for an invalid expression, and for one whose value is a number, a string or a boolean.
 */
export function selectXml(xml: string, expression: string, style: XPathStyle): string {
  // Loaded on demand: two packages that nothing else needs.
  /* eslint-disable @typescript-eslint/no-require-imports */
  const { DOMParser, XMLSerializer } = require('@xmldom/xmldom') as typeof Dom;
  const { useNamespaces } = require('xpath') as typeof XPath;
  /* eslint-enable @typescript-eslint/no-require-imports */
  const document = new DOMParser().parseFromString(xml, 'text/xml');
  const nodes = select(useNamespaces(prefixes), expression, document);
  const serializer = new XMLSerializer();
  const inline = (node: Node): string => serializer.serializeToString(node);
  if (style === 'separate') return nodes.map((node) => `${printed(node, '', inline)}\n`).join('');
  return wrapped(nodes, inline);
}

/** The package's own types refer to the DOM types of browsers, which are not used here. */
type Selector = (expression: string, node: never) => unknown;

function select(selector: Selector, expression: string, document: Document): Node[] {
  let result: unknown;
  try {
    result = selector(expression, document as never);
  } catch (cause) {
    const detail = `Incorrect xpath '${expression}': ${messageOf(cause)}`;
    throw new TslxcError('INTERNAL_ERROR', detail, { cause });
  }
  if (Array.isArray(result)) return result as Node[];
  throw new TslxcError('INTERNAL_ERROR', `Incorrect xpath '${expression}': it selects no nodes`);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

const elementNode = 1;
const attributeNode = 2;

type Inline = (node: Node) => string;

/** Laid out as by libxml2: elements on separate lines, except next to text, where no white space may be added. */
function printed(node: Node, indent: string, inline: Inline): string {
  const all = [...node.childNodes];
  const elements = all.filter(({ nodeType }) => nodeType === elementNode);
  const hasText = all.some(
    ({ nodeType, nodeValue }) => nodeType !== elementNode && (nodeValue ?? '').trim() !== '',
  );
  if (elements.length === 0 || hasText) return inline(node);
  const tag = inline(node.cloneNode(false)).replace(/\/>$/, '');
  const lines = elements.map((child) => `${indent}  ${printed(child, `${indent}  `, inline)}\n`);
  return `${tag}>\n${lines.join('')}${indent}</${node.nodeName}>`;
}

/** Attributes become those of `<nodes>`. */
function wrapped(nodes: readonly Node[], inline: Inline): string {
  const attributes = nodes.filter(({ nodeType }) => nodeType === attributeNode).map(inline);
  const content = nodes.filter(({ nodeType }) => nodeType !== attributeNode);
  const start = `<nodes${attributes.join('')}`;
  if (content.length === 0) return `${start}/>\n`;
  if (content.some(({ nodeType }) => nodeType !== elementNode)) {
    return `${start}>${content.map(inline).join('')}</nodes>\n`;
  }
  const lines = content.map((node) => `  ${printed(node, '  ', inline)}\n`);
  return `${start}>\n${lines.join('')}</nodes>\n`;
}
