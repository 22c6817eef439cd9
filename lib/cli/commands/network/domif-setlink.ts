/** domif-setlink: plugs a network interface of a domain in or out. */
import { TslxcError } from '../../../errors';
import { CommandError } from '../../shell/command-error';
import { deviceOption, persistentOption } from '../../options/device-argument';
import { domainOption, findDomain } from '../../options/domain-argument';
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
      },
      { name: 'config', kind: 'flag', help: 'affect next boot' },
      persistentOption,
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
  try {
    await domain.setLink(device, state, which);
  } catch (cause) {
    // virsh has looked for it before, and says no more.
    if (TslxcError.is(cause, 'INVALID_ARG')) {
      throw new CommandError(`interface '${device}' not found`, { code: 'INVALID_ARG' });
    }
    throw new CommandError('Failed to update interface link state', { cause });
  }
  context.output.extra('Device updated successfully');
  return undefined;
}

function linkState(text: string): 'up' | 'down' {
  if (text === 'up' || text === 'down') return text;
  throw new CommandError(`invalid link state '${text}'`, { code: 'INVALID_ARG' });
}
