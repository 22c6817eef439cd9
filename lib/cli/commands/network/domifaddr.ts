/** domifaddr: the addresses of a running domain, in virsh's fixed columns. */
import { formatOption, showsData } from '../../output/data';
import { TslxcError } from '../../../errors';
import { CommandError, withErrorMessage } from '../../shell/command-error';
import { domainOption, findDomain } from '../../options/domain-argument';
import { printable } from '../../../printable';
import type { AddressSource, DomainAddress } from '../../../index';
import type { Options } from '../../shell/arguments';
import type { CommandTable, Context } from '../../shell/command';

export const commands: CommandTable = {
  domifaddr: {
    group: 'monitor',
    summary: "get network interfaces' addresses for a running domain",
    description:
      "Get network interfaces' addresses for a running domain: as its definition, and the DHCP servers of its networks,\n" +
      "have given them (lease, the default), as the host's neighbour table knows them (arp), or as they are in the container\n" +
      '(inside), with the names that the interfaces have there.',
    options: [
      { ...domainOption, values: 'active-domain' },
      {
        name: 'interface',
        kind: 'string',
        help: 'network interface name',
        positional: 'optional',
      },
      { name: 'full', kind: 'flag', help: 'always display names and MACs of interfaces' },
      {
        name: 'source',
        kind: 'string',
        help: "address source: 'lease', 'arp', or 'inside'",
        values: ['lease', 'arp', 'inside'],
        positional: 'undocumented',
      },
      formatOption,
    ],
    example: 'tslxc domifaddr helloworld --source inside',
    run: showAddresses,
  },
};

/** `agent` is known but not supported: a container has no guest agent, and needs none. */
type Source = AddressSource | 'agent';

async function showAddresses(context: Context, options: Options): Promise<undefined> {
  const source = sourceOf(options.string('source'));
  const domain = await findDomain(await context.connect(), options.required('domain'));
  const found = await withErrorMessage('Failed to query for interfaces addresses', () => {
    if (source !== 'agent') return domain.addresses({ source });
    throw new TslxcError('ARGUMENT_UNSUPPORTED', 'Unknown IP address data source 1');
  });
  const { output } = context;
  const wanted = options.string('interface');
  const shown = found.filter((one) => wanted === undefined || wanted === one.interface);
  if (showsData(output, options, shown)) return undefined;
  const columns = ['Name'.padEnd(10), 'MAC address'.padEnd(20), 'Protocol'.padEnd(8)];
  output.extra(` ${columns.join(' ')}     Address`);
  output.extra('-'.repeat(79));
  for (const [index, one] of shown.entries()) {
    const isNamed = options.has('full') || shown[index - 1]?.interface !== one.interface;
    output.line(lineOf(one, isNamed ? [one.interface, one.mac ?? ''] : ['-', '-']));
  }
  return undefined;
}

function sourceOf(text = 'lease'): Source {
  if (text === 'lease' || text === 'arp' || text === 'inside' || text === 'agent') return text;
  throw new CommandError(`Unknown data source '${text}'`, { code: 'INVALID_ARG' });
}

/** A line for an address. Name and MAC address are only shown for the first address of an interface; an unknown prefix is shown as 0. */
function lineOf(
  { family, address, prefix = 0 }: DomainAddress,
  [name, mac]: readonly [string, string],
): string {
  const owner = ` ${printable(name).padEnd(10)} ${mac.padEnd(17)}`;
  return `${owner}    ${family.padEnd(12)} ${address}/${String(prefix)}`;
}
