/** A change of a virtual network: of the running one, of the stored definition, or of both. */
import { TslxcError } from '../../errors';
import type { Identity } from '../../host/state/definitions/definition-store';
import type { NetworkDefinition } from '../../network/definition/definition';
import { updateNetwork } from '../../network/definition/update';
import type { NetworkUpdate } from '../../network/definition/update';
import { changeRunning } from '../../network/lifecycle/change';
import { runningDefinition } from '../../network/lifecycle/reconcile';
import type { SettledState } from '../../network/lifecycle/reconcile';
import { refuseUnknown, type UnknownWord } from '../../domain/xml/unsupported';
import { present } from '../../present';
import { isToBeValidated } from '../definitions/validate';
import type { Session } from '../session/session';
import type { DefineOptions, NetworkEvent, WhichOption } from '../types';
import { networkHook } from '../hooks/network-hooks';
import { networkLinks } from './links';
import { checkSameNetwork, currentNetwork, noNetwork } from './lookup';
import { isActive, settleAndTell } from './settling';
import { warnOfUnknown } from './unknown-elements';

export type Which = WhichOption['which'];

type WarningOption = Pick<DefineOptions, 'onWarning'>;

export interface NetworkChange {
  readonly identity: Identity;
  readonly which: Which;
  /** Returns the changed definition. Pure. */
  readonly change: (definition: NetworkDefinition) => NetworkDefinition;
  /** Throws for a change that can't be made to a network in use. */
  readonly checkLive?: (before: NetworkDefinition, next: NetworkDefinition) => Promise<void>;
  /** What the event says, for a change of its title, its description or its metadata. */
  readonly news?: Pick<NetworkEvent, 'detail' | 'uri'> | undefined;
}

/**
 * With `both`, the stored definition is written last: if either change is refused, both stay as they were. If it can't be written
 * then, the running network has changed all the same, and that is announced.
 *
 * @throws TslxcError OPERATION_INVALID for `live` when it is not active, and for `inactive` of a transient network;
 * NO_NETWORK; SyscallError; what `change` throws; and as `changeRunning`.
 */
export async function changeNetwork(
  session: Session,
  { identity, which, change, checkLive, news }: NetworkChange,
): Promise<void> {
  const { name } = identity;
  await session.lockedNetwork(name, async () => {
    const state = await settleAndTell(session, name);
    checkSameNetwork(session, identity, state);
    const runs = state.phase === 'running';
    const isLive = which === undefined ? runs : which !== 'inactive';
    const isStored = which === undefined ? !runs : which !== 'live';
    const next = isStored ? change(storedNetwork(session, identity)) : undefined;
    let changed: NetworkDefinition | undefined;
    if (isLive) {
      const record = runningRecord(state, name);
      const before = runningDefinition(record);
      changed = change(before);
      await checkLive?.(before, changed);
      await changeRunning(session.paths, record, changed);
    }
    try {
      if (next !== undefined) {
        await session.networks.exclusive(() => session.networks.write(next));
      }
    } catch (error) {
      if (changed !== undefined) await tell(session, identity, { news, changed });
      throw error;
    }
    await tell(session, identity, { news, changed });
  });
}

interface Told {
  readonly news: NetworkChange['news'];
  /** The running definition, if that has changed. */
  readonly changed: NetworkDefinition | undefined;
}

/** The event comes before the hook: this process may be killed while a script runs for long. */
async function tell(
  session: Session,
  { name, uuid }: Identity,
  { news, changed }: Told,
): Promise<void> {
  if (news !== undefined) {
    await session.announce({ event: 'metadata-change', ...news, network: name, uuid });
  }
  if (changed !== undefined) await networkHook(session, 'updated', { network: changed });
}

/**
 * Changes one part of a network, and warns of what was left out of its element.
 *
 * @throws as `changeNetwork` and `updateNetwork`; OPERATION_INVALID for a device of a pool that containers use; DefinitionError
 * XML_INVALID_SCHEMA, if the host's settings are strict, for elements, attributes and text that libvirt's schema does not know.
 */
export async function updateSection(
  session: Session,
  identity: Identity,
  { which, onWarning, ...update }: NetworkUpdate & WhichOption & WarningOption,
): Promise<void> {
  const isStrict = isToBeValidated(session, {});
  let leftOut: readonly UnknownWord[] = [];
  await changeNetwork(session, {
    identity,
    which,
    change: (definition) => {
      const { unknown = [], ...next } = updateNetwork(definition, update);
      if (isStrict) refuseUnknown(unknown);
      leftOut = unknown;
      return next;
    },
    checkLive: async ({ name, forward }, next) => {
      const removed = forward.devices.filter((device) => !next.forward.devices.includes(device));
      for (const device of removed) await checkUnused(session, name, device);
    },
  });
  warnOfUnknown(session, { name: identity.name, unknown: leftOut }, present({ onWarning }));
}

/** The definition to read from. @throws TslxcError OPERATION_INVALID, NO_NETWORK. */
export async function lookedAt(
  session: Session,
  identity: Identity,
  which: Which,
): Promise<NetworkDefinition> {
  const { state } = await currentNetwork(session, identity);
  if ((which === 'live' || which === 'both') && !isActive(state)) throw notRunning();
  if (which !== 'inactive' && isActive(state)) return runningDefinition(state.record);
  return storedNetwork(session, identity);
}

function storedNetwork(session: Session, { name, uuid }: Identity): NetworkDefinition {
  if (!session.networks.has(name)) {
    const detail = 'transient networks do not have any persistent config';
    throw new TslxcError('OPERATION_INVALID', detail);
  }
  const definition = session.networks.read(name);
  if (definition !== undefined) return definition;
  throw noNetwork(`no network with matching uuid '${uuid}' (${name})`);
}

function runningRecord(state: SettledState, name: string) {
  if (state.phase !== 'running') throw notRunning();
  if (state.place === 'here') return state.record;
  const detail = `network '${name}' runs in another network namespace of this host`;
  throw new TslxcError('OPERATION_INVALID', detail);
}

function notRunning(): TslxcError {
  return new TslxcError('OPERATION_INVALID', 'network is not running');
}

async function checkUnused(session: Session, network: string, device: string): Promise<void> {
  const links = await networkLinks(session, network);
  const users = links.filter((link) => link.device === device).length;
  if (users === 0) return;
  const detail = `unable to delete interface '${device}' in network '${network}'. It is currently being used by ${String(users)} domains.`;
  throw new TslxcError('OPERATION_INVALID', detail);
}
