/** A document as a tree that can be changed, and its text. */
import { parseXml } from '../../../lib/domain/xml/xml';
import type { XmlElement } from '../../../lib/domain/xml/element';

export interface TreeElement {
  name: string;
  attributes: TreeAttribute[];
  children: TreeNode[];
}

export interface TreeAttribute {
  readonly name: string;
  value: string;
}

/** An element, text, or what stands as it is: a comment, an entity, a section of CDATA. */
export type TreeNode = TreeElement | string | Written;

export interface Written {
  readonly written: string;
}

export function isElement(node: TreeNode): node is TreeElement {
  return typeof node !== 'string' && 'name' in node;
}

/** A tree of its own with each call. */
export function treeOf(xml: string): TreeElement {
  return copied(parseXml(xml));
}

/** All elements, each before those in it. */
export function elementsOf(tree: TreeElement): TreeElement[] {
  return [tree, ...tree.children.filter(isElement).flatMap(elementsOf)];
}

/** The element around `element`; undefined for the first one, and for one that is not there any more. */
export function parentOf(tree: TreeElement, element: TreeElement): TreeElement | undefined {
  return elementsOf(tree).find(({ children }) => children.includes(element));
}

export function copied({ name, attributes, children }: XmlElement | TreeElement): TreeElement {
  return {
    name,
    attributes: attributes.map((attribute) => ({ ...attribute })),
    children: children.map((child) => {
      if (typeof child === 'string' || !('name' in child)) return child;
      return copied(child);
    }),
  };
}

const escapes: Readonly<Record<string, string>> = {
  ...{ '&': '&amp;', '<': '&lt;', '>': '&gt;', "'": '&apos;' },
  ...{ '\t': '&#9;', '\n': '&#10;', '\r': '&#13;' },
};

function escaped(text: string, characters: RegExp): string {
  return text.replace(characters, (character) => escapes[character] ?? character);
}

export function textOfTree(node: TreeNode): string {
  if (typeof node === 'string') return escaped(node, /[&<>\r]/g);
  if (!isElement(node)) return node.written;
  const { name, attributes, children } = node;
  const written = attributes.map((one) => ` ${one.name}='${escaped(one.value, /[&<>'\t\n\r]/g)}'`);
  const start = `<${name}${written.join('')}`;
  if (children.length === 0) return `${start}/>`;
  return `${start}>${children.map(textOfTree).join('')}</${name}>`;
}
