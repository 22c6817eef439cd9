/** Implements desc and metadata for a domain, and net-desc and net-metadata for a virtual network. */
import { printableText } from '../../printable';
import { formatOption, showsData } from '../output/data';
import { whichOf } from '../options/which-option';
import { CommandError, withErrorMessage } from '../shell/command-error';
import { editText } from '../editing/edit-loop';
import type { MetadataContent, WhichOption } from '../../index';
import type { Option, Options } from '../shell/arguments';
import type { Context } from '../shell/command';

/** A domain or a network, as an object with a title, a description and metadata. */
interface Annotated {
  readonly name: string;
  getTitle(which: WhichOption): Promise<string | undefined>;
  setTitle(title: string, which: WhichOption): Promise<void>;
  getDescription(which: WhichOption): Promise<string | undefined>;
  setDescription(description: string, which: WhichOption): Promise<void>;
  getMetadata(uri: string, which: WhichOption): Promise<string | undefined>;
  setMetadata(uri: string, content: MetadataContent | undefined, which: WhichOption): Promise<void>;
}

/** The kind of object that is annotated, as messages name it, and how to look it up. */
export interface Subject {
  readonly kind: 'domain' | 'network';
  find(): Promise<Annotated>;
}

const affectOptions: readonly Option[] = [
  { name: 'live', kind: 'flag', help: 'modify/get running state' },
  { name: 'config', kind: 'flag', help: 'modify/get persistent configuration' },
  { name: 'current', kind: 'flag', help: 'modify/get current state configuration' },
];

export const descriptionOptions: readonly Option[] = [
  ...affectOptions,
  { name: 'title', kind: 'flag', help: 'modify/get the title instead of description' },
  { name: 'edit', kind: 'flag', help: 'open an editor to modify the description' },
  formatOption,
  { name: 'new-desc', kind: 'strings', help: 'message', positional: 'optional' },
];

export const metadataOptions: readonly Option[] = [
  { name: 'uri', kind: 'string', help: 'URI of the namespace', positional: 'required' },
  ...affectOptions,
  { name: 'edit', kind: 'flag', help: 'use an editor to change the metadata' },
  {
    name: 'key',
    kind: 'string',
    help: 'key to be used as a namespace identifier',
    positional: 'undocumented',
  },
  { name: 'set', kind: 'string', help: 'new metadata to set', positional: 'undocumented' },
  { name: 'remove', kind: 'flag', help: 'remove the metadata corresponding to an uri' },
];

/** A title or a description. */
interface Text {
  readonly word: 'title' | 'description';
  readonly subject: Subject;
  get(which: WhichOption): Promise<string | undefined>;
  set(text: string, which: WhichOption): Promise<void>;
}

function textOf(annotated: Annotated, subject: Subject, options: Options): Text {
  if (options.has('title')) {
    return {
      word: 'title',
      subject,
      get: (which) => annotated.getTitle(which),
      set: (text, which) => annotated.setTitle(text.replace(/\n$/, ''), which),
    };
  }
  return {
    word: 'description',
    subject,
    get: (which) => annotated.getDescription(which),
    set: (text, which) => annotated.setDescription(text, which),
  };
}

/** Shows or changes the title or the description. */
export async function describe(
  context: Context,
  options: Options,
  subject: Subject,
): Promise<undefined> {
  const which = whichOf(options);
  const annotated = await subject.find();
  const text = textOf(annotated, subject, options);
  const words = options.strings('new-desc');
  const given = words.length === 0 ? undefined : words.join(' ');
  if (options.has('edit')) return editDescription(context, text, { which, given });
  const { output } = context;
  if (given === undefined) {
    const stored = await text.get(which);
    if (showsData(output, options, { [text.word]: stored ?? null })) return undefined;
    const found = stored ?? '';
    // As in virsh, without a newline: the empty line after each command ends the line.
    if (found !== '') output.text(printableText(found));
    else if (output.verbosity === 'normal') {
      output.text(`No ${text.word} for ${subject.kind}: ${printableText(annotated.name)}`);
    }
    return undefined;
  }
  const failed = `Failed to set new ${subject.kind} ${text.word}`;
  await withErrorMessage(failed, () => text.set(given, which));
  sayUpdated(context, text);
  return undefined;
}

async function editDescription(
  context: Context,
  text: Text,
  { which, given }: { readonly which: WhichOption; readonly given: string | undefined },
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
  else context.output.extra(`${capital(text.subject)} ${text.word} not changed`);
  return undefined;
}

function sayUpdated({ output }: Context, { word, subject }: Text): void {
  if (output.verbosity === 'normal')
    output.text(`${capital(subject)} ${word} updated successfully`);
}

function capital({ kind }: Subject): string {
  return kind === 'domain' ? 'Domain' : 'Network';
}

/** Shows or changes the metadata of one URI. */
export async function metadata(
  context: Context,
  options: Options,
  subject: Subject,
): Promise<undefined> {
  const which = whichOf(options);
  options.exclusive('edit', 'set');
  options.exclusive('remove', 'set');
  options.exclusive('remove', 'edit');
  const [key, set] = [options.string('key'), options.string('set')];
  const annotated = await subject.find();
  const uri = options.required('uri');
  const { output } = context;
  if (options.has('remove')) {
    await annotated.setMetadata(uri, undefined, which);
    output.extra('Metadata removed');
    return undefined;
  }
  if (set === undefined && !options.has('edit')) {
    output.text(`${printableText((await annotated.getMetadata(uri, which)) ?? '')}\n`);
    return undefined;
  }
  if (key === undefined) {
    throw new CommandError('namespace key is required when modifying metadata');
  }
  if (set !== undefined) {
    await annotated.setMetadata(uri, { key, xml: set }, which);
    output.extra('Metadata modified');
    return undefined;
  }
  const outcome = await editText(context, {
    read: async () => `${(await annotated.getMetadata(uri, which)) ?? ''}\n`,
    change: (xml) => annotated.setMetadata(uri, { key, xml }, which),
  });
  output.extra(outcome === 'changed' ? 'Metadata modified' : 'Metadata not changed');
  return undefined;
}
