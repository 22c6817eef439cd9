/** autostart and autostart-all: which domains are started with the host, and starting them. */
import { errorLines, withErrorMessage } from '../../shell/command-error';
import { unsupportedOption } from '../../options/refused-option';
import { domainOption, findDomain } from '../../options/domain-argument';
import type { Options } from '../../shell/arguments';
import type { CommandTable, Context } from '../../shell/command';

export const commands: CommandTable = {
  autostart: {
    group: 'domain',
    summary: 'autostart a domain',
    description:
      'Configure a domain to be automatically started at boot: by `tslxc autostart-all`, which the boot runs.',
    options: [
      domainOption,
      { name: 'disable', kind: 'flag', help: 'disable autostarting' },
      unsupportedOption('once', 'virDomainSetAutostartOnce'),
    ],
    example: 'tslxc autostart helloworld',
    run: autostart,
  },
  'autostart-all': {
    group: 'tslxc',
    summary: 'start the domains that are started with the host',
    description:
      'Start every domain that is marked as autostarted, for a unit of the boot. Once a boot: a domain that has been\n' +
      'started since the host booted is left as it is, and a second run only tries again what could not be started.\n' +
      'What is left off, since it was stopped or was marked after the first run, is named on stderr: start starts it.\n' +
      'The exit status is 1 if something could not be started, which is said by name.',
    options: [],
    example: 'tslxc autostart-all',
    run: autostartAll,
  },
};

async function autostart(context: Context, options: Options): Promise<undefined> {
  const mark = options.has('disable') ? 'unmark' : 'mark';
  const domain = await findDomain(await context.connect(), options.required('domain'));
  await withErrorMessage(
    `Failed to ${mark} domain '${domain.name}' as autostarted on next boot`,
    () => {
      options.refuseUnsupported();
    },
  );
  await withErrorMessage(`Failed to ${mark} domain '${domain.name}' as autostarted`, () =>
    domain.setAutostart(mark === 'mark' ? 'on' : 'off'),
  );
  context.output.extra(`Domain '${domain.name}' ${mark}ed as autostarted`);
  return undefined;
}

const whyOff = {
  'has-run': 'it has been started since the host booted',
  'marked-later': 'it was marked after the first run of this boot, and is started at the next boot',
} as const;

async function autostartAll(context: Context): Promise<number | undefined> {
  const { output } = context;
  const results = await (await context.connect()).autostartAll();
  for (const { domain, outcome, error, reason } of results) {
    if (outcome === 'started') output.extra(`Domain '${domain}' started`);
    if (reason === 'has-run' || reason === 'marked-later') {
      output.note(
        `Domain '${domain}' is left off: ${whyOff[reason]}; 'tslxc start ${domain}' starts it`,
      );
    }
    if (outcome !== 'failed') continue;
    output.error(`Failed to start domain '${domain}'`);
    for (const line of errorLines(error)) output.error(line);
  }
  return results.some(({ outcome }) => outcome === 'failed') ? 1 : undefined;
}
