/**
 * reap: cleans up after containers that have ended. The monitor executes it as its last act when no
 * service did it, so that it has nobody to talk to: it writes to the domains' logs, and prints no more than
 * that it needs root.
 */
import { TslxcError } from '../../errors';
import { statePaths } from '../../host/state-paths';
import { domainLog } from '../domain-log';
import type { Options } from '../arguments';
import type { CommandTable, Context } from '../command';

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

async function reap(context: Context, options: Options): Promise<number | undefined> {
  const { globals, environment } = context;
  const { logs } = statePaths(globals.root ?? environment['TSLXC_ROOT'] ?? '/');
  const logger = domainLog(logs, 'reap');
  try {
    const connection = await context.connect(logger);
    await connection.reap();
    return undefined;
  } catch (error) {
    // A monitor is root: this is a person, who has to be told.
    if (TslxcError.is(error, 'ACCESS_DENIED')) throw error;
    const domain = options.string('domain');
    logger.error({ err: error, ...(domain === undefined ? {} : { domain }) }, 'cleaning up failed');
    return 1;
  }
}
