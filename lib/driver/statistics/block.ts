/** What a running container has read and written on one block device, or on all. */
import { join } from 'node:path';
import { deviceNumbers } from '../../container/sources/host-devices';
import type { IoStatistics } from '../../container/statistics/types';
import { lookedUp } from '../../domain/devices/volume-source';
import type { HostDisk } from '../../domain/definition';
import { TslxcError } from '../../errors';
import type { Identity } from '../../host/state/definitions/definition-store';
import { requireRunning, runningDefinition, type RunningState } from '../definitions/definitions';
import { currentState } from '../lookup/lookup';
import type { Session } from '../session/session';
import { readAttribute } from '../../host/node/attribute';

/** What was read and written on a block device, in bytes and operations. */
export type BlockStatistics = Pick<IoStatistics, 'reads' | 'readBytes' | 'writes' | 'writtenBytes'>;

const nothing: BlockStatistics = { reads: 0, readBytes: 0, writes: 0, writtenBytes: 0 };

/**
 * @throws TslxcError OPERATION_INVALID when nothing runs; OPERATION_UNSUPPORTED where the kernel counts no I/O of the
 * container; INVALID_ARG for an unknown device; NO_DOMAIN.
 */
export async function blockStatistics(
  session: Session,
  identity: Identity,
  device: string | undefined,
): Promise<BlockStatistics> {
  const state = await currentState(session, identity);
  requireRunning(state, 'look', identity);
  const wanted = device === undefined ? undefined : await numbersOf(session, state, device);
  const [snapshot] = await session.containers.takeSnapshots([state]);
  const { io } = snapshot?.statistics() ?? {};
  if (io === undefined) {
    const detail = "this kernel does not count the container's I/O";
    throw new TslxcError('OPERATION_UNSUPPORTED', detail, { domain: identity.name });
  }
  return io.filter((one) => wanted === undefined || one.device === wanted).reduce(sum, nothing);
}

function sum(one: BlockStatistics, other: BlockStatistics): BlockStatistics {
  return {
    reads: one.reads + other.reads,
    readBytes: one.readBytes + other.readBytes,
    writes: one.writes + other.writes,
    writtenBytes: one.writtenBytes + other.writtenBytes,
  };
}

/** `major:minor` of a disk's target, or of a device of the host by its name or path. */
async function numbersOf(session: Session, state: RunningState, device: string): Promise<string> {
  const { disks } = runningDefinition(session, state);
  const disk = disks.map(lookedUp).find(({ target }) => target === device);
  const found = disk
    ? (numbersOfImage(state, disk) ?? (await numbersOfPath(session, disk)))
    : (numbersOfName(device) ?? (await numbersOfPath(session, { source: device })));
  if (found !== undefined) return found;
  throw new TslxcError('INVALID_ARG', `invalid path: ${device}`);
}

/** The numbers of the block device that was made from an image file. */
function numbersOfImage({ start }: RunningState, disk: HostDisk): string | undefined {
  const node = start.devices?.find((one) => one.node === disk.target);
  return disk.type === 'file' && node ? `${node.rule.major}:${node.rule.minor}` : undefined;
}

function numbersOfName(name: string): string | undefined {
  if (!/^[\w.!-]+$/.test(name) || /^\.+$/.test(name)) return undefined;
  return readAttribute(join('/sys/class/block', name, 'dev'));
}

async function numbersOfPath(
  { lookers, startTimeout }: Session,
  { source, position }: Pick<HostDisk, 'source'> & Partial<HostDisk>,
): Promise<string | undefined> {
  if (!source.startsWith('/')) return undefined;
  const place = position && { path: 'domain/devices/disk/source', position };
  using looks = lookers.looks({ within: startTimeout });
  const state = await looks.stateIfThere(source, { step: 'look up the block device', place });
  if (state?.kind !== 'block device') return undefined;
  const { major, minor } = deviceNumbers(state.node);
  return `${major}:${minor}`;
}
