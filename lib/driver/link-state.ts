/** Plugging an interface in and out: of a running container, and in the stored definition. */
import { hostSide } from '../container/network-view';
import { TslxcError } from '../errors';
import { requireRunning } from './definitions';
import { findInterface, interfaceIndex } from './interface-lookup';
import { definedInterfaces, domainInterfaces, liveInterfaces, withLink } from './interfaces';
import { checkSame } from './lookup';
import { settle } from './reaper';
import type { SettledState } from './reaper';
import type { Session } from './session';
import type { Identity } from '../host/definition-store';

export type LinkState = 'up' | 'down';

export interface LinkQuery {
  /** Name on the host, name inside, or MAC address. */
  readonly device: string;
  /** What runs, or the stored definition; undefined is what runs if anything does. */
  readonly which: 'live' | 'inactive' | undefined;
}

/** @throws TslxcError INVALID_ARG for an unknown interface, OPERATION_INVALID for `live` when nothing runs. */
export async function getLink(
  session: Session,
  identity: Identity,
  { device, which }: LinkQuery,
): Promise<LinkState> {
  return findInterface(await domainInterfaces(session, identity, which), device).link;
}

/**
 * Under the domain's lock, so that no other container has the name on the host by then.
 *
 * @throws TslxcError INVALID_ARG for an unknown interface or state; OPERATION_INVALID for `live` when nothing runs, and
 * for `inactive` of a transient domain; OPERATION_UNSUPPORTED for the stored state of what the host lends.
 */
export async function setLink(
  session: Session,
  identity: Identity,
  { device, which, link }: LinkQuery & { readonly link: LinkState },
): Promise<void> {
  if (!['up', 'down'].includes(link)) {
    throw new TslxcError('INVALID_ARG', `invalid link state '${link}'`);
  }
  const { name } = identity;
  await session.locked(name, async () => {
    const { state } = await settle(session, name, 'carryOut');
    checkSame(session, identity, state);
    const isLive = which === 'live' || (which === undefined && state.phase === 'running');
    if (isLive) await setLiveLink(session, { identity, state, device, link });
    else await setStoredLink(session, { identity, device, link });
  });
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
 * A start with `<link state='down'/>` leaves both sides of a pair down, so that plugging it in takes both up. To plug it
 * out, the host's side is enough: the container can't undo that, and keeps its addresses and routes.
 */
async function setLiveLink(
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

async function setStoredLink(
  session: Session,
  { identity, device, link }: StoredChange,
): Promise<void> {
  const { name, uuid } = identity;
  await session.store.exclusive(async () => {
    const definition = session.store.read(name);
    if (definition === undefined) {
      const detail = 'transient domains do not have any persistent config';
      throw new TslxcError('OPERATION_INVALID', detail, { domain: name });
    }
    const defined = definedInterfaces(definition);
    const chosen = interfaceIndex(defined, device);
    if (chosen >= definition.interfaces.length) {
      const detail = `interface '${device}' of type 'hostdev' has no link state`;
      throw new TslxcError('OPERATION_UNSUPPORTED', detail, { domain: name });
    }
    const interfaces = definition.interfaces.map((one, index) =>
      index === chosen ? withLink(one, link) : one,
    );
    const detail = await session.store.write({ ...definition, interfaces });
    await session.announce({ event: 'defined', detail, domain: name, uuid });
  });
}
