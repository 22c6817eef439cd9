/**
 * What is said of a limit of memory below what a container uses, in place of the kernel's EBUSY alone: how much that is, and what can be
 * done. Pure.
 */
import type { LimitWrite } from '../../plan/limits/limit-write';

/** The files of cgroup v1 that limit what another file counts: of memory, and of memory and swap together. */
const limitOfV1 = /(?<=\/memory\.(?:memsw\.)?)limit_in_bytes$/;

/** The step of a failed write of a limit on cgroup v1; undefined for a file that has no count beside it, or whose count can't be read. */
export function limitBelowUse(
  { path, value }: Pick<LimitWrite, 'path' | 'value'>,
  read: (path: string) => string | undefined,
): string | undefined {
  if (!limitOfV1.test(path)) return undefined;
  const used = read(path.replace(limitOfV1, 'usage_in_bytes'))?.trim() ?? '';
  return [value, used].every((text) => /^\d+$/.test(text))
    ? stepBelowUse({ limit: BigInt(value), used: BigInt(used) })
    : undefined;
}

/** In bytes. */
export function stepBelowUse({
  limit,
  used,
}: {
  readonly limit: bigint;
  readonly used: bigint;
}): string {
  const [wanted, held] = [limit / 1024n, used / 1024n];
  return (
    `limit memory to ${wanted} KiB: ${held} KiB are in use, and can't be swapped out; ` +
    'end processes in the container, remove files that it keeps in memory, or choose a higher limit'
  );
}
