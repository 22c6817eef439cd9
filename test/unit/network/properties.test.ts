/** Properties of reading and printing, over random networks and random texts. */
import fc from 'fast-check';

import { TslxcError } from '../../../lib/errors';
import { formatNetwork } from '../../../lib/network/definition/format';
import { checkNetworkStartable } from '../../../lib/network/definition/check-mode';
import { repeats } from '../../support/time/repeats';
import { withoutPositions } from '../domain/parse-context';
import { networks } from './arbitrary-network';
import { document, parse } from './parse-context';

test('a network that is printed and read again is the same', () => {
  fc.assert(
    fc.property(networks, (definition) => {
      const again = parse(formatNetwork(definition));
      expect(withoutPositions(again)).toEqual(withoutPositions(definition));
    }),
    { numRuns: repeats(300) },
  );
});

test('printing is a fixed point', () => {
  fc.assert(
    fc.property(networks, (definition) => {
      const once = formatNetwork(definition);
      expect(formatNetwork(parse(once))).toBe(once);
    }),
    { numRuns: repeats(100) },
  );
});

test('the text of a network that runs is read as a network with that bridge', () => {
  fc.assert(
    fc.property(networks, fc.nat(), (definition, connections) => {
      const again = parse(formatNetwork(definition, { bridge: 'virbr9', connections }));
      const { forward, bridge, ...rest } = definition;
      expect(withoutPositions(again)).toMatchObject(withoutPositions(rest) as object);
      expect(again.forward.devices).toEqual(forward.devices);
      const isOwn = ['none', 'nat', 'route', 'open'].includes(forward.mode);
      expect(again.bridge.name).toBe(bridge.name ?? (isOwn ? 'virbr9' : undefined));
      const ports = { start: 1024, end: 65535 };
      if (forward.mode === 'nat') {
        expect(again.forward.nat).toEqual({ ipv6: false, ports, ...forward.nat });
      }
    }),
    { numRuns: repeats(100) },
  );
});

/** Reading either gives a definition or refuses with a place; nothing else may come out. */
function readsOrRefuses(xml: string): void {
  try {
    checkNetworkStartable(parse(xml));
  } catch (error) {
    if (!TslxcError.is(error)) throw error;
    expect(error.name).toBe('DefinitionError');
    expect(error.element).toBeDefined();
    expect(error.line).toBeGreaterThanOrEqual(1);
    expect(error.column).toBeGreaterThanOrEqual(1);
  }
}

const words =
  'forward bridge mac mtu domain dns vlan tag bandwidth inbound outbound port ip dhcp range host bootp lease tftp ' +
  'route portgroup nat address interface forwarder txt srv hostname virtualport pf driver';
const attributeNames =
  'name address netmask prefix family start end mode dev ip mac id size stp delay default enable value service ' +
  'protocol target expiry unit root file server gateway metric isolated trunk average localOnly';
const values =
  "nat|route|none|bridge|private|hostdev|yes|no|on|off|10.0.0.1|10.0.0.9|255.255.255.0|24|0|1|-1|99999999999|fd00::1|ipv6|eth0|a b|'x|52:54:00:00:00:01|ff:ff:ff:ff:ff:ff|";

const someElement = fc.letrec<{ element: string }>((tie) => ({
  element: fc
    .tuple(
      fc.constantFrom(...words.split(' ')),
      fc.dictionary(
        fc.constantFrom(...attributeNames.split(' ')),
        fc.constantFrom(...values.split('|')),
        { maxKeys: 4 },
      ),
      fc.array(fc.oneof({ maxDepth: 3 }, fc.constant('x'), tie('element')), { maxLength: 3 }),
    )
    .map(([name, attributes, children]) => {
      const written = Object.entries(attributes).map(
        ([attribute, value]) => ` ${attribute}="${value}"`,
      );
      return `<${name}${written.join('')}>${children.join('')}</${name}>`;
    }),
})).element;

test("libvirt's words in any order are read, or refused with a place", () => {
  fc.assert(
    fc.property(fc.array(someElement, { maxLength: 4 }), (elements) => {
      readsOrRefuses(document(elements.join('\n')));
    }),
    { numRuns: repeats(1500) },
  );
});

test('a network with a piece cut out is read, or refused with a place', () => {
  fc.assert(
    fc.property(networks, fc.nat(), fc.nat({ max: 40 }), (definition, start, length) => {
      const text = formatNetwork(definition);
      const at = start % text.length;
      readsOrRefuses(text.slice(0, at) + text.slice(at + length));
    }),
    { numRuns: repeats(300) },
  );
});
