/** net-port-list, net-port-create, net-port-dumpxml and net-port-delete: the ports of a virtual network. */
import { formatOption, showsData } from '../../output/data';
import { CommandError, withErrorMessage } from '../../shell/command-error';
import {
  definitionOptions,
  readDefinitionFile,
  validateOption,
} from '../../options/definition-file';
import { findNetwork, networkOption } from '../../options/network-argument';
import { showXml, xpathOptions } from '../../options/xpath-option';
import { formatTable } from '../../output/table';
import type { Network } from '../../../index';
import type { Option, Options } from '../../shell/arguments';
import type { CommandTable, Context } from '../../shell/command';

const portOption: Option = {
  name: 'port',
  kind: 'string',
  help: 'port UUID',
  positional: 'required',
};

export const commands: CommandTable = {
  'net-port-list': {
    group: 'network',
    summary: 'list network ports',
    description:
      'Returns list of network ports: one for each interface of a running container, and those of net-port-create.',
    options: [
      networkOption,
      { name: 'uuid', kind: 'flag', help: 'list UUIDs only' },
      { name: 'table', kind: 'flag', help: 'list table (default)' },
      formatOption,
    ],
    example: 'tslxc net-port-list default',
    run: list,
  },
  'net-port-create': {
    group: 'network',
    summary: 'create a network port from an XML file',
    description:
      'Create a network port, for an interface that another program plugs in. It is gone when the network stops. As in\n' +
      'libvirt, what its schema does not know is left out, with a warning for each word.',
    options: [
      networkOption,
      {
        name: 'file',
        kind: 'string',
        help: 'file containing an XML network port description',
        positional: 'required',
        values: 'file',
      },
      validateOption,
    ],
    example: 'tslxc net-port-create default port.xml',
    run: create,
  },
  'net-port-dumpxml': {
    group: 'network',
    summary: 'network port information in XML',
    description: 'Output the network port information as an XML dump to stdout.',
    options: [networkOption, portOption, ...xpathOptions],
    example: 'tslxc net-port-dumpxml default 6f1b2a3c-5d4e-5f60-8a7b-9c0d1e2f3a4b',
    run: dump,
  },
  'net-port-delete': {
    group: 'network',
    summary: 'delete the specified network port',
    description:
      'Delete the specified network port, unless it is an interface of a running container.',
    options: [networkOption, portOption],
    example: 'tslxc net-port-delete default 6f1b2a3c-5d4e-4f60-8a7b-9c0d1e2f3a4b',
    run: remove,
  },
};

async function networkOf(context: Context, options: Options): Promise<Network> {
  return findNetwork(await context.connect(), options.required('network'));
}

async function list(context: Context, options: Options): Promise<undefined> {
  if (options.has('table') && options.has('uuid')) {
    throw new CommandError('Only one argument from --table and --uuid may be specified.');
  }
  const { output } = context;
  const ports = await (await networkOf(context, options)).ports();
  if (showsData(output, options, ports)) return undefined;
  if (options.has('uuid')) {
    for (const { uuid } of ports) output.line(uuid);
    return undefined;
  }
  const rows = ports.map(({ uuid }) => [uuid]);
  const style = output.verbosity === 'quiet' ? 'bare' : 'full';
  output.text(formatTable({ header: ['UUID'], rows }, style));
  return undefined;
}

async function create(context: Context, options: Options): Promise<undefined> {
  const file = options.required('file');
  const network = await networkOf(context, options);
  const xml = readDefinitionFile(file);
  // virsh's message says "network" here, too.
  const { uuid } = await withErrorMessage(`Failed to create network from ${file}`, () =>
    network.createPort(xml, definitionOptions(context, options)),
  );
  context.output.extra(`Network port ${uuid} created from ${file}`);
  return undefined;
}

async function dump(context: Context, options: Options): Promise<undefined> {
  const network = await networkOf(context, options);
  const port = options.required('port');
  const xml = await withErrorMessage(`failed to get network port '${port}'`, () =>
    network.portXml(port),
  );
  showXml(context, options, xml);
  return undefined;
}

async function remove(context: Context, options: Options): Promise<undefined> {
  const network = await networkOf(context, options);
  const port = options.required('port');
  await withErrorMessage(`failed to get network port '${port}'`, () => network.portXml(port));
  await withErrorMessage(`Failed to delete network port ${port}`, () => network.deletePort(port));
  context.output.extra(`Network port ${port} deleted`);
  return undefined;
}
