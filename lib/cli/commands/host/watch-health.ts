/**
 * watch-health: checks the health of all containers until the last one ends. It is started together with the first one, so no user
 * sees its output.
 */
import { DomainLog, withoutDomain } from '../../../host/log/domain-log';
import { statePaths } from '../../../host/state/state-paths';
import type { Options } from '../../shell/arguments';
import type { CommandTable, Context } from '../../shell/command';

export const commands: CommandTable = {
  'watch-health': {
    group: 'domain',
    summary: 'check the health of containers until they end',
    description:
      'Carries out the checks of <tslxc:health> of all containers that have been started, unless another\n' +
      'process does. Started with the first of them.',
    options: [
      {
        name: 'domain',
        kind: 'string',
        help: 'the name of a running domain, whose checks are to be carried out as well',
        positional: 'optional',
      },
    ],
    example: 'tslxc watch-health',
    visibility: 'hidden',
    run: watch,
  },
};

async function watch(context: Context, options: Options): Promise<number | undefined> {
  const { globals, environment } = context;
  const { logs } = statePaths(globals.root ?? environment['TSLXC_ROOT'] ?? '/');
  const log = new DomainLog({ directory: logs, fallback: 'watch-health', level: 'info' });
  const domain = options.string('domain');
  try {
    const connection = await context.connect(withoutDomain(log));
    await connection.watchHealth(domain);
    return undefined;
  } catch (error) {
    const fields = { err: error, ...(domain === undefined ? {} : { domain }) };
    log.error(fields, 'nothing watches the health of containers any more');
    throw error;
  } finally {
    await log.flush();
  }
}
