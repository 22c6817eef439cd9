/** A fixed world for parsing networks, so that each text gives one definition. */
import type { NetworkDefinition } from '../../../lib/network/definition/definition';
import { parseNetwork } from '../../../lib/network/definition/parse';
import type { NetworkParseContext } from '../../../lib/network/elements/parse-session';

export const context: NetworkParseContext = {
  newUuid: () => '5c6a1d3e-4f0b-4c1a-9d2e-0a1b2c3d4e5f',
  newMac: () => '52:54:00:c0:ff:ee',
};

export function parse(xml: string): NetworkDefinition {
  return parseNetwork(xml, context);
}

/** A network with `elements` from line 3 on. */
export function document(elements: string, attributes = ''): string {
  return `<network${attributes}>
  <name>test</name>
${elements}
</network>
`;
}
