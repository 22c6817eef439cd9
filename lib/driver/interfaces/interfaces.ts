/** The network interfaces of a domain: as defined, and as the kernel shows those of a running container. */
import { guestSide, hostSide } from '../../container/interfaces/network-view';
import type { LinkRecord } from '../../container/record/run-state';
import type { DomainDefinition } from '../../domain/definition';
import type { InterfaceDefinition } from '../../domain/interface/definition';
import type { Link, LinkStatistics } from '../../host/native';
import { guestNames } from '../../plan/network/links';
import { exactJson } from '../../exact-json';
import {
  requireRunning,
  runningDefinition,
  stored,
  type RunningState,
} from '../definitions/definitions';
import type { InterfaceInfo } from './types';
import { currentState } from '../lookup/lookup';
import type { Session } from '../session/session';
import type { Identity } from '../../host/state/definitions/definition-store';

/**
 * The interfaces of the running container, or those of the next start; by default the former if there is a container.
 *
 * @throws TslxcError OPERATION_INVALID for `live` when nothing runs, NO_DOMAIN.
 */
export async function domainInterfaces(
  session: Session,
  identity: Identity,
  which: 'live' | 'inactive' | undefined,
): Promise<InterfaceInfo[]> {
  const state = await currentState(session, identity);
  if (which === 'live') requireRunning(state, 'look', identity);
  if (state.phase !== 'running') return definedInterfaces(stored(session, identity));
  if (which !== 'inactive') return liveInterfaces(session, state);
  const isStored = session.store.has(identity.name);
  return definedInterfaces(
    isStored ? stored(session, identity) : runningDefinition(session, state),
  );
}

/** In the order of the records of its start. */
export async function liveInterfaces(
  session: Session,
  state: RunningState,
): Promise<InterfaceInfo[]> {
  const records = state.start.links ?? [];
  if (records.length === 0) return [];
  const { network } = session.containers;
  const onHost = await network.hostLinks();
  const isInside = records.some((record) => hostSide(onHost, record) === undefined);
  const inside = isInside ? ((await network.networkInside(state.running))?.links ?? []) : [];
  const defined = definedInterfaces(runningDefinition(session, state));
  return records.map((record, index) => {
    const outer = hostSide(onHost, record);
    const inner = outer === undefined ? guestSide(inside, record) : undefined;
    return exactJson(liveInterface({ record, defined: defined[index], outer, inner }));
  });
}

/** The definition, with every `<link state>` as it is now. */
export async function withLiveLinks(
  session: Session,
  state: RunningState,
  definition: DomainDefinition,
): Promise<DomainDefinition> {
  const live = await liveInterfaces(session, state);
  const interfaces = definition.interfaces.map((one, index) =>
    withLink(one, live[index]?.link ?? linkOf(one)),
  );
  return { ...definition, interfaces };
}

/** The same interface, plugged in or not. */
export function withLink(one: InterfaceDefinition, link: 'up' | 'down'): InterfaceDefinition {
  return link === linkOf(one) ? one : { ...one, linkState: link };
}

/** Those of `<interface>` in document order, then those that the host lends. */
export function definedInterfaces(definition: DomainDefinition): InterfaceInfo[] {
  const names = guestNames(definition);
  const made = definition.interfaces.map((one, index) => definedInterface(one, names[index] ?? ''));
  const lent = definition.hostInterfaces.map(({ device }): InterfaceInfo => ({
    type: 'hostdev',
    name: device,
    guest: device,
    source: device,
    link: 'up',
  }));
  return [...made, ...lent];
}

function definedInterface(one: InterfaceDefinition, guest: string): InterfaceInfo {
  const { type, mac, model, targetDevice } = one;
  const source = sourceOf(one);
  return {
    type,
    guest,
    mac,
    link: linkOf(one),
    ...(targetDevice === undefined ? {} : { name: targetDevice }),
    ...(source === undefined ? {} : { source }),
    ...(model === undefined ? {} : { model }),
  };
}

function linkOf({ linkState = 'up' }: InterfaceDefinition): 'up' | 'down' {
  return linkState;
}

function sourceOf(one: InterfaceDefinition): string | undefined {
  switch (one.type) {
    case 'bridge':
      return one.bridge;
    case 'network':
      return one.network;
    case 'direct':
      return one.device;
    case 'ethernet':
      return undefined;
  }
}

interface Sides {
  readonly record: LinkRecord;
  readonly defined: InterfaceInfo | undefined;
  /** The host's side of a pair. */
  readonly outer: Link | undefined;
  /** The interface inside the container, if it has no side on the host. */
  readonly inner: Link | undefined;
}

function liveInterface({ record, defined, outer, inner }: Sides): InterfaceInfo {
  const { type, host, guest } = record;
  const mac = record.mac === '' ? inner?.address : record.mac;
  const counters = outer === undefined ? inner?.statistics : fromInside(outer.statistics);
  const { source, model } = defined ?? {};
  return {
    type,
    guest,
    link: (outer ?? inner)?.up === true ? 'up' : 'down',
    ...(host === undefined ? {} : { name: host }),
    ...(source === undefined ? {} : { source }),
    ...(model === undefined ? {} : { model }),
    ...(mac === undefined ? {} : { mac }),
    ...(counters === undefined ? {} : { statistics: counters }),
  };
}

/** What the host's side of a pair sends is what the container receives. */
export function fromInside(host: LinkStatistics): LinkStatistics {
  return {
    rxBytes: host.txBytes,
    rxPackets: host.txPackets,
    rxErrors: host.txErrors,
    rxDropped: host.txDropped,
    txBytes: host.rxBytes,
    txPackets: host.rxPackets,
    txErrors: host.rxErrors,
    txDropped: host.rxDropped,
  };
}
