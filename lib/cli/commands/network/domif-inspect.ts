/** domiflist, domifstat and domif-getlink: the network interfaces of one domain. */
import { formatOption, showsData } from '../../output/data';
import { parseMac } from '../../../domain/interface/mac-address';
import { findInterface } from '../../../driver/interfaces/interface-lookup';
import { TslxcError } from '../../../errors';
import { CommandError, withErrorMessage } from '../../shell/command-error';
import { deviceOption, persistentOption } from '../../options/device-argument';
import { domainOption, findDomain } from '../../options/domain-argument';
import { formatTable } from '../../output/table';
import { printable } from '../../../printable';
import type { InterfaceInfo, LinkStatistics } from '../../../index';
import type { Options } from '../../shell/arguments';
import type { CommandTable, Context } from '../../shell/command';

export const commands: CommandTable = {
  domiflist: {
    group: 'monitor',
    summary: 'list all domain virtual interfaces',
    description: 'Get the summary of virtual interfaces for a domain.',
    options: [
      domainOption,
      {
        name: 'inactive',
        kind: 'flag',
        help: 'get inactive rather than running configuration',
      },
      formatOption,
    ],
    example: 'tslxc domiflist helloworld',
    run: list,
  },
  domifstat: {
    group: 'monitor',
    summary: 'get network interface stats for a domain',
    description:
      'Get network interface stats for a running domain, from its own point of view: rx is what it receives.',
    options: [domainOption, deviceOption, formatOption],
    example: 'tslxc domifstat helloworld eth0',
    run: showStatistics,
  },
  'domif-getlink': {
    group: 'monitor',
    summary: 'get link state of a virtual interface',
    description: "Get link state of a domain's virtual interface.",
    options: [
      domainOption,
      deviceOption,
      { name: 'config', kind: 'flag', help: 'get persistent interface state' },
      persistentOption,
      formatOption,
    ],
    example: 'tslxc domif-getlink helloworld eth0',
    run: showLink,
  },
};

const header = ['Interface', 'Type', 'Source', 'Model', 'MAC'];

async function list(context: Context, options: Options): Promise<undefined> {
  const domain = await findDomain(await context.connect(), options.required('domain'));
  const interfaces = await domain.interfaces(options.has('inactive') ? { which: 'inactive' } : {});
  const shown = interfaces.filter(({ type }) => type !== 'hostdev');
  if (showsData(context.output, options, shown)) return undefined;
  const rows = shown.map(rowOf);
  const style = context.output.verbosity === 'quiet' ? 'bare' : 'full';
  context.output.text(formatTable({ header, rows }, style));
  return undefined;
}

function rowOf(info: InterfaceInfo): string[] {
  const { name = '-', type, source = '-', model = '-', mac = '-' } = info;
  return [name, type, source, model, mac];
}

const counters: readonly (readonly [string, keyof LinkStatistics])[] = [
  ['rx_bytes', 'rxBytes'],
  ['rx_packets', 'rxPackets'],
  ['rx_errs', 'rxErrors'],
  ['rx_drop', 'rxDropped'],
  ['tx_bytes', 'txBytes'],
  ['tx_packets', 'txPackets'],
  ['tx_errs', 'txErrors'],
  ['tx_drop', 'txDropped'],
];

async function showStatistics(context: Context, options: Options): Promise<undefined> {
  const text = options.required('domain');
  const device = options.required('interface');
  const domain = await findDomain(await context.connect(), text);
  const statistics = await withErrorMessage(
    `Failed to get interface stats ${text} ${device}`,
    async () => statisticsOf(findInterface(await domain.interfaces({ which: 'live' }), device)),
  );
  if (showsData(context.output, options, statistics)) return undefined;
  for (const [word, field] of counters) {
    context.output.line(`${device} ${word} ${String(statistics[field])}`);
  }
  return undefined;
}

function statisticsOf({ statistics }: InterfaceInfo): LinkStatistics {
  if (statistics !== undefined) return statistics;
  // It was deleted, on the host or in the container.
  throw new TslxcError('INTERNAL_ERROR', 'Interface not found');
}

async function showLink(context: Context, options: Options): Promise<undefined> {
  const device = options.required('interface');
  const domain = await findDomain(await context.connect(), options.required('domain'));
  const isStored = options.has('config') || options.has('persistent');
  try {
    const link = await domain.getLink(device, isStored ? { which: 'inactive' } : {});
    if (showsData(context.output, options, { interface: device, link })) return undefined;
    // As in virsh, without a newline: the empty line after each command ends the line.
    context.output.text(printable(`${device} ${link}`));
  } catch (error) {
    if (!TslxcError.is(error, 'INVALID_ARG')) throw error;
    const mac = parseMac(device);
    const what = mac === undefined ? `dev: ${device}` : `mac: ${mac}`;
    throw new CommandError(`Interface (${what}) not found.`, { code: 'INVALID_ARG' });
  }
  return undefined;
}
