/**
 * The ids of switch ports. As in libvirt, each port has an id once it is defined: if the text has none, one is added. It is derived
 * rather than random, so that the same text of the same domain always gets the same id. Pure.
 */
import type { DomainDefinition } from '../../definition';
import type { XmlAttribute, XmlElement } from '../../xml/element';
import type { InterfaceDefinition } from '../definition';

/** `instance` is for 802.1Qbg switches. */
export type PortIdKind = 'interface' | 'instance';

/** Derives an id from the uuid of a domain and the MAC address of an interface; always the same for the same arguments. */
export type PortIds = (uuid: string, mac: string, kind: PortIdKind) => string;

/** The definition with ids for the ports whose text has none. */
export function withPortIds(definition: DomainDefinition, idOf: PortIds): DomainDefinition {
  const { uuid } = definition;
  return mapped(definition, ({ id, mac, kind }) => id ?? idOf(uuid, mac, kind));
}

/** The definition with another uuid. Ids that were derived from the former uuid are derived from the new one instead. */
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

/** The id of a port; `id` is undefined if the port has none yet. */
interface PortId {
  readonly id: string | undefined;
  readonly mac: string;
  readonly kind: PortIdKind;
}

type Change = (port: PortId) => string;

/** The kinds of ids by the type of the port. A port without a type belongs to a network, which may be of either kind. */
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

/** The same for an interface that is kept as written, since a start refuses it. */
function withChangedElement(element: XmlElement, change: Change): XmlElement {
  const port = childNamed(element, 'virtualport');
  const type = attributeOf(element, 'type');
  if (port === undefined || !portedTypes.includes(type)) return element;
  const portType = attributeOf(port, 'type') ?? '';
  // Without a type in the element, only a network can determine it.
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

/** In libvirt's output order. */
const parameterOrder = 'managerid typeid typeidversion instanceid interfaceid profileid'.split(' ');

function inOrder(attributes: readonly XmlAttribute[]): XmlAttribute[] {
  const rank = ({ name }: XmlAttribute): number => parameterOrder.indexOf(name);
  return [...attributes].sort((a, b) => rank(a) - rank(b));
}

function empty(name: string, { position }: XmlElement): XmlElement {
  return { name, namespace: '', attributes: [], children: [], position };
}

/** The element with the child in place of an existing one of that name, or else as its last child. */
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
