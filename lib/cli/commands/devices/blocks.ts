/** domblklist: the disks of a domain, and their sources. */
import { formatOption, showsData } from '../../output/data';
import { domainOption, findDomain } from '../../options/domain-argument';
import { formatTable } from '../../output/table';
import type { XmlElement } from '../../../domain/xml/element';
import type * as Xml from '../../../domain/xml/xml';
import type { Options } from '../../shell/arguments';
import type { CommandTable, Context } from '../../shell/command';

export const commands: CommandTable = {
  domblklist: {
    group: 'monitor',
    summary: 'list all domain blocks',
    description: 'Get the summary of block devices for a domain.',
    options: [
      domainOption,
      {
        name: 'inactive',
        kind: 'flag',
        help: 'get inactive rather than running configuration',
      },
      {
        name: 'details',
        kind: 'flag',
        help: 'additionally display the type and device value',
      },
      formatOption,
    ],
    example: 'tslxc domblklist helloworld --details',
    run: listBlocks,
  },
};

async function listBlocks(context: Context, options: Options): Promise<undefined> {
  const domain = await findDomain(await context.connect(), options.required('domain'));
  const xml = await domain.xml(options.has('inactive') ? { which: 'inactive' } : {});
  const details = options.has('details');
  const header = [...(details ? ['Type', 'Device'] : []), 'Target', 'Source'];
  const disks = disksOf(xml);
  if (showsData(context.output, options, disks)) return undefined;
  const rows = disks.map(({ type, device, target, source }) => [
    ...(details ? [type, device] : []),
    target,
    source,
  ]);
  const style = context.output.verbosity === 'quiet' ? 'bare' : 'full';
  context.output.text(formatTable({ header, rows }, style));
  return undefined;
}

interface Disk {
  readonly type: string;
  readonly device: string;
  readonly target: string;
  /** `-` if there is none. */
  readonly source: string;
}

function disksOf(xml: string): Disk[] {
  // Loaded on demand: the parser is a separate package that few commands need.
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  const { parseXml } = require('../../../domain/xml/xml') as typeof Xml;
  const devices = childrenOf(parseXml(xml), 'devices')[0];
  if (devices === undefined) return [];
  return childrenOf(devices, 'disk').map((disk) => {
    const [source] = childrenOf(disk, 'source');
    const [target] = childrenOf(disk, 'target');
    const names = ['file', 'dev', 'dir', 'name', 'volume'];
    return {
      type: attributeOf(disk, 'type') ?? '',
      device: attributeOf(disk, 'device') ?? 'disk',
      target: attributeOf(target, 'dev') ?? '-',
      source: names.map((name) => attributeOf(source, name)).find((value) => value) ?? '-',
    };
  });
}

function childrenOf(element: XmlElement, name: string): XmlElement[] {
  return element.children.filter(
    (child) => typeof child !== 'string' && child.name === name,
  ) as XmlElement[];
}

function attributeOf(element: XmlElement | undefined, name: string): string | undefined {
  return element?.attributes.find((attribute) => attribute.name === name)?.value;
}
