/**
 * The ports of a network that were made without a container: records in its run folder, which are gone when it ends. A port that
 * the hooks have not agreed to yet is on record as well, so that they are told of its end if its caller is killed. Under the
 * network's lock.
 */
import { join } from 'node:path';
import { bootId } from '../../host/kernel/boot/boot-id';
import { namesIn } from '../../host/names-in';
import { findRecord, removeRecord, writeRecord } from '../../host/state/record-file';
import { networkPaths } from '../../host/state/state-paths';
import type { NetworkDefinition } from '../../network/definition/definition';
import type { PortDefinition } from '../../network/definition/port';
import { networkHook } from '../hooks/network-hooks';
import type { Session } from '../session/session';

interface PortRecord {
  readonly boot: string;
  readonly definition: PortDefinition;
  /** `making` until the hooks have agreed; missing in records of older packages. */
  readonly stage?: 'making' | 'made';
}

/** @throws as `networkHook`; then no port is made. */
export async function makePort(
  session: Session,
  network: NetworkDefinition,
  port: PortDefinition,
): Promise<void> {
  const write = (stage: PortRecord['stage']): void =>
    writeRecord(pathOf(session, network.name, port.uuid), {
      boot: bootId(),
      definition: port,
      stage,
    });
  write('making');
  try {
    await networkHook(session, 'port-created', { network, port });
  } catch (error) {
    removeRecord(pathOf(session, network.name, port.uuid));
    throw error;
  }
  write('made');
}

/** Replaces the record of a port that the hooks have agreed to. */
export function replacePort(session: Session, network: string, port: PortDefinition): void {
  const record: PortRecord = { boot: bootId(), definition: port, stage: 'made' };
  writeRecord(pathOf(session, network, port.uuid), record);
}

/** Calls the hooks before the record is removed: if this process is killed in between, the port can still be removed. */
export async function removePort(
  session: Session,
  network: NetworkDefinition,
  port: PortDefinition,
): Promise<void> {
  await networkHook(session, 'port-deleted', { network, port });
  removeRecord(pathOf(session, network.name, port.uuid));
}

/** Removes those whose caller was killed before the hooks had agreed. */
export async function settlePorts(session: Session, network: NetworkDefinition): Promise<void> {
  for (const { definition, stage } of recordsOf(session, network.name)) {
    if (stage === 'making') await removePort(session, network, definition);
  }
}

export function createdPorts(session: Session, network: string): PortDefinition[] {
  return recordsOf(session, network)
    .filter(({ stage }) => stage !== 'making')
    .map(({ definition }) => definition);
}

function recordsOf(session: Session, network: string): PortRecord[] {
  return namesIn(networkPaths(session.paths, network).ports).flatMap((name): PortRecord[] => {
    const [, uuid] = /^([0-9a-f-]{36})\.json$/.exec(name) ?? [];
    if (uuid === undefined) return [];
    const content = findRecord(pathOf(session, network, uuid))?.content;
    const record = content as Partial<PortRecord> | undefined;
    const { boot, definition } = record ?? {};
    if (boot !== bootId() || definition === undefined) return [];
    return [{ ...record, boot, definition }];
  });
}

function pathOf(session: Session, network: string, uuid: string): string {
  return join(networkPaths(session.paths, network).ports, `${uuid}.json`);
}
