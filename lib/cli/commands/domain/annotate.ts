/** desc, metadata and domrename: what a domain is called, and what is said of it. */
import { CommandError, withErrorMessage } from '../../shell/command-error';
import { domainOption, findDomain } from '../../options/domain-argument';
import { editText } from '../../terminal/edit-loop';
import { printableText } from '../../../printable';
import { whichOf } from '../../options/which-option';
import type { AnnotationOptions, Domain } from '../../../index';
import type { Option, Options } from '../../shell/arguments';
import type { CommandTable, Context } from '../../shell/command';

const affectOptions: readonly Option[] = [
  { name: 'live', kind: 'flag', help: 'modify/get running state' },
  { name: 'config', kind: 'flag', help: 'modify/get persistent configuration' },
  { name: 'current', kind: 'flag', help: 'modify/get current state configuration' },
];

export const commands: CommandTable = {
  desc: {
    group: 'domain',
    summary: "show or set domain's description or title",
    description: 'Allows setting or modifying the description or title of a domain.',
    options: [
      domainOption,
      ...affectOptions,
      { name: 'title', kind: 'flag', help: 'modify/get the title instead of description' },
      { name: 'edit', kind: 'flag', help: 'open an editor to modify the description' },
      { name: 'new-desc', kind: 'strings', help: 'message', positional: 'optional' },
    ],
    example: 'tslxc desc helloworld --title The first of its kind',
    run: describe,
  },
  metadata: {
    group: 'domain',
    summary: "show or set domain's custom XML metadata",
    description: 'Shows or modifies the XML metadata of a domain.',
    options: [
      domainOption,
      { name: 'uri', kind: 'string', help: 'URI of the namespace', positional: 'required' },
      ...affectOptions,
      { name: 'edit', kind: 'flag', help: 'use an editor to change the metadata' },
      { name: 'key', kind: 'string', help: 'key to be used as a namespace identifier' },
      { name: 'set', kind: 'string', help: 'new metadata to set' },
      { name: 'remove', kind: 'flag', help: 'remove the metadata corresponding to an uri' },
    ],
    example: "tslxc metadata helloworld https://example.com/deploy --key d --set '<release/>'",
    run: metadata,
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

async function rename(context: Context, options: Options): Promise<undefined> {
  const domain = await findDomain(await context.connect(), options.required('domain'), [
    'uuid',
    'name',
  ]);
  await domain.rename(options.required('new-name'));
  context.output.extra('Domain successfully renamed');
  return undefined;
}

/** A text about a domain, as `desc` sees it. */
interface Text {
  readonly word: 'title' | 'description';
  get(which: AnnotationOptions): Promise<string | undefined>;
  set(text: string, which: AnnotationOptions): Promise<void>;
}

function textOf(domain: Domain, options: Options): Text {
  if (options.has('title')) {
    return {
      word: 'title',
      get: (which) => domain.getTitle(which),
      set: (text, which) => domain.setTitle(text.replace(/\n$/, ''), which),
    };
  }
  return {
    word: 'description',
    get: (which) => domain.getDescription(which),
    set: (text, which) => domain.setDescription(text, which),
  };
}

async function describe(context: Context, options: Options): Promise<undefined> {
  const which = whichOf(options);
  const domain = await findDomain(await context.connect(), options.required('domain'));
  const text = textOf(domain, options);
  const words = options.strings('new-desc');
  const given = words.length === 0 ? undefined : words.join(' ');
  if (options.has('edit')) return editDescription(context, text, { which, given });
  const { output } = context;
  if (given === undefined) {
    const found = (await text.get(which)) ?? '';
    // As virsh, without an end of the line: the one that follows each command is it.
    if (found !== '') output.text(printableText(found));
    else if (output.verbosity === 'normal') {
      output.text(`No ${text.word} for domain: ${printableText(domain.name)}`);
    }
    return undefined;
  }
  await withErrorMessage(`Failed to set new domain ${text.word}`, () => text.set(given, which));
  sayUpdated(context, text);
  return undefined;
}

async function editDescription(
  context: Context,
  text: Text,
  { which, given }: { readonly which: AnnotationOptions; readonly given: string | undefined },
): Promise<undefined> {
  const stored = (await text.get(which)) ?? '';
  const outcome = await editText(context, {
    suffix: '.txt',
    ...(given === undefined ? {} : { draft: given }),
    read: async () => (await text.get(which)) ?? '',
    isSame: (edited) => (text.word === 'title' ? edited.replace(/\n$/, '') : edited) === stored,
    change: (edited) => text.set(edited, which),
  });
  if (outcome === 'changed') sayUpdated(context, text);
  else context.output.extra(`Domain ${text.word} not changed`);
  return undefined;
}

function sayUpdated({ output }: Context, { word }: Text): void {
  if (output.verbosity === 'normal') output.text(`Domain ${word} updated successfully`);
}

async function metadata(context: Context, options: Options): Promise<undefined> {
  const which = whichOf(options);
  options.exclusive('edit', 'set');
  options.exclusive('remove', 'set');
  options.exclusive('remove', 'edit');
  const [key, set] = [options.string('key'), options.string('set')];
  const domain = await findDomain(await context.connect(), options.required('domain'));
  const uri = options.required('uri');
  const { output } = context;
  if (options.has('remove')) {
    await domain.setMetadata(uri, undefined, which);
    output.extra('Metadata removed');
    return undefined;
  }
  if (set === undefined && !options.has('edit')) {
    output.text(`${printableText((await domain.getMetadata(uri, which)) ?? '')}\n`);
    return undefined;
  }
  if (key === undefined) {
    throw new CommandError('namespace key is required when modifying metadata');
  }
  if (set !== undefined) {
    await domain.setMetadata(uri, { key, xml: set }, which);
    output.extra('Metadata modified');
    return undefined;
  }
  const outcome = await editText(context, {
    read: async () => `${(await domain.getMetadata(uri, which)) ?? ''}\n`,
    change: (xml) => domain.setMetadata(uri, { key, xml }, which),
  });
  output.extra(outcome === 'changed' ? 'Metadata modified' : 'Metadata not changed');
  return undefined;
}
