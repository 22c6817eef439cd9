/** A device of the host as libvirt's `<device>`. */
import { node, printXml } from '../../domain/xml/print';
import type { NodeDevice } from '../../host/devices/node-device';
import { factElement, textElement } from './fact-element';

/** Ends with a newline. */
export function formatNodeDevice(device: NodeDevice): string {
  const { node: file, links, driver, facts } = device.details();
  const [type] = device.capabilities;
  return printXml(
    node('device', {}, [
      textElement('name', device.name),
      ...(device.path === undefined ? [] : [textElement('path', device.path)]),
      ...(file === undefined ? [] : [textElement('devnode', file, { type: 'dev' })]),
      ...links.map((link) => textElement('devnode', link, { type: 'link' })),
      ...(device.parent === undefined ? [] : [textElement('parent', device.parent)]),
      ...(driver === undefined ? [] : [node('driver', {}, [textElement('name', driver)])]),
      node('capability', { type }, facts.map(factElement)),
    ]),
  );
}
