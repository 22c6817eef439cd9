/** Reads and changes the rates of an interface: of a running container at once, and in the stored definition. */
import { hostSide } from '../../container/interfaces/network-view';
import type { StartRecord } from '../../container/record/run-state';
import type { DomainDefinition } from '../../domain/definition';
import { formatDomain } from '../../domain/format';
import { TslxcError } from '../../errors';
import type { Identity } from '../../host/state/definitions/definition-store';
import { requireRunning, runningDefinition, stored } from '../definitions/definitions';
import { changeDomain } from '../definitions/domain-change';
import { interfaceIndex, type InterfaceQuery } from './interface-lookup';
import { definedInterfaces, liveInterfaces } from './interfaces';
import { currentState } from '../lookup/lookup';
import { changeRates, withRates, type Rates, type RatesChange } from './rates';
import type { SettledState } from '../session/containers';
import type { Session } from '../session/session';
import { checkFloor, settleFloors } from './shaping';

/** @throws TslxcError INVALID_ARG for an unknown interface, OPERATION_INVALID for `live` when nothing runs. */
export async function getBandwidth(
  session: Session,
  identity: Identity,
  { device, which }: InterfaceQuery,
): Promise<Rates> {
  const state = await currentState(session, identity);
  if (which === 'live' || which === 'both') requireRunning(state, 'look', identity);
  if (state.phase === 'running' && which !== 'inactive') {
    const index = interfaceIndex(await liveInterfaces(session, state), device);
    return state.start.links?.[index]?.bandwidth ?? {};
  }
  const definition = stored(session, identity);
  const one = definition.interfaces[interfaceIndex(definedInterfaces(definition), device)];
  return changeRates(one?.bandwidth, {});
}

/**
 * Takes the domain's lock.
 *
 * @throws TslxcError INVALID_ARG for an unknown interface or rates that make no sense; OPERATION_INVALID for `live` when
 * nothing runs, and for `inactive` of a transient domain; OPERATION_UNSUPPORTED for an interface that can't be shaped.
 */
export async function setBandwidth(
  session: Session,
  identity: Identity,
  { device, which, change }: InterfaceQuery & { readonly change: RatesChange },
): Promise<void> {
  changeRates(undefined, change);
  await changeDomain(
    session,
    { identity, which },
    {
      live: (state) => setLiveRates(session, { identity, state, device, change }),
      stored: (definition) => withStoredRates(definition, { identity, device, change }),
    },
  );
}

interface StoredChange {
  readonly identity: Identity;
  readonly device: string;
  readonly change: RatesChange;
}

/** Under the domain's lock. @throws as `setBandwidth`. */
export async function setLiveRates(
  session: Session,
  { identity, state, device, change }: StoredChange & { readonly state: SettledState },
): Promise<void> {
  requireRunning(state, 'setBandwidth', identity);
  const { start } = state;
  const { links = [] } = start;
  const chosen = interfaceIndex(await liveInterfaces(session, state), device);
  const [record, definition] = [links[chosen], runningDefinition(session, state)];
  const one = definition.interfaces[chosen];
  if (record?.host === undefined || one === undefined) throw notShaped(device, identity);
  const { bandwidth: before = {}, ...rest } = record;
  const rates = changeRates(before, change);
  const interfaces = definition.interfaces.with(chosen, withRates(one, rates));
  const floor = rates.inbound?.floor;
  if (floor !== undefined) await checkFloor(session, record, floor);
  // Root in the container may have deleted it, and another container may use its name by now.
  if (hostSide(await session.containers.network.hostLinks(), record) === undefined) {
    const detail = `interface '${device}' is not in the container any more`;
    throw new TslxcError('OPERATION_FAILED', detail, { domain: identity.name });
  }
  await shapeOrLeave(session, record.host, { before, rates });
  const next: StartRecord = {
    ...start,
    xml: formatDomain({ ...definition, interfaces }),
    links: links.with(chosen, { ...rest, bandwidth: rates }),
  };
  session.containers.replaceStart(session.paths, next);
  if (floor !== before.inbound?.floor && record.network !== undefined) {
    await settleFloors(session, [record.network]);
  }
}

/** Restores the former rates when the change fails half-way. */
async function shapeOrLeave(
  session: Session,
  host: string,
  { before, rates }: { readonly before: Rates; readonly rates: Rates },
): Promise<void> {
  const { containers, logger } = session;
  try {
    await containers.shapeLink(host, rates);
  } catch (error) {
    await containers.shapeLink(host, before).catch((second: unknown) => {
      logger.error({ err: second, interface: host }, 'rates could not be given back');
    });
    throw error;
  }
}

function withStoredRates(
  definition: DomainDefinition,
  { identity, device, change }: StoredChange,
): DomainDefinition {
  const chosen = interfaceIndex(definedInterfaces(definition), device);
  const one = definition.interfaces[chosen];
  if (one === undefined) throw notShaped(device, identity);
  const rates = changeRates(one.bandwidth, change);
  return { ...definition, interfaces: definition.interfaces.with(chosen, withRates(one, rates)) };
}

function notShaped(device: string, { name }: Identity): TslxcError {
  const detail = `interface '${device}' has no side on the host where it could be shaped`;
  return new TslxcError('OPERATION_UNSUPPORTED', detail, { domain: name });
}
