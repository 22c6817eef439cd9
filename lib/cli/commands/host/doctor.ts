/** doctor: whether this host can run containers, what they would lack, and what to do about it. */
import { formatOption, showsData } from '../../output/data';
import type * as CheckHost from '../../../driver/doctor/check-host';
import type { CheckStatus, HostCheck } from '../../../index';
import type { Options } from '../../shell/arguments';
import type { CommandTable, Context } from '../../shell/command';

export const commands: CommandTable = {
  doctor: {
    group: 'tslxc',
    summary: 'check this host, and say what to do',
    description:
      'Look at the kernel, the cgroups, what this process may do, the programs of the host, and\n' +
      'what is left of former containers. `fail`: no container can be started. `warn`: something\n' +
      'that containers may have is missing or left over. Exits with 1 when something fails.\n' +
      'Changes nothing. Without root it sees less.',
    options: [formatOption, { name: 'json', kind: 'flag', help: 'the same as --format json' }],
    example: 'tslxc doctor',
    run: doctor,
  },
};

async function doctor(context: Context, options: Options): Promise<number> {
  const { output, globals } = context;
  const root = globals.root;
  // Loaded on demand: it depends on the whole driver, which `help` doesn't need.
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  const { checkHost } = require('../../../driver/doctor/check-host') as typeof CheckHost;
  const report = await checkHost(root === undefined ? {} : { root });
  if (!showsData(output, options, report)) {
    for (const check of report.checks) show(context, check);
    output.line(summary(report.checks));
  }
  return report.status === 'fail' ? 1 : 0;
}

function show({ output }: Context, { id, status, found, advice }: HostCheck): void {
  if (status === 'ok' && output.verbosity === 'quiet') return;
  output.line(`${status.padEnd(4)}  ${id.padEnd(24)}  ${found}`);
  if (advice !== undefined) output.line(`${' '.repeat(32)}-> ${advice}`);
}

function summary(checks: readonly HostCheck[]): string {
  const count = (status: CheckStatus): number =>
    checks.filter((check) => check.status === status).length;
  const [warnings, failures] = [count('warn'), count('fail')];
  const plural = (number: number): string => (number === 1 ? '' : 's');
  return (
    `${count('ok')} in order, ${warnings} warning${plural(warnings)}, ` +
    `${failures} failure${plural(failures)}`
  );
}
