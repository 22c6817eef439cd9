/** secret-list: the secrets, as virsh's table. */
import { formatOption, showsData } from '../../output/data';
import { listedWith, tellReasons } from '../../output/listed-state';
import { formatTable } from '../../output/table';
import { withErrorMessage } from '../../shell/command-error';
import type { SecretFilter, SecretInfo } from '../../../index';
import type { Options } from '../../shell/arguments';
import type { CommandTable, Context } from '../../shell/command';

export const commands: CommandTable = {
  'secret-list': {
    group: 'secret',
    summary: 'list secrets',
    description: 'Returns a list of secrets, by UUID, with what each is for.',
    options: [
      { name: 'ephemeral', kind: 'flag', help: 'list ephemeral secrets' },
      { name: 'no-ephemeral', kind: 'flag', help: 'list non-ephemeral secrets' },
      { name: 'private', kind: 'flag', help: 'list private secrets' },
      { name: 'no-private', kind: 'flag', help: 'list non-private secrets' },
      { name: 'uuid', kind: 'flag', help: 'list UUIDs only' },
      formatOption,
    ],
    example: 'tslxc secret-list --no-private',
    run: list,
  },
};

async function list(context: Context, options: Options): Promise<undefined> {
  const connection = await context.connect();
  const secrets = await withErrorMessage('Failed to list secrets', () =>
    connection.secrets.list(filterOf(options)),
  );
  const { output } = context;
  if (showsData(output, options, secrets)) return undefined;
  if (options.has('uuid')) {
    for (const { uuid } of secrets) output.line(uuid);
    return undefined;
  }
  const listed = secrets.map((secret) => ({ secret, ...listedWith(usageOf(secret), secret) }));
  const rows = listed.map(({ secret, cell }) => [secret.uuid, cell]);
  const style = output.verbosity === 'quiet' ? 'bare' : 'full';
  output.text(formatTable({ header: ['UUID', 'Usage'], rows }, style));
  tellReasons(
    output,
    listed.map(({ secret, reasons }) => ({ what: `secret ${secret.uuid}`, reasons })),
  );
  return undefined;
}

function usageOf({ usage, unreadable }: SecretInfo): string {
  if (unreadable !== undefined) return 'unknown';
  return usage === undefined ? 'Unused' : `${usage.type} ${usage.id}`;
}

function filterOf(options: Options): SecretFilter {
  const [passing, lasting] = [options.has('ephemeral'), options.has('no-ephemeral')];
  const [own, others] = [options.has('private'), options.has('no-private')];
  return {
    ...(passing !== lasting && { ephemeral: passing }),
    ...(own !== others && { private: own }),
  };
}
