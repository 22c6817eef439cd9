/**
 * The ids of ports of switches. As in libvirt each port has one from the time that it is defined: a text that has none is given
 * one. It is not drawn but made, so that the same text of the same domain has the same id. Pure.
 */
import type { DomainDefinition } from '../../definition';
import type { XmlAttribute, XmlElement } from '../../xml/element';
import type { InterfaceDefinition } from '../definition';

/** `instance` is for switches of 802.1Qbg. */
export type PortIdKind = 'interface' | 'instance';

/** Makes an id, of the uuid of a domain and the address of an interface; always the same. */
export type PortIds = (uuid: string, mac: string, kind: PortIdKind) => string;

/** The definition with the ids that its text does not have. */
export function withPortIds(definition: DomainDefinition, idOf: PortIds): DomainDefinition {
  const { uuid } = definition;
  return mapped(definition, ({ id, mac, kind }) => id ?? idOf(uuid, mac, kind));
}

/** The definition with another uuid: ids that were made of the former one are made of this one. */
export function withUuid(
  definition: DomainDefinition,
  uuid: string,
  idOf: PortIds,
): DomainDefinition {
  const { uuid: former } = definition;
  return mapped({ ...definition, uuid }, ({ id, mac, kind }) =>
    id === undefined || id === idOf(former, mac, kind) ? idOf(uuid, mac, kind) : id,
  );
}

/** An id that a port has, or is to have. */
interface PortId {
  readonly id: string | undefined;
  readonly mac: string;
  readonly kind: PortIdKind;
}

type Change = (port: PortId) => string;

/** By the type of the port. One without a type is that of a network, which may be of either kind. */
const kindsOf: Readonly<Record<string, readonly PortIdKind[] | undefined>> = {
  openvswitch: ['interface'],
  '802.1Qbg': ['instance'],
  '': ['instance', 'interface'],
};

function mapped(definition: DomainDefinition, change: Change): DomainDefinition {
  return {
    ...definition,
    interfaces: definition.interfaces.map((item) => withChanged(item, change)),
    otherDevices: definition.otherDevices.map((element) =>
      element.name === 'interface' ? withChangedElement(element, change) : element,
    ),
  };
}

function withChanged(item: InterfaceDefinition, change: Change): InterfaceDefinition {
  const { virtualPort, mac } = item;
  if (virtualPort === undefined) return item;
  const kinds = kindsOf[virtualPort.type ?? ''] ?? [];
  const ids = kinds.map((kind) => {
    const name = `${kind}Id` as const;
    return [name, change({ id: virtualPort[name], mac, kind })] as const;
  });
  return { ...item, virtualPort: { ...virtualPort, ...Object.fromEntries(ids) } };
}

/** The types of interfaces that libvirt lets be ports of a switch. */
const portedTypes: readonly (string | undefined)[] = ['network', 'bridge', 'direct', 'hostdev'];

/** The same of an interface that is kept as it was written, since a start refuses it. */
function withChangedElement(element: XmlElement, change: Change): XmlElement {
  const port = childNamed(element, 'virtualport');
  const type = attributeOf(element, 'type');
  if (port === undefined || !portedTypes.includes(type)) return element;
  const portType = attributeOf(port, 'type') ?? '';
  // Only a network may know what the element does not say.
  const kinds = portType === '' && type !== 'network' ? [] : (kindsOf[portType] ?? []);
  if (kinds.length === 0) return element;
  const mac = (attributeOf(childNamed(element, 'mac'), 'address') ?? '').toLowerCase();
  const parameters = childNamed(port, 'parameters') ?? empty('parameters', port);
  const made = kinds.map((kind) => {
    const name = `${kind}id`;
    return { name, value: change({ id: attributeOf(parameters, name), mac, kind }) };
  });
  const attributes = inOrder([
    ...parameters.attributes.filter(({ name }) => made.every((one) => one.name !== name)),
    ...made,
  ]);
  return withChild(element, withChild(port, { ...parameters, attributes }));
}

/** As libvirt prints them. */
const parameterOrder = 'managerid typeid typeidversion instanceid interfaceid profileid'.split(' ');

function inOrder(attributes: readonly XmlAttribute[]): XmlAttribute[] {
  const rank = ({ name }: XmlAttribute): number => parameterOrder.indexOf(name);
  return [...attributes].sort((a, b) => rank(a) - rank(b));
}

function empty(name: string, { position }: XmlElement): XmlElement {
  return { name, namespace: '', attributes: [], children: [], position };
}

/** With the child in the place of the one of its name, or as the last. */
function withChild(element: XmlElement, child: XmlElement): XmlElement {
  const former = childNamed(element, child.name);
  const children = element.children.map((one) => (one === former ? child : one));
  return { ...element, children: former === undefined ? [...children, child] : children };
}

function childNamed({ children }: XmlElement, wanted: string): XmlElement | undefined {
  return children.filter((child) => typeof child !== 'string').find(({ name }) => name === wanted);
}

function attributeOf(element: XmlElement | undefined, wanted: string): string | undefined {
  return element?.attributes.find(({ name }) => name === wanted)?.value;
}
