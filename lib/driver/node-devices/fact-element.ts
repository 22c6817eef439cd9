/** What is told of the host's hardware, as elements of XML. */
import { node, type PrintableElement } from '../../domain/xml/print';
import { withoutIllegalCharacters } from '../../domain/xml/xml-characters';
import type { Fact } from '../../host/devices/node-device';

export function factElement({ name, attributes = {}, content }: Fact): PrintableElement {
  if (typeof content === 'string') return textElement(name, content, attributes);
  return node(name, attributes, content?.map(factElement));
}

/** What hardware calls itself may have any byte. */
export function textElement(
  name: string,
  content: string,
  attributes: Readonly<Record<string, string>> = {},
): PrintableElement {
  return node(name, attributes, [withoutIllegalCharacters(content)]);
}
