/** desc, metadata and domrename: the description, metadata and name of a domain. */
import { describe, descriptionOptions, metadata, metadataOptions } from '../annotation';
import { domainOption, findDomain } from '../../options/domain-argument';
import type { Subject } from '../annotation';
import type { Options } from '../../shell/arguments';
import type { CommandTable, Context } from '../../shell/command';

export const commands: CommandTable = {
  desc: {
    group: 'domain',
    summary: "show or set domain's description or title",
    description: 'Allows setting or modifying the description or title of a domain.',
    options: [domainOption, ...descriptionOptions],
    example: 'tslxc desc helloworld --title The first of its kind',
    run: (context, options) => describe(context, options, subjectOf(context, options)),
  },
  metadata: {
    group: 'domain',
    summary: "show or set domain's custom XML metadata",
    description: 'Shows or modifies the XML metadata of a domain.',
    options: [domainOption, ...metadataOptions],
    example: "tslxc metadata helloworld https://example.com/deploy --key d --set '<release/>'",
    run: (context, options) => metadata(context, options, subjectOf(context, options)),
  },
  domrename: {
    group: 'domain',
    summary: 'rename a domain',
    description: 'Rename an inactive domain.',
    options: [
      { ...domainOption, help: 'domain name or uuid' },
      { name: 'new-name', kind: 'string', help: 'new domain name', positional: 'required' },
    ],
    example: 'tslxc domrename helloworld goodbyeworld',
    run: rename,
  },
};

function subjectOf(context: Context, options: Options): Subject {
  return {
    kind: 'domain',
    find: async () => findDomain(await context.connect(), options.required('domain')),
  };
}

async function rename(context: Context, options: Options): Promise<undefined> {
  const domain = await findDomain(await context.connect(), options.required('domain'), [
    'uuid',
    'name',
  ]);
  await domain.rename(options.required('new-name'));
  context.output.extra('Domain successfully renamed');
  return undefined;
}
