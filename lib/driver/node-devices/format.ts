/** A device of the host as libvirt's `<device>`. */
import { node, printXml, type PrintableElement } from '../../domain/xml/print';
import { withoutIllegalCharacters } from '../../domain/xml/xml-characters';
import type { Fact, NodeDevice } from '../../host/devices/node-device';

/** Ends with a newline. */
export function formatNodeDevice(device: NodeDevice): string {
  const { node: file, links, driver, facts } = device.details();
  const [type] = device.capabilities;
  return printXml(
    node('device', {}, [
      text('name', device.name),
      ...(device.path === undefined ? [] : [text('path', device.path)]),
      ...(file === undefined ? [] : [text('devnode', file, { type: 'dev' })]),
      ...links.map((link) => text('devnode', link, { type: 'link' })),
      ...(device.parent === undefined ? [] : [text('parent', device.parent)]),
      ...(driver === undefined ? [] : [node('driver', {}, [text('name', driver)])]),
      node('capability', { type }, facts.map(elementOf)),
    ]),
  );
}

/** What hardware calls itself may have any byte. */
function text(
  name: string,
  content: string,
  attributes: Readonly<Record<string, string>> = {},
): PrintableElement {
  return node(name, attributes, [withoutIllegalCharacters(content)]);
}

function elementOf({ name, attributes = {}, content }: Fact): PrintableElement {
  if (typeof content === 'string') return text(name, content, attributes);
  return node(name, attributes, content?.map(elementOf));
}
