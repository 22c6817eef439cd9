/** attach-device, detach-device and update-device: one device of a domain, from a file. */
import { withErrorMessage } from '../../shell/command-error';
import { readDefinitionFile } from '../../options/definition-file';
import { deviceOptions, whichToChange } from '../../options/device-options';
import { domainOption, findDomain } from '../../options/domain-argument';
import { warningOf } from '../../output/definition-warnings';
import type { DeviceOptions, Domain } from '../../../index';
import type { Option, Options } from '../../shell/arguments';
import type { Command, CommandTable, Context } from '../../shell/command';

const fileOption: Option = {
  name: 'file',
  kind: 'string',
  help: 'XML file with one device',
  positional: 'required',
};

type Change = (domain: Domain, xml: string, options: DeviceOptions) => Promise<void>;

interface Verb {
  readonly verb: 'attach' | 'detach' | 'update';
  readonly summary: string;
  readonly description: string;
  readonly change: Change;
  readonly more?: readonly Option[];
}

function command({ verb, summary, description, change, more = [] }: Verb): Command {
  return {
    group: 'domain',
    summary,
    description,
    options: [domainOption, fileOption, ...deviceOptions, ...more],
    example: `tslxc ${verb}-device helloworld device.xml --live`,
    run: (context, options) => run(context, options, { verb, change }),
  };
}

const done = { attach: 'attached', detach: 'detached', update: 'updated' } as const;

async function run(
  context: Context,
  options: Options,
  { verb, change }: Pick<Verb, 'verb' | 'change'>,
): Promise<undefined> {
  const file = options.required('file');
  const domain = await findDomain(await context.connect(), options.required('domain'));
  const which = whichToChange(domain, options);
  const xml = readDefinitionFile(file);
  const onWarning = warningOf(context.output);
  await withErrorMessage(`Failed to ${verb} device from ${file}`, () =>
    change(domain, xml, { ...which, onWarning }),
  );
  context.output.extra(`Device ${done[verb]} successfully`);
  return undefined;
}

export const commands: CommandTable = {
  'attach-device': command({
    verb: 'attach',
    summary: 'attach device from an XML file',
    description:
      'Attach a network interface, a disk, a device of the host or a file system to a domain. In a running container it is\n' +
      'there at once.',
    change: (domain, xml, options) => domain.attachDevice(xml, options),
  }),
  'detach-device': command({
    verb: 'detach',
    summary: 'detach device from an XML file',
    description:
      'Detach a device. An interface is known by its MAC address, a disk and a file system by their target, a device of\n' +
      'the host by its source.',
    change: (domain, xml, { which }) =>
      domain.detachDevice(xml, which === undefined ? {} : { which }),
  }),
  'update-device': command({
    verb: 'update',
    summary: 'update device from an XML file',
    description:
      'Change a device: of a running container the link state and the rates of an interface; of the stored definition\n' +
      'interfaces, disks and file systems.',
    change: (domain, xml, options) => domain.updateDevice(xml, options),
    more: [{ name: 'force', kind: 'flag', help: 'accepted: there is nothing to force' }],
  }),
};
