/** The record of a start: what it will borrow from the host, on disk before any of it is taken. */
import { thisMoment } from '../../host/kernel/boot/boot-clock';
import type { DomainDefinition } from '../../domain/definition';
import type { Placement } from '../../domain/tuning/definition';
import { TslxcError } from '../../errors';
import { removeWhatIsAt } from '../../host/state/plain-file';
import { writeRecord } from '../../host/state/record-file';
import { runPaths } from '../../host/state/state-paths';
import type { StatePaths } from '../../host/state/state-paths';
import { keepRoomForEnd } from '../record/end-record';
import { removeLeftFiles } from '../record/run-state';
import type { StartRecord } from '../record/run-state';
import type { Labelling } from '../security/labelled-start';
import type { ContainerStart } from './container-start';
import type { Preparation } from './preparation';

/** `definition` is that of the start, with the ids that it was given. */
export function startRecord(
  start: ContainerStart,
  definition: DomainDefinition,
  preparation: Preparation & {
    readonly labelling: Labelling | undefined;
    readonly placement: Placement | undefined;
    readonly boot: string;
  },
): StartRecord {
  const { undo, links, labelling, devices, placement, boot } = preparation;
  const { records } = links;
  const passed = start.passDescriptors.length;
  return {
    name: definition.name,
    uuid: definition.uuid,
    boot,
    persistence: start.persistence,
    restarts: start.restarts,
    ...(start.autodestroy === true ? { autodestroy: true } : {}),
    xml: start.xml,
    hardening: start.hardening,
    ...allocated(start.definition, definition),
    ...(placement === undefined ? {} : { placement }),
    undo,
    ...(labelling === undefined ? {} : { security: labelling.security }),
    ...(records.length === 0 ? {} : { links: records }),
    ...(devices.length === 0 ? {} : { devices }),
    ...(passed === 0 ? {} : { passed }),
    ...(start.standardStreams === true ? { standardStreams: true } : {}),
    ...thisMoment(),
    controller: process.pid,
  };
}

function allocated(asked: DomainDefinition, { idMap }: DomainDefinition): { firstId?: number } {
  const [range] = idMap?.uids ?? [];
  if (asked.extension.idAllocation === undefined || range === undefined) return {};
  return { firstId: range.target };
}

/**
 * Writes the record, after removing the exit record of the last run, which would be taken for the end of this one, and
 * what another program may have put where the monitor is going to make its files. If there is no room for the record of
 * this run's end, nothing is started.
 */
export function writeStartRecord(paths: StatePaths, record: StartRecord): void {
  const files = runPaths(paths, record.name);
  removeWhatIsAt(files.exit);
  removeLeftFiles(files);
  writeRecord(files.start, record);
  try {
    keepRoomForEnd(files);
  } catch (error) {
    removeWhatIsAt(files.start);
    throw error;
  }
}

/**
 * The record with what is to be undone when the start fails for `reason`. When one of its cgroups is taken, only those
 * before it have been made: that one and those after it belong to another owner, and stay untouched.
 */
export function takenOf(record: StartRecord, reason: unknown): StartRecord {
  if (!TslxcError.is(reason, 'RESOURCE_BUSY') || reason.syscall !== 'mkdir') return record;
  const { path = '' } = reason;
  const undo = record.undo.map((one) =>
    one.undo === 'removeCgroups' && one.paths.includes(path)
      ? { ...one, paths: one.paths.slice(0, one.paths.indexOf(path)) }
      : one,
  );
  return { ...record, undo };
}
