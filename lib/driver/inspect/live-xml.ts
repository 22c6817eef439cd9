/** The XML of a container: its definition, and what running adds to it. */
import type { LinkRecord, RunningRecord, StartRecord } from '../../container/record/run-state';
import type { DomainDefinition, LiveInterface } from '../../domain/definition';
import { formatDomain } from '../../domain/format';
import { withAllocatedIds } from '../../domain/namespaces/allocated-ids';

/** What is known of a container besides the record of its start. */
export interface LiveFacts extends Partial<Pick<RunningRecord, 'id' | 'consoles'>> {
  /** The uuids of the ports of its links: those of `portUuids`. */
  readonly ports: ReadonlyMap<LinkRecord, string>;
}

/** Of a container that runs, or has just ended. */
export function formatLive(
  definition: DomainDefinition,
  { firstId, links = [], security }: StartRecord,
  { id, consoles, ports }: LiveFacts,
): string {
  return formatDomain(withIds(definition, firstId), {
    live: {
      ...(id === undefined ? {} : { id }),
      consolePaths: consoles ?? [],
      interfaces: made(links).map((link) => liveInterface(link, ports.get(link))),
      ...(security === undefined ? {} : { security }),
    },
  });
}

/** Of a container that is gone: without its id, its label, and what its interfaces were plugged into, as in libvirt. */
export function formatGone(
  definition: DomainDefinition,
  { firstId, links = [] }: StartRecord,
  { consoles }: Partial<Pick<RunningRecord, 'consoles'>>,
): string {
  const interfaces = made(links).map((link) => {
    const { bridge: _bridge, ...rest } = liveInterface(link, undefined);
    return rest;
  });
  return formatDomain(withIds(definition, firstId), {
    live: { consolePaths: consoles ?? [], interfaces },
  });
}

/** The links of `<interface>`, without those that the host has lent. */
function made(links: readonly LinkRecord[]): readonly LinkRecord[] {
  return links.filter(({ type }) => type !== 'hostdev');
}

function withIds(definition: DomainDefinition, firstId: number | undefined): DomainDefinition {
  return firstId === undefined ? definition : withAllocatedIds(definition, firstId);
}

function liveInterface(
  { type, host, guest, bridge }: LinkRecord,
  portId: string | undefined,
): LiveInterface {
  return {
    guest,
    ...(host === undefined ? {} : { target: host }),
    ...(portId === undefined ? {} : { portId }),
    ...(type !== 'network' || bridge === undefined ? {} : { bridge }),
  };
}
