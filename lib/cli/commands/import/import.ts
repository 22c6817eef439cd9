/** import: takes over the domains and networks of an existing libvirt. */
import type { Imported } from '../../../index';
import { errorLines, withErrorMessage } from '../../shell/command-error';
import type { Options } from '../../shell/arguments';
import type { CommandTable, Context } from '../../shell/command';
import type { Output } from '../../output/output';

export const commands: CommandTable = {
  import: {
    group: 'tslxc',
    summary: 'take over the domains and networks that libvirt has defined',
    description:
      'Define the containers and virtual networks of an existing libvirt here, and start those with the host that it\n' +
      'starts. Its files are only read. What is defined here already is left as it is, and one file that cannot be\n' +
      'taken over does not keep the others from it; the exit status is then 1. Nothing is started: networks by\n' +
      'net-start, then domains by start, or by autostart-all those that are started with the host.',
    options: [
      {
        name: 'from',
        kind: 'string',
        help: "folder of libvirt's configuration instead of /etc/libvirt",
      },
    ],
    example: 'tslxc import --from /mnt/old/etc/libvirt',
    run: importAll,
  },
};

async function importAll(context: Context, options: Options): Promise<number | undefined> {
  const { output } = context;
  const from = options.string('from');
  const connection = await context.connect();
  const items = await withErrorMessage(`Failed to import from ${from ?? 'libvirt'}`, () =>
    connection.importLibvirt({
      ...(from === undefined ? {} : { from }),
      onItem: (item) => show(output, item),
    }),
  );
  if (items.length === 0)
    output.line('Nothing to import: libvirt has no domains of LXC and no networks');
  return items.some(({ outcome }) => outcome === 'failed') ? 1 : undefined;
}

/** Its containers can't be started before it is. */
function off(network: string): string {
  return `; it is off now: 'tslxc net-start ${network}' starts it`;
}

function show(output: Output, { kind, name, path, outcome, autostart, error }: Imported): void {
  const what = kind === 'domain' ? `Domain '${name}'` : `Network '${name}'`;
  switch (outcome) {
    case 'imported': {
      const boot = autostart === 'on' ? ', and is started with the host' : '';
      output.extra(`${what} imported from ${path}${boot}${kind === 'network' ? off(name) : ''}`);
      return;
    }
    case 'exists':
      output.line(`${what} is defined already, and left as it is: ${path}`);
      return;
    case 'failed':
      output.error(`Failed to import ${kind} from ${path}`);
      for (const line of errorLines(error)) output.error(line);
  }
}
