/** watch-health: checks the health of a container until it ends. Started with the container, so that no user sees its output. */
import { DomainLog, withoutDomain } from '../../../host/state/domain-log';
import { statePaths } from '../../../host/state/state-paths';
import type { Options } from '../../shell/arguments';
import type { CommandTable, Context } from '../../shell/command';

export const commands: CommandTable = {
  'watch-health': {
    group: 'domain',
    summary: 'check the health of a container until it ends',
    description:
      'Carries out the checks of <tslxc:health>, unless another process does. Started with the container.',
    options: [
      {
        name: 'domain',
        kind: 'string',
        help: 'the name of the running domain',
        positional: 'required',
      },
    ],
    example: 'tslxc watch-health helloworld',
    visibility: 'hidden',
    run: watch,
  },
};

async function watch(context: Context, options: Options): Promise<number | undefined> {
  const { globals, environment } = context;
  const { logs } = statePaths(globals.root ?? environment['TSLXC_ROOT'] ?? '/');
  const log = new DomainLog({ directory: logs, fallback: 'watch-health', level: 'info' });
  const domain = options.required('domain');
  try {
    const connection = await context.connect(withoutDomain(log));
    await connection.watchHealth(domain);
    return undefined;
  } catch (error) {
    log.error({ err: error, domain }, 'nothing watches the health of the container any more');
    throw error;
  } finally {
    await log.flush();
  }
}
