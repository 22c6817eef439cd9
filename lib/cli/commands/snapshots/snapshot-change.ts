/** snapshot-revert and snapshot-delete. */
import { domainOption, findDomain } from '../../options/domain-argument';
import { unsupportedFlags } from '../../options/refused-option';
import type { Options } from '../../shell/arguments';
import type { CommandTable, Context } from '../../shell/command';
import { withErrorMessage } from '../../shell/command-error';
import { untilEnded } from '../../shell/ending-signals';
import { currentOption, snapshotOf, snapshotOption } from './snapshot-argument';

export const commands: CommandTable = {
  'snapshot-revert': {
    group: 'snapshot',
    summary: 'revert a domain to a snapshot',
    description:
      'Put the trees and the definition of a domain that is off back as they were when the snapshot\n' +
      'was made. What the domain has now is gone then, unless another snapshot has it.',
    options: [
      domainOption,
      snapshotOption,
      currentOption('revert to current snapshot'),
      { name: 'running', kind: 'flag', help: 'after reverting, start the domain' },
      { name: 'force', kind: 'flag', help: 'accepted: there is nothing to be forced' },
      ...unsupportedFlags('lxcDomainRevertToSnapshot', { paused: '0x2', 'reset-nvram': '0x8' }),
    ],
    example: 'tslxc snapshot-revert helloworld before-upgrade',
    run: revert,
  },
  'snapshot-delete': {
    group: 'snapshot',
    summary: 'delete a domain snapshot',
    description:
      'Delete a snapshot with its files. Its children become those of its parent, unless they are\n' +
      'deleted as well.',
    options: [
      domainOption,
      snapshotOption,
      currentOption('delete current snapshot'),
      { name: 'children', kind: 'flag', help: 'delete snapshot and all children' },
      { name: 'children-only', kind: 'flag', help: 'delete children but not snapshot' },
      {
        name: 'metadata',
        kind: 'flag',
        help: 'delete only the record, and leave the files behind',
      },
    ],
    example: 'tslxc snapshot-delete helloworld before-upgrade',
    run: remove,
  },
};

async function revert(context: Context, options: Options): Promise<number | undefined> {
  const domain = await findDomain(await context.connect(), options.required('domain'));
  options.refuseUnsupported();
  const { name } = await snapshotOf(domain, options);
  return untilEnded(context, 'the domain is as it was', async (signal) => {
    await domain.snapshots.revert(name, { signal });
    if (options.has('running')) await domain.start({ ownership: 'leave' });
    context.output.extra(`Domain snapshot ${name} reverted`);
  });
}

async function remove(context: Context, options: Options): Promise<undefined> {
  options.exclusive('children', 'children-only');
  const domain = await findDomain(await context.connect(), options.required('domain'));
  const { name } = await snapshotOf(domain, options);
  const isOnly = options.has('children-only');
  const children = isOnly ? 'only' : options.has('children') ? 'too' : 'keep';
  const files = options.has('metadata') ? 'keep' : 'remove';
  await withErrorMessage(`Failed to delete snapshot ${name}`, () =>
    domain.snapshots.remove(name, { children, files }),
  );
  context.output.extra(`Domain snapshot ${name} ${isOnly ? 'children ' : ''}deleted`);
  return undefined;
}
