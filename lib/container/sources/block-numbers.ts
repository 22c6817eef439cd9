/** The numbers of the block devices whose use is limited, looked up on the host. */
import type { DomainDefinition } from '../../domain/definition';
import { definitionError, type SourceLocation } from '../../domain/xml/source-location';
import { describeErrno, SyscallError, TslxcError } from '../../errors';
import type { FileState, Looks } from '../looks/looks';
import type { BlockNumbers } from '../../plan/limits/block-limits';
import { deviceNumbers } from './host-devices';
import { inaccessible } from './inaccessible';

const step = 'look up the block devices to limit';

/**
 * @throws TslxcError SYSTEM_ERROR for a device that can't be looked up, DefinitionError CONFIG_UNSUPPORTED for a path
 * that is not a block device; both with element and position.
 */
export async function lookUpBlockNumbers(
  { blockTuning }: Pick<DomainDefinition, 'blockTuning'>,
  looks: Looks,
): Promise<BlockNumbers> {
  if (blockTuning === undefined) return new Map();
  const place = { path: 'domain/blkiotune/device/path', position: blockTuning.position };
  const paths = blockTuning.devices.map(({ path }) => path);
  return await blockNumbers(paths, looks, place);
}

/** Without `place`, for paths that are in no document. @throws TslxcError SYSTEM_ERROR or INVALID_ARG. */
export async function blockNumbers(
  paths: readonly string[],
  looks: Looks,
  place?: SourceLocation,
): Promise<BlockNumbers> {
  const numbers = new Map<string, string>();
  for (const path of paths)
    numbers.set(path, numberOf(path, await lookUp(path, looks, place), place));
  return numbers;
}

function numberOf(path: string, state: FileState, place: SourceLocation | undefined): string {
  if (!path.startsWith('/') || state.kind !== 'block device') {
    const detail = `Path '${path}' must be a block device`;
    if (place !== undefined) throw definitionError('CONFIG_UNSUPPORTED', detail, place);
    throw new TslxcError('INVALID_ARG', detail, { path });
  }
  const { major, minor } = deviceNumbers(state.node);
  return `${major}:${minor}`;
}

async function lookUp(
  path: string,
  looks: Looks,
  place: SourceLocation | undefined,
): Promise<FileState> {
  try {
    return await looks.state(path, { step, place });
  } catch (error) {
    const what = `Path '${path}' is not accessible`;
    if (place !== undefined) throw inaccessible(error, { what, path, step, place });
    if (!TslxcError.is(error, 'SYSTEM_ERROR')) throw error;
    const { errno = 0 } = error;
    const details = { errno, syscall: 'stat', path, step };
    throw new SyscallError(details, `${what}: ${describeErrno(errno)}`);
  }
}
