/** Changes a child of `<tslxc:container>`, which is stored and printed with the other metadata. */
import type { DomainDefinition } from '../../definition';
import type { XmlAttribute, XmlElement } from '../../xml/element';
import { wordOf } from '../../xml/reading';
import { extensionNamespace } from '../../xml/vocabulary';

export interface ExtensionElement {
  /** Local name, without the prefix. */
  readonly name: string;
  /** Undefined to remove the element. */
  readonly attributes: Readonly<Record<string, string>> | undefined;
  /** Which elements of that name are replaced. Default: all. */
  readonly isSame?: (attributes: Record<string, string | undefined>) => boolean;
}

const position = { line: 1, column: 1 };

/** The definition with this element in place of the elements that it replaces. */
export function withExtensionElement(
  definition: DomainDefinition,
  { name, attributes, isSame = () => true }: ExtensionElement,
): DomainDefinition {
  const found = definition.metadata.find((element) => wordOf(element) === 'tslxc:container');
  if (found === undefined && attributes === undefined) return definition;
  const container = found ?? emptyContainer();
  const isReplaced = (child: XmlElement | string): boolean =>
    typeof child !== 'string' &&
    wordOf(child) === `tslxc:${name}` &&
    isSame(Object.fromEntries(child.attributes.map((one) => [one.name, one.value])));
  const kept = container.children.filter((child) => !isReplaced(child));
  const children = attributes === undefined ? kept : [...kept, make(container, name, attributes)];
  const changed = { ...container, children };
  const metadata = definition.metadata.map((element) => (element === found ? changed : element));
  return { ...definition, metadata: found === undefined ? [...metadata, changed] : metadata };
}

function emptyContainer(): XmlElement {
  return {
    name: 'tslxc:container',
    namespace: extensionNamespace,
    attributes: [{ name: 'xmlns:tslxc', value: extensionNamespace }],
    children: [],
    position,
  };
}

/** Makes the element, with the prefix of `<tslxc:container>`. */
function make(
  { name: parent }: XmlElement,
  name: string,
  attributes: Readonly<Record<string, string>>,
): XmlElement {
  const prefix = parent.includes(':') ? parent.slice(0, parent.indexOf(':') + 1) : '';
  const list = Object.entries(attributes).map(([key, value]): XmlAttribute => ({
    name: key,
    value,
  }));
  return {
    name: `${prefix}${name}`,
    namespace: extensionNamespace,
    attributes: list,
    children: [],
    position,
  };
}
