/**
 * reap: cleans up after containers that have ended. The monitor executes it as its last act if no service has cleaned up. No user
 * sees its output then, so it writes errors to the domains' logs, too.
 */
import { DomainLog, withoutDomain } from '../../../host/log/domain-log';
import { statePaths } from '../../../host/state/state-paths';
import type { Options } from '../../shell/arguments';
import type { CommandTable, Context } from '../../shell/command';

export const commands: CommandTable = {
  reap: {
    group: 'domain',
    summary: 'clean up after ended containers',
    description:
      'Gives back to the host what ended containers had borrowed, and carries out on_poweroff,\n' +
      'on_reboot and on_crash. Called by the monitor at the end of a container.',
    options: [
      {
        name: 'domain',
        kind: 'string',
        help: 'the domain that ended; all that have ended are cleaned up',
        positional: 'optional',
      },
    ],
    example: 'tslxc reap',
    visibility: 'hidden',
    run: reap,
  },
};

async function reap(context: Context, options: Options): Promise<undefined> {
  const { globals, environment } = context;
  const { logs } = statePaths(globals.root ?? environment['TSLXC_ROOT'] ?? '/');
  const log = new DomainLog({ directory: logs, fallback: 'reap', level: 'info' });
  try {
    const connection = await context.connect(withoutDomain(log));
    await connection.reap();
    return undefined;
  } catch (error) {
    const domain = options.string('domain');
    log.error({ err: error, ...(domain === undefined ? {} : { domain }) }, 'cleaning up failed');
    throw error;
  } finally {
    await log.flush();
  }
}
