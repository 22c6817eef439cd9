/** attach-interface and detach-interface: attaches a network interface, as options describe it, or detaches one. */
import { parseMac } from '../../../domain/interface/mac-address';
import { node, printXml, type PrintableElement } from '../../../domain/xml/print';
import type { XmlElement } from '../../../domain/xml/element';
import { CommandError, withErrorMessage } from '../../shell/command-error';
import { inOptionWords, namingOptions, type BuiltXml } from '../../options/built-xml';
import { deviceOptions, printOption, whichToChange } from '../../options/device-options';
import { attributeOf, devicesOf, textOf } from '../../options/domain-devices';
import { domainOption, findDomain } from '../../options/domain-argument';
import { warningOf } from '../../output/definition-warnings';
import { readRate, refuseRates } from '../../options/values/rate';
import type { Domain, Rate, WhichOption } from '../../../index';
import type { Option, Options } from '../../shell/arguments';
import type { CommandTable, Context } from '../../shell/command';

const typeOption: Option = {
  name: 'type',
  kind: 'string',
  help: 'network interface type',
  positional: 'required',
};

export const commands: CommandTable = {
  'attach-interface': {
    group: 'domain',
    summary: 'attach network interface',
    description:
      'Attach a network interface to a domain. In a running container it is there at once, and up.',
    options: [
      domainOption,
      typeOption,
      {
        name: 'source',
        kind: 'string',
        help: 'the network, bridge or device of the host',
        positional: 'required',
      },
      { name: 'target', kind: 'string', help: 'target network name', positional: 'undocumented' },
      { name: 'mac', kind: 'string', help: 'MAC address', positional: 'undocumented' },
      {
        name: 'script',
        kind: 'string',
        help: 'refused: containers have no script for interfaces',
        positional: 'undocumented',
      },
      { name: 'model', kind: 'string', help: 'model type', positional: 'undocumented' },
      {
        name: 'alias',
        kind: 'string',
        help: 'accepted: aliases are not kept',
        positional: 'undocumented',
      },
      {
        name: 'inbound',
        kind: 'string',
        help: 'what the container receives: average,peak,burst,floor',
        positional: 'undocumented',
      },
      {
        name: 'outbound',
        kind: 'string',
        help: 'what the container sends: average,peak,burst',
        positional: 'undocumented',
      },
      ...deviceOptions,
      printOption,
      { name: 'managed', kind: 'flag', help: 'refused: of type hostdev only' },
      {
        name: 'source-mode',
        kind: 'string',
        help: 'mode attribute of <source/> of type direct',
        positional: 'undocumented',
      },
    ],
    example: 'tslxc attach-interface helloworld network default --live',
    run: attach,
  },
  'detach-interface': {
    group: 'domain',
    summary: 'detach network interface',
    description: 'Detach a network interface of a domain.',
    options: [
      domainOption,
      typeOption,
      { name: 'mac', kind: 'string', help: 'MAC address', positional: 'undocumented' },
      ...deviceOptions,
      printOption,
    ],
    example: 'tslxc detach-interface helloworld network --mac 52:54:00:12:34:56',
    run: detach,
  },
};

async function attach(context: Context, options: Options): Promise<undefined> {
  const built = builtInterface(printXml(interfaceElement(options)), options);
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
  await withErrorMessage('Failed to attach interface', () =>
    namingOptions(built, () => domain.attachDevice(xml, { ...which, onWarning })),
  );
  context.output.extra('Interface attached successfully');
  return undefined;
}

/** The option that each part of the `<interface>` is from. */
const parts: BuiltXml['parts'] = {
  '@type': 'type',
  '@managed': 'managed',
  source: 'source',
  'source/@mode': 'source-mode',
  target: 'target',
  mac: 'mac',
  script: 'script',
  model: 'model',
  alias: 'alias',
  'bandwidth/inbound': 'inbound',
  'bandwidth/outbound': 'outbound',
};

function builtInterface(xml: string, options: Options): BuiltXml {
  return { xml, root: 'domain/devices/interface', parts, options };
}

