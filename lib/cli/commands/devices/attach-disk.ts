/** attach-disk and detach-disk: a block device of the host, or an image, in a domain, from the words of the command line. */
import { statSync } from 'node:fs';
import type { XmlElement } from '../../../domain/xml/element';
import { node, printXml, type PrintableElement } from '../../../domain/xml/print';
import { CommandError, withErrorMessage } from '../../shell/command-error';
import { deviceOptions, printOption, whichToChange } from '../../options/device-options';
import { attributeOf, devicesOf, textOf } from '../../options/domain-devices';
import { domainOption, findDomain } from '../../options/domain-argument';
import type { Domain, WhichOption } from '../../../index';
import type { Option, Options } from '../../shell/arguments';
import type { CommandTable, Context } from '../../shell/command';

/** Those of virsh that name something of a disk that no container has. */
const unused: readonly Option[] = ['iothread', 'cache', 'io', 'serial', 'wwn', 'alias'].map(
  (name) => ({ name, kind: 'string', help: 'refused where it has a meaning of its own' }),
);

export const commands: CommandTable = {
  'attach-disk': {
    group: 'domain',
    summary: 'attach disk device',
    description:
      'Attach a block device of the host, or an image by a loop device, to a domain, as /dev/TARGET. In a running container it is there at once.',
    options: [
      domainOption,
      { name: 'source', kind: 'string', help: 'source of disk device', positional: 'required' },
      { name: 'target', kind: 'string', help: 'target of disk device', positional: 'required' },
      { name: 'targetbus', kind: 'string', help: 'target bus of disk device' },
      { name: 'driver', kind: 'string', help: 'driver of disk device: loop or nbd for an image' },
      { name: 'subdriver', kind: 'string', help: 'format of an image, such as raw and qcow2' },
      ...unused,
      { name: 'type', kind: 'string', help: 'target device type' },
      { name: 'mode', kind: 'string', help: 'mode of device reading and writing' },
      { name: 'sourcetype', kind: 'string', help: 'type of source (block|file)' },
      { name: 'rawio', kind: 'flag', help: 'refused: of no meaning to a container' },
      { name: 'multifunction', kind: 'flag', help: 'accepted: a container has no PCI addresses' },
      printOption,
      ...deviceOptions,
    ],
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
  const xml = printXml(diskElement(options));
  const domain = await findDomain(await context.connect(), options.required('domain'));
  const which = whichToChange(domain, options);
  if (options.has('print-xml')) {
    context.output.text(xml);
    return undefined;
  }
  await withErrorMessage('Failed to attach disk', () => domain.attachDevice(xml, which));
  context.output.extra('Disk attached successfully');
  return undefined;
}

/** In the order of virsh. */
function diskElement(options: Options): PrintableElement {
  const source = options.required('source');
  const type = sourceType(source, options);
  const word = (name: string): string | undefined => options.string(name);
  const driver = {
    name: word('driver'),
    type: word('subdriver'),
    iothread: word('iothread'),
    cache: word('cache'),
    io: word('io'),
  };
  const hasDriver = Object.values(driver).some((value) => value !== undefined);
  const rawio = options.has('rawio') ? 'yes' : undefined;
  return node('disk', { type, device: word('type'), rawio }, [
    ...(hasDriver ? [node('driver', driver)] : []),
    node('source', { [type === 'file' ? 'file' : 'dev']: source }),
    node('target', { dev: options.required('target'), bus: word('targetbus') }),
    ...modeElement(options),
    ...(word('serial') === undefined ? [] : [node('serial', {}, [word('serial') ?? ''])]),
    ...(word('alias') === undefined ? [] : [node('alias', { name: word('alias') })]),
    ...(word('wwn') === undefined ? [] : [node('wwn', {}, [word('wwn') ?? ''])]),
  ]);
}

/** As virsh finds it out: a regular file is one, and all else a block device. */
function sourceType(source: string, options: Options): string {
  const asked = options.string('sourcetype');
  if (asked === 'block' || asked === 'file') return asked;
  if (asked !== undefined) throw refused(`Unknown source type: '${asked}'`);
  const state = statSync(source, { throwIfNoEntry: false });
  return state?.isFile() === true ? 'file' : 'block';
}

function modeElement(options: Options): PrintableElement[] {
  const mode = options.string('mode');
  if (mode === undefined) return [];
  if (mode === 'readonly' || mode === 'shareable') return [node(mode)];
  throw refused(`No support for ${mode} in command 'attach-disk'`);
}

async function detach(context: Context, options: Options): Promise<undefined> {
  const target = options.required('target');
  const domain = await findDomain(await context.connect(), options.required('domain'));
  const which = whichToChange(domain, options);
  const xml = textOf(await find(domain, target, which));
  if (options.has('print-xml')) {
    context.output.text(xml);
    return undefined;
  }
  await withErrorMessage('Failed to detach disk', () => domain.detachDevice(xml, which));
  context.output.extra('Disk detached successfully');
  return undefined;
}

/** By its target or its source. @throws CommandError in the words of virsh. */
async function find(domain: Domain, path: string, { which }: WhichOption): Promise<XmlElement> {
  const view = which === 'both' ? 'inactive' : which;
  const disks = await devicesOf(domain, 'disk', view);
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
