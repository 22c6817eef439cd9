/**
 * Parses the text of a `<network>` to a NetworkDefinition, with libvirt's defaults filled in. Pure: the same text and
 * context give the same definition. Everything in the text that is ignored is listed in `unsupported` or `unknown`.
 */
import type { KeptPart, UnsupportedElement } from '../../domain/xml/unsupported';
import { parseMetadata, parseName, parseTitle, parseUuid } from '../../domain/elements/identity';
import { parseRoute } from '../../domain/interface/addresses';
import { definitionError, inDocumentOrder } from '../../domain/xml/source-location';
import {
  childOf,
  childrenOf,
  locateRoot,
  noting,
  readElement,
  type Reading,
  readText,
} from '../../domain/xml/reading';
import type { XmlElement } from '../../domain/xml/element';
import { parseXml } from '../../domain/xml/xml';
import { present } from '../../present';
import { required, singleLine, yesNo } from '../elements/attributes';
import { checkAddresses } from './check-addresses';
import { checkMode } from './check-mode';
import { withoutEffect } from './without-effect';
import { hasOwnBridge, type DnsmasqOption, type NetworkDefinition } from './definition';
import { parseLearnedAddresses } from '../elements/extension';
import { parseBridge, parseBridgeMac, parseMtu } from '../elements/bridge';
import { parseDns, parseDomainName } from '../elements/dns';
import { parseForward } from '../elements/forward';
import { parseNetworkIp } from '../elements/ip';
import {
  keepPort,
  parseIsolated,
  parsePortgroups,
  parseSwitch,
  parseShape,
} from '../elements/portgroup';
import type { NetworkParseContext, NetworkSession } from '../elements/parse-session';
import { dnsmasqOptionVocabulary, dnsmasqVocabulary, networkVocabulary } from './vocabulary';

/**
 * Parses one definition.
 *
 * @throws DefinitionError, always with `element`, `line` and `column`: XML_ERROR, NO_NAME, INTERNAL_ERROR or
 * CONFIG_UNSUPPORTED, in the same cases as libvirt. What only `start` refuses is not an error here; see `unsupported` and
 * checkNetworkStartable. As in libvirt, a word that its schema does not know is left out; see `unknown`.
 */
export function parseNetwork(xml: string, context: NetworkParseContext): NetworkDefinition {
  return readNetwork(parseXml(xml), context);
}

/** Like `parseNetwork`, for a parsed document; the position of an error is that of its element. @throws as `parseNetwork`. */
export function readNetwork(document: XmlElement, context: NetworkParseContext): NetworkDefinition {
  const root = locateRoot(document);
  const { name: rootName, namespace } = root.element;
  if (rootName !== 'network' || namespace !== '') {
    const detail = `expecting root element of 'network', not '${rootName}'`;
    throw definitionError('XML_ERROR', detail, root);
  }
  const [unsupported, kept]: [UnsupportedElement[], KeptPart[]] = [[], []];
  const noted = noting(context.unknown);
  const { unknown = [] } = noted;
  const found = { unsupported, kept, ...noted };
  const network = readElement(root, networkVocabulary, found);
  const name = parseName(network, found);
  const session: NetworkSession = { context, ...found, network: name };
  const definition = readDefinition(network, session);
  unsupported.push(...withoutEffect(definition, network));
  checkMode(definition, network);
  checkAddresses(definition);
  const mac = definition.mac ?? (hasOwnBridge(definition) ? context.newMac() : undefined);
  return {
    ...definition,
    ...(mac === undefined ? {} : { mac }),
    ...(kept.length === 0 ? {} : { kept }),
    unsupported: inDocumentOrder(unsupported),
    ...(unknown.length === 0 ? {} : { unknown: inDocumentOrder(unknown) }),
  };
}

function readDefinition(network: Reading, session: NetworkSession): NetworkDefinition {
  const forward = parseForward(network, session);
  const shape = parseShape(network, session);
  const { virtualPort, refused } = parseSwitch(network, session);
  const own = keepPort(network, refused, session);
  if (own !== undefined) session.kept.push(own);
  const optional = {
    title: parseTitle(network, session),
    description: readText(childOf(network, 'description'), session),
    mac: parseBridgeMac(network, session),
    mtu: parseMtu(network, session),
    learnedAddresses: parseLearnedAddresses(network),
    domain: parseDomainName(network, session),
    isolated: parseIsolated(network, session),
    ...shape,
    virtualPort,
  };
  return {
    name: session.network,
    uuid: parseUuid(network, session),
    ...present(optional),
    metadata: parseMetadata(network, session),
    ipv6: yesNo(network, 'ipv6') ?? false,
    forward,
    bridge: parseBridge(network, session),
    dns: parseDns(network, session),
    ips: childrenOf(network, 'ip').map((at) => parseNetworkIp(at, session)),
    routes: childrenOf(network, 'route').map((at) => parseRoute(at, session.network, session)),
    portgroups: parsePortgroups(network, session),
    dnsmasqOptions: parseDnsmasqOptions(network, session),
    unsupported: [],
  };
}

/** `<dnsmasq:options>`: lines for dnsmasq's configuration, which are not interpreted. */
function parseDnsmasqOptions(network: Reading, session: NetworkSession): DnsmasqOption[] {
  const at = childOf(network, 'dnsmasq:options');
  if (at === undefined) return [];
  const options = childrenOf(readElement(at, dnsmasqVocabulary, session), 'dnsmasq:option');
  return options.map((option) => {
    const reading = readElement(option, dnsmasqOptionVocabulary, session);
    const value = required(reading, 'value', 'No dnsmasq options value specified');
    return { value: singleLine(value, reading, 'value'), position: option.position };
  });
}