/** The `<interface>` for the options, with its parts in virsh's order. */
function interfaceElement(options: Options): PrintableElement {
  const type = options.required('type');
  const text = (name: string, attribute: string, option = name): PrintableElement[] => {
    const value = options.string(option);
    return value === undefined ? [] : [node(name, { [attribute]: value })];
  };
  const managed = options.has('managed') ? 'yes' : undefined;
  return node('interface', { type, managed }, [
    sourceElement(type, options),
    ...text('target', 'dev'),
    ...text('mac', 'address'),
    ...text('script', 'path'),
    ...text('model', 'type'),
    ...text('alias', 'name'),
    ...bandwidthElement(options),
  ]);
}

function sourceElement(type: string, options: Options): PrintableElement {
  const source = options.required('source');
  switch (type) {
    case 'network':
    case 'bridge':
      return node('source', { [type]: source });
    case 'direct':
      return node('source', { dev: source, mode: options.string('source-mode') });
    default:
      throw new CommandError(`No support for ${type} in command 'attach-interface'`, {
        code: 'INVALID_ARG',
      });
  }
}

function bandwidthElement(options: Options): PrintableElement[] {
  const directions = (['inbound', 'outbound'] as const).flatMap((name) => {
    const text = options.string(name);
    if (text === undefined) return [];
    const rate = readRate(text);
    if (!rate.average && !(name === 'inbound' && rate.floor)) {
      refuseRates(
        name === 'inbound'
          ? 'either inbound average or floor is mandatory'
          : 'outbound average is mandatory',
      );
    }
    if (name === 'outbound' && rate.floor) refuseRates('outbound floor is unsupported yet');
    return [node(name, attributesOf(rate))];
  });
  return directions.length === 0 ? [] : [node('bandwidth', {}, directions)];
}

function attributesOf({ average, peak, burst, floor }: Rate): Record<string, string | undefined> {
  const word = (value: number | undefined): string | undefined =>
    value === undefined ? undefined : String(value);
  return { average: word(average), peak: word(peak), burst: word(burst), floor: word(floor) };
}

async function detach(context: Context, options: Options): Promise<undefined> {
  const domain = await findDomain(await context.connect(), options.required('domain'));
  const { which } = whichToChange(domain, options);
  const each: readonly WhichOption['which'][] = which === 'both' ? ['inactive', 'live'] : [which];
  // As in virsh, the interface is looked up separately in the stored and in the running definition.
  const wanted: { readonly xml: string; readonly which: WhichOption['which'] }[] = [];
  for (const one of each)
    wanted.push({ xml: textOf(await find(domain, options, one)), which: one });
  if (options.has('print-xml')) {
    for (const { xml } of wanted) context.output.text(xml);
    return undefined;
  }
  await withErrorMessage(failure, async () => {
    for (const { xml, which: one } of wanted) {
      await namingOptions(builtInterface(xml, options), () =>
        domain.detachDevice(xml, one === undefined ? {} : { which: one }),
      );
    }
  });
  context.output.extra('Interface detached successfully');
  return undefined;
}

const failure = 'Failed to detach interface';

/** @throws CommandError with virsh's message if no interface matches, or several do. */
async function find(
  domain: Domain,
  options: Options,
  which: WhichOption['which'],
): Promise<XmlElement> {
  const type = options.required('type');
  const mac = options.string('mac');
  const view = which === 'inactive' ? which : undefined;
  const all = await devicesOf(domain, 'interface', view);
  const ofType = all.filter((one) => attributeOf(one, 'type') === type);
  const [first, second] = ofType;
  if (first === undefined) throw refused(`No interface found whose type is ${type}`);
  if (mac === undefined) {
    if (second === undefined) return first;
    throw refused(
      `Domain has ${ofType.length} interfaces. Please specify which one to detach using --mac`,
    );
  }
  const address = parseMac(mac);
  const [found, another] = ofType.filter((one) => {
    return address !== undefined && attributeOf(one, 'address', 'mac') === address;
  });
  if (found === undefined) throw refused(`No interface with MAC address ${mac} was found`);
  if (another === undefined) return found;
  throw refused(`Domain has multiple interfaces matching MAC address ${mac}.`);
}

/** What was not found is the first line, as virsh has it. */
function refused(message: string): CommandError {
  return new CommandError(message, { code: 'INVALID_ARG', cause: new CommandError(failure) });
}
