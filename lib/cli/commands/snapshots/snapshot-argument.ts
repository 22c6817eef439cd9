/** Finds the snapshot that a command line names, by its name or as the current snapshot, with virsh's messages. */
import { CommandError } from '../../shell/command-error';
import type { Domain, SnapshotInfo } from '../../../index';
import type { Option, Options } from '../../shell/arguments';

export const snapshotOption: Option = {
  name: 'snapshotname',
  kind: 'string',
  help: 'snapshot name',
  positional: 'optional',
};

export const currentOption = (what: string): Option => ({
  name: 'current',
  kind: 'flag',
  help: what,
});

/**
 * The snapshot that `--current` or the option `name` selects; undefined if neither is given.
 *
 * @throws CommandError if both are given, and if there is no such snapshot.
 */
export function chosenSnapshot(
  all: readonly SnapshotInfo[],
  options: Options,
  name: 'snapshotname' | 'from',
): SnapshotInfo | undefined {
  const chosen = options.string(name);
  const isCurrent = options.has('current');
  if (chosen === undefined && !isCurrent) return undefined;
  if (chosen !== undefined && isCurrent) {
    throw new CommandError(`--${name} and --current are mutually exclusive`, {
      code: 'INVALID_ARG',
    });
  }
  const found = all.find((one) => (isCurrent ? one.isCurrent : one.name === chosen));
  if (found !== undefined) return found;
  const why = isCurrent
    ? 'the domain does not have a current snapshot'
    : `no domain snapshot with matching name '${chosen}'`;
  throw new CommandError(`Domain snapshot not found: ${why}`, { code: 'NO_DOMAIN_SNAPSHOT' });
}

/** @throws CommandError as `chosenSnapshot`, and if the command line names no snapshot. */
export async function snapshotOf(domain: Domain, options: Options): Promise<SnapshotInfo> {
  const found = chosenSnapshot(await domain.snapshots.list(), options, 'snapshotname');
  if (found !== undefined) return found;
  throw new CommandError('--snapshotname or --current is required', { code: 'INVALID_ARG' });
}
