/** What can be read of one storage pool: whether it is active, how much room it has, its XML. Changes nothing. */
import type { Identity } from '../../host/state/definitions/definition-store';
import { present } from '../../present';
import { formatPool } from '../../storage/definition/format-pool';
import { kindOf } from '../../storage/kinds/kind-of';
import { unreadableWords } from '../lookup/lookup';
import type { Session } from '../session/session';
import { currentPool, definitionOf } from './lookup';
import type { StoragePoolInfo } from './types';

const noRoom = { capacity: 0, allocation: 0, available: 0 } as const;

/** @throws TslxcError NO_STORAGE_POOL; SyscallError if its folder can't be looked at. */
export async function poolInfo(session: Session, identity: Identity): Promise<StoragePoolInfo> {
  const { name, state, persistence, definition } = currentPool(session, identity);
  const active = state.phase === 'active';
  const unreadable = session.pools.identity(name)?.unreadable;
  const isOpen = active && definition !== undefined;
  const { capacity, allocation, available } = isOpen
    ? await kindOf(definition).look(definition)
    : noRoom;
  return {
    active,
    persistent: persistence === 'persistent',
    autostart: session.pools.isAutostarted(name),
    ...present({ type: definition?.type, target: definition?.target }),
    capacity,
    allocation,
    available,
    ...(unreadable === undefined ? {} : { unreadable: unreadableWords(unreadable) }),
  };
}

/** The XML of the active pool, with its room; `inactive`, or if it is not active: that of the next start. @throws as `poolInfo`. */
export async function poolXml(
  session: Session,
  identity: Identity,
  which: 'inactive' | undefined,
): Promise<string> {
  const found = currentPool(session, identity);
  const definition = definitionOf(session, found);
  if (found.state.phase === 'active' && which === undefined) {
    return formatPool(definition, await kindOf(definition).look(definition));
  }
  return formatPool(session.pools.read(found.name) ?? definition);
}

/**
 * What `pool-edit` begins with: the XML of the next start, or the text of a stored file that is not a valid definition.
 *
 * @throws TslxcError NO_STORAGE_POOL; SyscallError.
 */
export async function editablePoolXml(session: Session, identity: Identity): Promise<string> {
  const { name } = currentPool(session, identity);
  const unreadable = session.pools.identity(name)?.unreadable;
  const text = unreadable === undefined ? undefined : session.pools.text(name);
  return text ?? poolXml(session, identity, 'inactive');
}
