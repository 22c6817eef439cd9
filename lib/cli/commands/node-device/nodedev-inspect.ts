/** nodedev-info and nodedev-dumpxml: what there is to tell of one device of the host. */
import { findNodeDevice, nodeDeviceOption } from '../../options/host/node-device-argument';
import { showXml, xpathOptions } from '../../options/xpath-option';
import { formatOption, showsData } from '../../output/data';
import type { Options } from '../../shell/arguments';
import type { CommandTable, Context } from '../../shell/command';

export const commands: CommandTable = {
  'nodedev-info': {
    group: 'nodedev',
    summary: 'node device information',
    description: 'Returns basic information about the node device',
    options: [nodeDeviceOption, formatOption],
    example: 'tslxc nodedev-info computer',
    run: showInformation,
  },
  'nodedev-dumpxml': {
    group: 'nodedev',
    summary: 'node device details in XML',
    description: 'Output the node device details as an XML dump to stdout.',
    options: [
      nodeDeviceOption,
      { name: 'inactive', kind: 'flag', help: 'show inactive defined XML' },
      ...xpathOptions,
    ],
    example: 'tslxc nodedev-dumpxml computer',
    run: dump,
  },
};

async function showInformation(context: Context, options: Options): Promise<undefined> {
  const { output } = context;
  const device = await findNodeDevice(await context.connect(), options.required('device'));
  if (showsData(output, options, device)) return undefined;
  const rows = [
    ['Name:', device.name],
    ['Parent:', device.parent ?? ''],
    // Hardware is there as long as it is there.
    ['Active:', 'yes'],
    ['Persistent:', 'yes'],
    ['Autostart:', 'yes'],
  ] as const;
  for (const [label, value] of rows) output.line(`${label.padEnd(15)} ${value}`);
  return undefined;
}

async function dump(context: Context, options: Options): Promise<undefined> {
  const connection = await context.connect();
  const { name } = await findNodeDevice(connection, options.required('device'));
  showXml(context, options, await connection.nodeDevices.xml(name));
  return undefined;
}
