/** snapshot-info, snapshot-dumpxml, snapshot-current and snapshot-parent: information about one snapshot. */
import { domainOption, findDomain } from '../../options/domain-argument';
import { formatOption, showsData } from '../../output/data';
import { showXml, xpathOptions } from '../../options/xpath-option';
import type { Domain } from '../../../index';
import type { Option, Options } from '../../shell/arguments';
import type { CommandTable, Context } from '../../shell/command';
import { CommandError } from '../../shell/command-error';
import { currentOption, snapshotOf, snapshotOption } from './snapshot-argument';
import { childrenIn, descendantsIn } from '../../output/tree';

const securityInfo: Option = {
  name: 'security-info',
  kind: 'flag',
  help: 'accepted: there is no security-sensitive information to be left out',
};

export const commands: CommandTable = {
  'snapshot-info': {
    group: 'snapshot',
    summary: 'snapshot information',
    description: 'Returns basic information about a snapshot.',
    options: [
      domainOption,
      snapshotOption,
      currentOption('info on current snapshot'),
      formatOption,
    ],
    example: 'tslxc snapshot-info helloworld before-upgrade',
    run: info,
  },
  'snapshot-dumpxml': {
    group: 'snapshot',
    summary: 'dump XML for a domain snapshot',
    description: 'Snapshot dump XML: with the definition that the domain had then.',
    options: [
      domainOption,
      { ...snapshotOption, positional: 'required' },
      securityInfo,
      ...xpathOptions,
    ],
    example: 'tslxc snapshot-dumpxml helloworld before-upgrade',
    run: dumpxml,
  },
  'snapshot-current': {
    group: 'snapshot',
    summary: 'get or set the current snapshot',
    description:
      'Show the snapshot that was made or reverted to last, which is the parent of the next one, or make\n' +
      'another one that.',
    options: [
      domainOption,
      { name: 'name', kind: 'flag', help: 'list the name, rather than the full XML' },
      securityInfo,
      formatOption,
      { ...snapshotOption, help: 'name of existing snapshot to make current' },
    ],
    example: 'tslxc snapshot-current helloworld --name',
    run: current,
  },
  'snapshot-parent': {
    group: 'snapshot',
    summary: 'get the name of the parent of a snapshot',
    description: 'Extract the snapshot that was current when this one was made, if any.',
    options: [
      domainOption,
      { ...snapshotOption, help: 'find parent of snapshot name' },
      currentOption('find parent of current snapshot'),
      formatOption,
    ],
    example: 'tslxc snapshot-parent helloworld before-upgrade',
    run: parent,
  },
};

async function domainOf(context: Context, options: Options): Promise<Domain> {
  return findDomain(await context.connect(), options.required('domain'));
}

async function info(context: Context, options: Options): Promise<undefined> {
  const domain = await domainOf(context, options);
  const snapshot = await snapshotOf(domain, options);
  const { name, isCurrent, state, parent } = snapshot;
  const all = await domain.snapshots.list();
  const children = childrenIn(all, name).length;
  const descendants = descendantsIn(all, name).length;
  const data = { ...snapshot, domain: domain.name, children, descendants };
  if (showsData(context.output, options, data)) return undefined;
  const lines: readonly (readonly [string, string])[] = [
    ['Name', name],
    ['Domain', domain.name],
    ['Current', isCurrent ? 'yes' : 'no'],
    ['State', state],
    ['Location', 'internal'],
    ['Parent', parent ?? '-'],
    ['Children', String(children)],
    ['Descendants', String(descendants)],
    ['Metadata', 'yes'],
  ];
  for (const [label, value] of lines) context.output.line(`${`${label}:`.padEnd(15)} ${value}`);
  return undefined;
}

async function dumpxml(context: Context, options: Options): Promise<undefined> {
  const domain = await domainOf(context, options);
  const { name } = await snapshotOf(domain, options);
  showXml(context, options, await domain.snapshots.xml(name));
  return undefined;
}

async function current(context: Context, options: Options): Promise<undefined> {
  options.exclusive('name', 'snapshotname');
  const domain = await domainOf(context, options);
  const { output } = context;
  const chosen = options.string('snapshotname');
  if (chosen !== undefined) {
    await domain.snapshots.setCurrent(chosen);
    output.extra(`Snapshot ${chosen} set as current`);
    return undefined;
  }
  const found = await domain.snapshots.current();
  if (found === undefined) {
    const message = `domain '${domain.name}' has no current snapshot`;
    throw new CommandError(message, { code: 'NO_DOMAIN_SNAPSHOT' });
  }
  if (showsData(output, options, { ...found, domain: domain.name })) return undefined;
  if (options.has('name')) output.line(found.name);
  else output.text(await domain.snapshots.xml(found.name));
  return undefined;
}

async function parent(context: Context, options: Options): Promise<undefined> {
  const domain = await domainOf(context, options);
  const found = await snapshotOf(domain, options);
  if (found.parent === undefined) {
    throw new CommandError(`snapshot '${found.name}' has no parent`, {
      code: 'NO_DOMAIN_SNAPSHOT',
    });
  }
  const { output } = context;
  if (!showsData(output, options, { parent: found.parent })) output.line(found.parent);
  return undefined;
}
