/** attach-disk and detach-disk: attaches a block device of the host or an image, as options describe it, or detaches one. */
import type { XmlElement } from '../../../domain/xml/element';
import { printXml } from '../../../domain/xml/print';
import { CommandError, withErrorMessage } from '../../shell/command-error';
import { inOptionWords, namingOptions, type BuiltXml } from '../../options/built-xml';
import { deviceOptions, printOption, whichToChange } from '../../options/device-options';
import { attributeOf, devicesOf, textOf } from '../../options/domain-devices';
import { domainOption, findDomain } from '../../options/domain-argument';
import { warningOf } from '../../output/definition-warnings';
import type { Domain } from '../../../index';
import type { Options } from '../../shell/arguments';
import type { CommandTable, Context } from '../../shell/command';
import { diskElement, diskOptions, diskParts } from './disk-element';

export const commands: CommandTable = {
  'attach-disk': {
    group: 'domain',
    summary: 'attach disk device',
    description:
      'Attach a block device of the host, or an image by a loop device, to a domain, as /dev/TARGET. In a running\n' +
      'container it is there at once.',
    options: [domainOption, ...diskOptions, printOption, ...deviceOptions],
    example: 'tslxc attach-disk helloworld /dev/loop7 vdb --live',
    run: attach,
  },
  'detach-disk': {
    group: 'domain',
    summary: 'detach disk device',
    description: 'Detach a disk of a domain.',
    options: [
      domainOption,
      { name: 'target', kind: 'string', help: 'target of disk device', positional: 'required' },
      ...deviceOptions,
      printOption,
    ],
    example: 'tslxc detach-disk helloworld vdb --live',
    run: detach,
  },
};

async function attach(context: Context, options: Options): Promise<undefined> {
  const built: BuiltXml = {
    xml: printXml(diskElement(options)),
    root: 'domain/devices/disk',
    parts: diskParts,
    options,
  };
  const { xml } = built;
  const domain = await findDomain(await context.connect(), options.required('domain'));
  const which = whichToChange(domain, options);
  if (options.has('print-xml')) {
    context.output.text(xml);
    return undefined;
  }
  const onWarning = warningOf(context.output, (warning) =>
    inOptionWords(warning.message, [warning], built),
  );
  await withErrorMessage('Failed to attach disk', () =>
    namingOptions(built, () => domain.attachDevice(xml, { ...which, onWarning })),
  );
  context.output.extra('Disk attached successfully');
  return undefined;
}

async function detach(context: Context, options: Options): Promise<undefined> {
  const target = options.required('target');
  const domain = await findDomain(await context.connect(), options.required('domain'));
  const which = whichToChange(domain, options);
  const isStored = which.which === 'inactive' || which.which === 'both';
  const xml = textOf(await find(domain, target, isStored ? 'inactive' : undefined));
  if (options.has('print-xml')) {
    context.output.text(xml);
    return undefined;
  }
  const built: BuiltXml = { xml, root: 'domain/devices/disk', parts: {}, options };
  await withErrorMessage('Failed to detach disk', () =>
    namingOptions(built, () => domain.detachDevice(xml, which)),
  );
  context.output.extra('Disk detached successfully');
  return undefined;
}

/** Finds a disk by its target or its source. @throws CommandError with virsh's message. */
async function find(
  domain: Domain,
  path: string,
  view: 'inactive' | undefined,
): Promise<XmlElement> {
  const disks = await devicesOf(domain, 'disk', view);
  if (disks.length === 0) throw refused('Failed to get disk information');
  const found = disks.find((one) => {
    const source = attributeOf(one, 'dev', 'source') ?? attributeOf(one, 'file', 'source');
    return attributeOf(one, 'dev', 'target') === path || source === path;
  });
  if (found !== undefined) return found;
  throw refused(`No disk found whose source path or target is ${path}`);
}

function refused(message: string): CommandError {
  return new CommandError(message, { code: 'INVALID_ARG' });
}
