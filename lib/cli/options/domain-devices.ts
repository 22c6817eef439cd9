/** The devices in the XML of a domain, for commands that identify a device by less than its whole XML. */
import type { Domain } from '../../index';
import type { XmlElement } from '../../domain/xml/element';
import { printXml } from '../../domain/xml/print';
import { parseXml } from '../../domain/xml/xml';

/** The elements of that name below `<devices>`. */
export async function devicesOf(
  domain: Domain,
  name: string,
  which: 'live' | 'inactive' | undefined,
): Promise<XmlElement[]> {
  const xml = await domain.xml(which === undefined ? {} : { which });
  const devices = elementsOf(parseXml(xml), 'devices')[0];
  return devices === undefined ? [] : elementsOf(devices, name);
}

/** An attribute of a child, such as `dev` of `<target>`; without `child`, an attribute of the element itself. */
export function attributeOf(
  element: XmlElement,
  attribute: string,
  child?: string,
): string | undefined {
  const holder = child === undefined ? element : elementsOf(element, child)[0];
  return holder?.attributes.find(({ name }) => name === attribute)?.value;
}

/** The values of those of these attributes that the child has. */
export function attributesOf(
  element: XmlElement,
  child: string,
  names: readonly string[],
): string[] {
  return names.flatMap((name) => attributeOf(element, name, child) ?? []);
}

/** The element as a document of its own. */
export function textOf(element: XmlElement): string {
  return printXml(element);
}

function elementsOf({ children }: XmlElement, name: string): XmlElement[] {
  return children.flatMap((child) =>
    typeof child !== 'string' && child.name === name ? [child] : [],
  );
}
