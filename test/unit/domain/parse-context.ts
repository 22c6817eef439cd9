/**
 * A fixed world for parsing, so that each text gives one definition; and how to compare definitions.
 */
import { portId } from '../../../lib/container/interfaces/port-id';
import type { DomainDefinition } from '../../../lib/domain/definition';
import { macFromBytes } from '../../../lib/domain/interface/mac-address';
import { parseDomain } from '../../../lib/domain/parse';
import type { ParseContext } from '../../../lib/domain/parse-session';

export const context: ParseContext = {
  arch: 'x86_64',
  emulator: '/usr/lib/tslxc/tslxc-monitor',
  newUuid: () => '5c6a1d3e-4f0b-4c1a-9d2e-0a1b2c3d4e5f',
  newMac: () => '52:54:00:00:00:01',
  portId,
};

/** The interfaces of each text get the addresses 52:54:00:00:00:01, …:02 and so on. */
export function parse(xml: string): DomainDefinition {
  let macs = 0;
  const newMac = (): string => macFromBytes(Uint8Array.of(0, 0, (macs += 1)));
  return parseDomain(xml, { ...context, newMac });
}

/** A minimal document with `devices` and `elements` put in. */
export function document(parts: { elements?: string; os?: string; devices?: string }): string {
  return `<domain type='lxc'>
  <name>test</name>
  <memory>1024</memory>
  <os><type>exe</type><init>/bin/sh</init>${parts.os ?? ''}</os>
${parts.elements ?? ''}
  <devices>
    <console type='pty'/>
${parts.devices ?? ''}
  </devices>
</domain>
`;
}

/** A copy without positions, which a round trip changes. */
export function withoutPositions(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutPositions);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => key !== 'position' && key !== 'devicesPosition')
      .map(([key, item]) => [key, withoutPositions(item)]),
  );
}
