/** Checks that the network interfaces of one domain do not conflict with each other. */
import type { DomainDefinition } from '../definition';
import type { Position } from '../xml/element';
import { comparePositions, definitionError } from '../xml/source-location';

interface Claim {
  /** What the interface claims, for the message. Two interfaces with the same claim are in conflict. */
  readonly what: string;
  readonly path: string;
  readonly position: Position;
}

/**
 * @throws DefinitionError XML_ERROR for an interface with the same Ethernet address, name in the container or name on the host
 * as an earlier one.
 */
export function checkInterfaceConflicts({
  interfaces,
  hostInterfaces,
}: Pick<DomainDefinition, 'interfaces' | 'hostInterfaces'>): void {
  const claims: Claim[] = interfaces.flatMap(({ mac, targetDevice, guestDevice, position }) => {
    const path = 'domain/devices/interface';
    const claimed = (what: string, value: string | undefined) =>
      value === undefined ? [] : [{ what: `${what} '${value}'`, path, position }];
    return [
      ...claimed('mac address', mac),
      ...claimed('target dev', targetDevice),
      ...claimed('guest dev', guestDevice),
    ];
  });
  for (const { device, position } of hostInterfaces) {
    // An interface of the host keeps its name in the container.
    claims.push({ what: `guest dev '${device}'`, path: 'domain/devices/hostdev', position });
  }
  const inOrder = claims.sort((a, b) => comparePositions(a.position, b.position));
  const first = new Map<string, Claim>();
  for (const claim of inOrder) {
    const earlier = first.get(claim.what);
    if (earlier !== undefined) {
      const { line, column } = earlier.position;
      const detail = `${claim.what} is also that of the interface in line ${line}, column ${column}`;
      throw definitionError('XML_ERROR', detail, claim);
    }
    first.set(claim.what, claim);
  }
}
