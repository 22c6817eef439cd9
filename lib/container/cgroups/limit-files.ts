/**
 * Limits of a running container: files of its cgroups, read and written. A change is all or nothing, and each value is
 * read back: what the kernel made of it is what counts.
 */
import { readFileSync } from 'node:fs';
import { constants as system } from 'node:os';
import type { DomainDefinition } from '../../domain/definition';
import { SyscallError, TslxcError } from '../../errors';
import { withWeightFiles } from '../../host/kernel/cgroup-layout';
import type { CgroupLayout } from '../../host/kernel/cgroup-layout';
import { native } from '../../host/native';
import type { BlockNumbers } from '../../plan/limits/block-limits';
import { holds, limitSteps, valueIn, type LimitWrite } from '../../plan/limits/limit-write';
import { blockNumbers } from '../sources/block-numbers';
import type { Looks } from '../looks/looks';
import { limitBelowUse, stepBelowUse } from './memory-in-use';
import { layoutInPartition } from './partition';
import { unlessMissing } from '../../host/state/file-error';

export interface LimitFiles {
  /** The hierarchies, with the CPUs and memory nodes that are available to a domain. */
  layout(definition: Pick<DomainDefinition, 'partition'>): CgroupLayout;
  /** `major:minor` of block devices. @throws TslxcError SYSTEM_ERROR, or INVALID_ARG for a path that is not a block device. */
  blockNumbers(paths: readonly string[], looks: Looks): Promise<BlockNumbers>;
  /** The content of a file; undefined if it can't be read. */
  read(path: string): string | undefined;
  /**
   * @throws SyscallError with path and errno for a value that the kernel refuses; TslxcError OPERATION_FAILED when a
   * file does not read back as written. On failure, earlier writes are rolled back.
   */
  apply(writes: readonly LimitWrite[]): Promise<void>;
  /**
   * Shrinks the memory use of a container of v2 to at most `bytes`, as v1 does by itself: on v2, a limit below the
   * current use would kill processes of the container.
   *
   * @throws SyscallError EBUSY, with the path, and with what it uses in `step`, when it needs more.
   */
  squeeze(path: string, bytes: bigint): Promise<void>;
}

const step = 'change a limit';

/** `ofHost` returns the hierarchies of this host. */
export function limitFiles(ofHost: () => CgroupLayout): LimitFiles {
  return {
    layout: (definition) => withWeightFiles(layoutInPartition(definition, ofHost())),
    blockNumbers: (paths, looks) => blockNumbers(paths, looks),
    read,
    apply,
    squeeze,
  };
}

function read(path: string): string | undefined {
  return unlessMissing(() => readFileSync(path, 'latin1'), step);
}

async function apply(writes: readonly LimitWrite[]): Promise<void> {
  const undo: LimitWrite[] = [];
  try {
    for (const write of writes) {
      const before = read(write.path);
      if (before !== undefined && holds(before, write)) continue;
      const putting = put(write);
      await (write.isCopy === true ? putting.catch(() => undefined) : putting);
      if (before !== undefined) undo.unshift({ ...write, value: restored(before, write) });
      if (write.isCopy !== true) check(write);
    }
  } catch (error) {
    for (const write of undo) {
      // The first failure is the one to report.
      await put(write).catch(() => undefined);
    }
    throw error;
  }
}

async function put(write: LimitWrite): Promise<void> {
  try {
    await native().applyCgroupSteps(limitSteps([write]));
  } catch (error) {
    if (!(error instanceof SyscallError)) throw error;
    const { errno, syscall } = error;
    const why = errno === system.errno.EBUSY ? limitBelowUse(write, read) : undefined;
    throw new SyscallError({ errno, syscall, path: write.path, step: why ?? step });
  }
}

function check(write: LimitWrite): void {
  const { path, value } = write;
  const text = read(path) ?? '';
  if (holds(text, write)) return;
  const detail = `${path} says '${valueIn(text, write) ?? ''}' after '${value.trim()}' was written`;
  throw new TslxcError('OPERATION_FAILED', detail, { path, step });
}

function restored(before: string, write: LimitWrite): string {
  const value = valueIn(before, write) ?? write.none ?? '';
  return value === '' ? '\n' : value;
}

async function squeeze(path: string, bytes: bigint): Promise<void> {
  const [high, current] = [`${path}/memory.high`, `${path}/memory.current`];
  const used = (): bigint => BigInt(read(current)?.trim() ?? '0');
  if (used() <= bytes) return;
  const before = read(high)?.trim() ?? 'max';
  const write = (value: string): Promise<void> => put({ path: high, value, as: 'bytes' });
  await write(String(bytes));
  try {
    const left = used();
    if (left > bytes) {
      const why = stepBelowUse({ limit: bytes, used: left });
      const { EBUSY: errno } = system.errno;
      throw new SyscallError({ errno, syscall: 'write', path: current, step: why });
    }
  } finally {
    await write(before);
  }
}
