/** What no two network interfaces of one domain may have in common. */
import type { DomainDefinition } from '../definition';
import type { Position } from '../xml/element';
import { comparePositions, definitionError } from '../xml/source-location';

interface Claim {
  /** What is claimed, in words: interfaces that say the same of it are in conflict. */
  readonly what: string;
  readonly path: string;
  readonly position: Position;
}

/**
 * A second interface with the Ethernet address, the name inside or the name on the host of a first one.
 *
 * @throws DefinitionError XML_ERROR that names the second.
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
    // It keeps its name inside.
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
