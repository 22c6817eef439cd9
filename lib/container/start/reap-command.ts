/** The command that a monitor executes as its last act: `tslxc reap NAME`, by the node that runs now. */
import { commandPath } from '../../host/package-paths';
import type { StatePaths } from '../../host/state/state-paths';

export function reapCommand(
  paths: StatePaths,
  name: string,
): { program: string; argv: string[]; environment: string[] } {
  return {
    program: process.execPath,
    argv: ['node', commandPath, 'reap', name],
    environment: [
      'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
      `TSLXC_ROOT=${paths.root}`,
    ],
  };
}
