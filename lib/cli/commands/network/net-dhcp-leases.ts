/** net-dhcp-leases: which client has which address of a virtual network, and until when. */
import { formatOption, showsData } from '../../output/data';
import { localTime } from '../../output/words/local-time';
import { withErrorMessage } from '../../shell/command-error';
import { formatTable } from '../../output/table';
import { findNetwork, networkOption } from '../../options/network-argument';
import type { Lease } from '../../../index';
import type { Options } from '../../shell/arguments';
import type { CommandTable, Context } from '../../shell/command';

export const commands: CommandTable = {
  'net-dhcp-leases': {
    group: 'network',
    summary: 'print lease info for a given network',
    description: 'Print the leases that the DHCP server of a network has given, by MAC address.',
    options: [
      networkOption,
      { name: 'mac', kind: 'string', help: 'MAC address', positional: 'undocumented' },
      formatOption,
    ],
    example: 'tslxc net-dhcp-leases default',
    run: showLeases,
  },
};

const header = [
  'Expiry Time',
  'MAC address',
  'Protocol',
  'IP address',
  'Hostname',
  'Client ID or DUID',
];

async function showLeases(context: Context, options: Options): Promise<undefined> {
  const text = options.required('network');
  const mac = options.string('mac');
  const network = await findNetwork(await context.connect(), text);
  const leases = await withErrorMessage(`Failed to get leases info for ${text}`, () =>
    network.leases(mac === undefined ? {} : { mac }),
  );
  const sorted = [...leases].sort(byMac);
  if (showsData(context.output, options, sorted)) return undefined;
  const rows = sorted.map(rowOf);
  const style = context.output.verbosity === 'quiet' ? 'bare' : 'full';
  context.output.text(formatTable({ header, rows }, style));
  return undefined;
}

function byMac(a: Lease, b: Lease): number {
  return a.mac === b.mac ? 0 : a.mac < b.mac ? -1 : 1;
}

function rowOf(lease: Lease): string[] {
  const { expires, mac, family, address, prefix, hostname = '-', clientId = '-' } = lease;
  const expiry = expires === undefined ? '-' : localTime(expires);
  return [expiry, mac, family, `${address}/${String(prefix)}`, hostname, clientId];
}
