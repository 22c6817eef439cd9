/** iface-name, iface-mac and iface-dumpxml: what there is to tell of one network interface of the host. */
import { findHostInterface, interfaceOption } from '../../options/host/interface-argument';
import { showXml, xpathOptions } from '../../options/xpath-option';
import { formatOption, showsData } from '../../output/data';
import type { InterfaceKey } from '../../options/host/interface-argument';
import type { HostInterfaceInfo } from '../../../index';
import type { Options } from '../../shell/arguments';
import type { Command, CommandTable, Context } from '../../shell/command';

/** A verb that prints one thing of an interface, which is found by another. */
function conversion(
  from: InterfaceKey,
  { summary, help, example }: Readonly<Record<'summary' | 'help' | 'example', string>>,
  shown: (found: HostInterfaceInfo) => string,
): Command {
  return {
    group: 'interface',
    summary,
    description: '',
    options: [
      { ...interfaceOption, help, ...(from === 'name' && { values: 'interface' }) },
      formatOption,
    ],
    example,
    async run(context, options): Promise<undefined> {
      const text = options.required('interface');
      const found = await findHostInterface(await context.connect(), text, [from]);
      if (!showsData(context.output, options, found)) context.output.line(shown(found));
      return undefined;
    },
  };
}

export const commands: CommandTable = {
  'iface-name': conversion(
    'mac',
    {
      summary: 'convert an interface MAC address to interface name',
      help: 'interface mac',
      example: 'tslxc iface-name 52:54:00:12:34:56',
    },
    ({ name }) => name,
  ),
  'iface-mac': conversion(
    'name',
    {
      summary: 'convert an interface name to interface MAC address',
      help: 'interface name',
      example: 'tslxc iface-mac eth0',
    },
    ({ mac = '' }) => mac,
  ),
  'iface-dumpxml': {
    group: 'interface',
    summary: 'interface information in XML',
    description: 'Output the physical host interface information as an XML dump to stdout.',
    options: [
      { ...interfaceOption, values: 'interface' },
      { name: 'inactive', kind: 'flag', help: 'show inactive defined XML' },
      ...xpathOptions,
    ],
    example: 'tslxc iface-dumpxml eth0',
    run: dump,
  },
};

async function dump(context: Context, options: Options): Promise<undefined> {
  const connection = await context.connect();
  const { name } = await findHostInterface(connection, options.required('interface'));
  showXml(context, options, await connection.hostInterfaces.xml(name));
  return undefined;
}
