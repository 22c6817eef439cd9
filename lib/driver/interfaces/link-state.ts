/** Plugging an interface in and out: of a running container, and in the stored definition. */
import { hostSide } from '../../container/interfaces/network-view';
import type { DomainDefinition } from '../../domain/definition';
import { TslxcError } from '../../errors';
import { requireRunning } from '../definitions/definitions';
import { changeDomain } from '../definitions/domain-change';
import { findInterface, interfaceIndex, type InterfaceQuery } from './interface-lookup';
import { definedInterfaces, domainInterfaces, liveInterfaces, withLink } from './interfaces';
import type { SettledState } from '../session/containers';
import type { Session } from '../session/session';
import type { Identity } from '../../host/state/definitions/definition-store';

export type LinkState = 'up' | 'down';

/** @throws TslxcError INVALID_ARG for an unknown interface, OPERATION_INVALID for `live` when nothing runs. */
export async function getLink(
  session: Session,
  identity: Identity,
  { device, which }: InterfaceQuery & { readonly which: 'live' | 'inactive' | undefined },
): Promise<LinkState> {
  return findInterface(await domainInterfaces(session, identity, which), device).link;
}

/**
 * Takes the domain's lock, so that no other container can get the interface's name on the host meanwhile.
 *
 * @throws TslxcError INVALID_ARG for an unknown interface; OPERATION_INVALID for `live` when nothing runs, and
 * for `inactive` of a transient domain; OPERATION_UNSUPPORTED for the stored state of what the host lends.
 */
export async function setLink(
  session: Session,
  identity: Identity,
  { device, which, link }: InterfaceQuery & { readonly link: LinkState },
): Promise<void> {
  await changeDomain(
    session,
    { identity, which },
    {
      live: (state) => setLiveLink(session, { identity, state, device, link }),
      stored: (definition) => withStoredLink(definition, { identity, device, link }),
    },
  );
}

interface StoredChange {
  readonly identity: Identity;
  readonly device: string;
  readonly link: LinkState;
}

interface LiveChange extends StoredChange {
  readonly state: SettledState;
}

/**
 * A start with `<link state='down'/>` leaves both sides of a pair down, so plugging it in sets both up. To unplug it, setting
 * the host's side down is enough: the container can't undo that, and keeps its addresses and routes.
 */
export async function setLiveLink(
  session: Session,
  { identity, state, device, link }: LiveChange,
): Promise<void> {
  requireRunning(state, 'setLink', identity);
  const record = state.start.links?.[interfaceIndex(await liveInterfaces(session, state), device)];
  if (record === undefined) throw new TslxcError('INTERNAL_ERROR', 'an interface has gone');
  const { network } = session.containers;
  const outer = hostSide(await network.hostLinks(), record);
  if (outer !== undefined) await network.setHostLink(outer.name, link);
  if (outer !== undefined && link === 'down') return;
  const inside = await network.setLinkInside(state.running, record, link);
  if (outer !== undefined || inside !== undefined) return;
  const detail = `interface '${device}' is not in the container any more`;
  throw new TslxcError('OPERATION_FAILED', detail, { domain: identity.name });
}

function withStoredLink(
  definition: DomainDefinition,
  { identity, device, link }: StoredChange,
): DomainDefinition {
  const chosen = interfaceIndex(definedInterfaces(definition), device);
  const one = definition.interfaces[chosen];
  if (one === undefined) {
    const detail = `interface '${device}' of type 'hostdev' has no link state`;
    throw new TslxcError('OPERATION_UNSUPPORTED', detail, { domain: identity.name });
  }
  return { ...definition, interfaces: definition.interfaces.with(chosen, withLink(one, link)) };
}
