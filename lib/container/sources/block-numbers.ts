/** The numbers of the block devices whose use is limited, looked up on the host. */
import { statSync } from 'node:fs';
import type { Stats } from 'node:fs';
import type { DomainDefinition } from '../../domain/definition';
import { definitionError, type SourceLocation } from '../../domain/xml/source-location';
import { describeErrno, TslxcError } from '../../errors';
import type { BlockNumbers } from '../../plan/limits/block-limits';
import { deviceNumbers } from './host-devices';
import { inaccessible } from './inaccessible';

const step = 'look up the block devices to limit';

/**
 * @throws TslxcError SYSTEM_ERROR for a device that can't be looked at, DefinitionError CONFIG_UNSUPPORTED for a path
 * that is no block device; both with element and position.
 */
export function lookUpBlockNumbers({
  blockTuning,
}: Pick<DomainDefinition, 'blockTuning'>): BlockNumbers {
  if (blockTuning === undefined) return new Map();
  const place = { path: 'domain/blkiotune/device/path', position: blockTuning.position };
  return blockNumbers(
    blockTuning.devices.map(({ path }) => path),
    place,
  );
}

/** Of paths that no document has. @throws TslxcError SYSTEM_ERROR or INVALID_ARG. */
export function blockNumbers(paths: readonly string[], place?: SourceLocation): BlockNumbers {
  return new Map(paths.map((path) => [path, numberOf(path, place)]));
}

function numberOf(path: string, place: SourceLocation | undefined): string {
  const stats = lookUp(path, place);
  if (!path.startsWith('/') || !stats.isBlockDevice()) {
    const detail = `Path '${path}' must be a block device`;
    if (place !== undefined) throw definitionError('CONFIG_UNSUPPORTED', detail, place);
    throw new TslxcError('INVALID_ARG', detail, { path });
  }
  const { major, minor } = deviceNumbers(stats.rdev);
  return `${major}:${minor}`;
}

function lookUp(path: string, place: SourceLocation | undefined): Stats {
  try {
    return statSync(path);
  } catch (error) {
    const what = `Path '${path}' is not accessible`;
    if (place !== undefined) throw inaccessible(error, { what, path, step, place });
    const { errno = 0 } = error as NodeJS.ErrnoException;
    const details = { errno: -errno, syscall: 'stat', path, step };
    throw new TslxcError('SYSTEM_ERROR', `${what}: ${describeErrno(-errno)}`, details);
  }
}
