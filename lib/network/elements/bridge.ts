/** The bridge of a network: `<bridge>`, `<mac>` and `<mtu>`. */
import { enumerated } from '../../domain/xml/enumerated';
import { isMulticastMac, parseMac } from '../../domain/interface/mac-address';
import { attributeLocation, definitionError } from '../../domain/xml/source-location';
import { childOf, readElement, type Reading } from '../../domain/xml/reading';
import { required, wholeNumber } from './attributes';
import type { NetworkBridge } from '../definition/definition';
import { deviceName } from './names';
import type { NetworkSession } from './parse-session';
import { bridgeVocabulary, macVocabulary, mtuVocabulary } from '../definition/vocabulary';
import { refused } from '../../domain/xml/vocabulary';

/** Means the default name: the lowest free name of this form. */
const anyName = 'virbr%d';

/** BR_MAX_FORWARD_DELAY of the kernel's net/bridge/br_private.h, which is also that of the standard 802.1D. */
const maxDelay = 30;

/** Values of `<mtu>`: from ETH_MIN_MTU of linux/if_ether.h to the maximum of libvirt's schema. */
const mtuRange = [68, 65535] as const;

/** @throws DefinitionError XML_ERROR. */
export function parseBridge(network: Reading, session: NetworkSession): NetworkBridge {
  const at = childOf(network, 'bridge');
  if (at === undefined) return { stp: true, delay: 0, position: network.at.position };
  const reading = readElement(at, bridgeVocabulary, session);
  const text = reading.attributes.get('name');
  const isNamed = text !== undefined && text !== anyName;
  const name = isNamed ? deviceName(text, attributeLocation(at, 'name')) : undefined;
  // Any other word is libvirt's `on`.
  const stp = reading.attributes.get('stp') !== 'off';
  const delay = wholeNumber(reading, 'delay', [0, maxDelay]) ?? 0;
  keepTableManager(reading, session);
  return { ...(name === undefined ? {} : { name }), stp, delay, position: at.position };
}

/** No interface can have this address. As in libvirt, a network can be defined with it, but not started. */
export const zeroMac = '00:00:00:00:00:00';

/** In canonical form; undefined if the text has none. @throws DefinitionError XML_ERROR, with libvirt's message. */
export function parseBridgeMac(network: Reading, session: NetworkSession): string | undefined {
  const at = childOf(network, 'mac');
  if (at === undefined) return undefined;
  const text = readElement(at, macVocabulary, session).attributes.get('address');
  if (text === undefined || text === '') return undefined;
  const mac = parseMac(text);
  const { network: name } = session;
  const location = attributeLocation(at, 'address');
  if (mac === undefined) {
    const detail = `Invalid bridge mac address '${text}' in network '${name}'`;
    throw definitionError('XML_ERROR', detail, location);
  }
  if (isMulticastMac(mac)) {
    const detail = `Invalid multicast bridge mac address '${text}' in network '${name}'`;
    throw definitionError('XML_ERROR', detail, location);
  }
  if (mac === zeroMac) {
    const words = `the bridge of network '${name}' can't have the address ${zeroMac}: without <mac> it gets one that is made up`;
    session.unsupported.push({ ...location, ...refused('no interface can have it', words) });
  }
  return mac;
}

/** Undefined for the kernel's default. @throws DefinitionError XML_ERROR. */
export function parseMtu(network: Reading, session: NetworkSession): number | undefined {
  const at = childOf(network, 'mtu');
  if (at === undefined) return undefined;
  const reading = readElement(at, mtuVocabulary, session);
  required(reading, 'size');
  return wholeNumber(reading, 'size', mtuRange);
}

/** `zone` is unsupported, and so is a `macTableManager` other than the kernel. */
function keepTableManager(reading: Reading, session: NetworkSession): void {
  const { at, keptAttributes } = reading;
  const manager = enumerated(reading, 'macTableManager', ['kernel', 'libvirt'] as const);
  const attributes = [...keptAttributes];
  if (manager !== undefined) attributes.push({ name: 'macTableManager', value: manager });
  if (attributes.length > 0) session.kept.push({ path: at.path, attributes, children: [] });
}
