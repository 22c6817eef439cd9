/** import: takes over what an existing libvirt has defined. */
import type { Imported } from '../../../index';
import { errorLines, withErrorMessage } from '../../shell/command-error';
import type { Options } from '../../shell/arguments';
import type { CommandTable, Context } from '../../shell/command';
import type { Output } from '../../output/output';

export const commands: CommandTable = {
  import: {
    group: 'tslxc',
    summary: 'take over what libvirt has defined',
    description:
      'Define the containers, virtual networks, storage pools, filters for network traffic and secrets of an\n' +
      'existing libvirt here, these with their values, and start those with the host that it starts. Its files are\n' +
      'only read. What is defined here already is left as it is, and so are, in libvirt, virtual machines and\n' +
      'pools of a type that is not here; one file that cannot be taken over does not keep the others from it; the\n' +
      'exit status is then 1.\n' +
      'Nothing is started: networks by net-start, pools by pool-start, then domains by start, or by autostart-all\n' +
      'those that are started with the host.',
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
    output.line(
      'Nothing to import: libvirt has no domains of LXC, no networks, pools, filters or secrets',
    );
  return items.some(({ outcome }) => outcome === 'failed') ? 1 : undefined;
}

const words: Readonly<Record<Imported['kind'], string>> = {
  domain: 'Domain',
  network: 'Network',
  'network-filter': 'Network filter',
  'storage-pool': 'Storage pool',
  secret: 'Secret',
};

/** What follows when it is imported: what is needed before its containers can be started. */
function next({ kind, name, value }: Imported): string {
  switch (kind) {
    case 'network':
      return `; it is off now: 'tslxc net-start ${name}' starts it`;
    case 'storage-pool':
      return `; it is off now: 'tslxc pool-start ${name}' starts it`;
    case 'network-filter':
      return '; it is kept, and not carried out';
    case 'secret':
      return value === 'copied' ? ', with its value' : ', without a value: libvirt has none';
    case 'domain':
      return `; 'tslxc start ${name}' starts it`;
  }
}

function show(output: Output, item: Imported): void {
  const { kind, name, path, outcome, autostart, error } = item;
  const what = `${words[kind]} '${name}'`;
  switch (outcome) {
    case 'imported': {
      const boot = autostart === 'on' ? ', and is started with the host' : '';
      output.extra(`${what} imported from ${path}${boot}${next(item)}`);
      return;
    }
    case 'exists':
      output.line(`${what} is defined already, and left as it is: ${path}`);
      return;
    case 'left':
      output.line(`${what} is left to libvirt: ${path}`);
      for (const line of errorLines(error)) output.line(line);
      return;
    case 'failed':
      output.error(`Failed to import ${words[kind].toLowerCase()} from ${path}`);
      for (const line of errorLines(error)) output.error(line);
  }
}
