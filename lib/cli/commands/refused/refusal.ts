/**
 * A verb of virsh that libvirt's drivers for containers and networks refuse. It is refused with the same messages, which scripts
 * may know. It is not in the overview, and accepts whatever virsh accepts.
 */
import { TslxcError } from '../../../errors';
import { findDomain } from '../../options/domain-argument';
import { CommandError, UsageError } from '../../shell/command-error';
import type { Command, CommandTable, Context } from '../../shell/command';

/**
 * `call`: the function of libvirt that its driver lacks; undefined if virsh itself refuses. `first`: the first line of virsh's
 * message, if it has one, in which `%` stands for the domain, and `%1` for the value of the first of `words`. `words`: the
 * arguments that virsh requires, after the domain if the verb is about one.
 */
export type Refusal = readonly [
  call: string | undefined,
  first: string | undefined,
  ...words: string[],
];

/** What a refused verb is about. */
export type Subject = 'domain' | 'host';

export function refusedVerbs(
  subject: Subject,
  refusals: Readonly<Record<string, Refusal>>,
): CommandTable {
  return Object.fromEntries(
    Object.entries(refusals).map(([verb, refusal]) => [verb, refused(verb, subject, refusal)]),
  );
}

function refused(verb: string, subject: Subject, [call, first, ...words]: Refusal): Command {
  const names = [...(subject === 'domain' ? ['domain'] : []), ...words];
  return {
    group: subject,
    summary: "refused, as by libvirt's driver for containers",
    description: 'Refused, as by libvirt: there is no such thing for containers.',
    options: names.map((name) => ({
      name,
      kind: 'string',
      help: 'what virsh has here',
      positional: 'required',
    })),
    parsing: 'none',
    example: [
      'tslxc',
      verb,
      ...names.map((name) => (name === 'domain' ? 'helloworld' : name.toUpperCase())),
    ].join(' '),
    visibility: 'unlisted',
    async run(context: Context, options): Promise<undefined> {
      const given = wordsOf(verb, names, options.strings('words'));
      const domain = subject === 'domain' ? await domainOf(context, given['domain']) : undefined;
      const text = (first ?? '')
        .replace('%1', () => given[words[0] ?? ''] ?? '')
        .replace('%', () => domain ?? '');
      if (call === undefined) throw new CommandError(text, { code: 'OPERATION_INVALID' });
      const cause = new TslxcError('NO_SUPPORT', call, domain === undefined ? {} : { domain });
      throw first === undefined ? cause : new CommandError(text, { cause });
    },
  };
}

async function domainOf(context: Context, text = ''): Promise<string> {
  return (await findDomain(await context.connect(), text)).name;
}

/** The values of the required arguments by name, given as options, or as bare words in order. Unknown options are skipped. */
function wordsOf(
  verb: string,
  names: readonly string[],
  all: readonly string[],
): Readonly<Record<string, string>> {
  const given: Record<string, string> = {};
  const rest = [...all];
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    const [, option, attached] = /^--([^=]+)(?:=(.*))?$/s.exec(word) ?? [];
    const bare = word.startsWith('--') ? undefined : names.find((one) => !(one in given));
    if (option !== undefined && names.includes(option))
      given[option] = attached ?? rest.shift() ?? '';
    else if (bare !== undefined) given[bare] = word;
  }
  const missing = names.find((name) => !(name in given));
  if (missing === undefined) return given;
  throw new UsageError(`command '${verb}' requires <${missing}> option`);
}
