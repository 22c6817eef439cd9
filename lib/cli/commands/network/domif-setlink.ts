/** domif-setlink: plugs a network interface of a domain in or out. */
import type { XmlElement } from '../../../domain/xml/element';
import { node, printXml } from '../../../domain/xml/print';
import type * as Xml from '../../../domain/xml/xml';
import { TslxcError } from '../../../errors';
import { CommandError } from '../../shell/command-error';
import { deviceOption, persistentOption } from '../../options/device-argument';
import { domainOption, findDomain } from '../../options/domain-argument';
import type { InterfaceInfo } from '../../../index';
import type { Options } from '../../shell/arguments';
import type { CommandTable, Context } from '../../shell/command';

export const commands: CommandTable = {
  'domif-setlink': {
    group: 'domain',
    summary: 'set link state of a virtual interface',
    description:
      "Set link state of a domain's virtual interface. In a running container the carrier of the interface\n" +
      'comes or goes; its addresses and routes stay.',
    options: [
      domainOption,
      deviceOption,
      {
        name: 'state',
        kind: 'string',
        help: 'new state of the device: up or down',
        positional: 'required',
        values: ['up', 'down'],
      },
      { name: 'config', kind: 'flag', help: 'affect next boot' },
      persistentOption,
      {
        name: 'print-xml',
        kind: 'flag',
        help: 'print XML document rather than set the interface link state',
      },
    ],
    example: 'tslxc domif-setlink helloworld eth0 down',
    run: setLink,
  },
};

async function setLink(context: Context, options: Options): Promise<undefined> {
  const device = options.required('interface');
  const domain = await findDomain(await context.connect(), options.required('domain'));
  const state = linkState(options.required('state'));
  const isStored = options.has('config') || options.has('persistent');
  const which = isStored ? ({ which: 'inactive' } as const) : {};
  if ((await domain.interfaces(which)).length === 0) {
    throw new CommandError('Failed to extract interface information or no interfaces found');
  }
  if (options.has('print-xml')) {
    const place = interfaceIndexOf(await domain.interfaces(which), device);
    context.output.text(linkXml(await domain.xml(which), place, state));
    return undefined;
  }
  try {
    await domain.setLink(device, state, which);
  } catch (cause) {
    // virsh looks the interface up first, and shows only this message if it is missing.
    if (TslxcError.is(cause, 'INVALID_ARG')) throw notFound(device);
    throw new CommandError('Failed to update interface link state', { cause });
  }
  context.output.extra('Device updated successfully');
  return undefined;
}

function linkState(text: string): 'up' | 'down' {
  if (text === 'up' || text === 'down') return text;
  throw new CommandError(`invalid link state '${text}'`, { code: 'INVALID_ARG' });
}

function notFound(device: string): CommandError {
  return new CommandError(`interface '${device}' not found`, { code: 'INVALID_ARG' });
}

/** The index of the interface in the definition. */
function interfaceIndexOf(all: readonly InterfaceInfo[], device: string): number {
  const mac = device.toLowerCase();
  const index = all.findIndex((one) => [one.name, one.guest].includes(device) || one.mac === mac);
  if (index < 0 || all[index]?.type === 'hostdev') throw notFound(device);
  return index;
}

/** The `<interface>` with that state. */
function linkXml(xml: string, index: number, state: 'up' | 'down'): string {
  // Loaded on demand: the parser is a separate package that few commands need.
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  const { parseXml } = require('../../../domain/xml/xml') as typeof Xml;
  const devices = elementsOf(parseXml(xml)).find(({ name }) => name === 'devices');
  const one = devices && elementsOf(devices).filter(({ name }) => name === 'interface')[index];
  if (one === undefined) throw new CommandError('Failed to extract interface information');
  const others = elementsOf(one).filter(({ name }) => name !== 'link');
  return printXml({ ...one, children: [...others, node('link', { state })] });
}

function elementsOf({ children }: XmlElement): XmlElement[] {
  return children.filter((child) => typeof child !== 'string');
}
