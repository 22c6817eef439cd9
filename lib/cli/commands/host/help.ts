/** help: an overview of all commands by groups, one group, or one command with its example. */
import { packageVersion } from '../../../host/package-paths';
import { groups } from '../../shell/command';
import { CommandError } from '../../shell/command-error';
import { meantVerb } from '../../shell/foreign/verbs';
import { commandsWith, verbNames } from '../../shell/verbs';
import type { Option, Options } from '../../shell/arguments';
import type { Command, CommandTable, Context, Group } from '../../shell/command';

export const commands: CommandTable = {
  help: {
    group: 'tslxc',
    summary: 'print help',
    description:
      'Prints global help, command specific help, or help for a group of related commands.',
    options: [
      {
        name: 'command',
        kind: 'string',
        help: 'name of command or command group',
        positional: 'optional',
        values: 'verb',
        mayBeEmpty: true,
      },
    ],
    example: 'tslxc help start',
    run: help,
  },
};

async function help({ output }: Context, options: Options): Promise<undefined> {
  const topic = options.string('command') ?? '';
  if (topic === '') output.text(overview());
  else if (isGroup(topic))
    output.text(
      `${commandNamed(topic) === undefined ? '' : `${commandText(topic)}\n`}${groupText(topic)}`,
    );
  else output.text(commandText(topic));
  return Promise.resolve(undefined);
}

/** The global options, followed by all commands in groups. */
export function usage(): string {
  return `
tslxc [options]... [<command_string>]
tslxc [options]... <command> [args...]

  options:
    -c | --connect=URI      hypervisor connection URI (lxc:///)
    -d | --debug=NUM        debug level [0-4]
    -e | --escape <char>    set escape sequence for console
    -h | --help             this help
    -k | --keepalive-interval=NUM  accepted: there is no daemon to keep alive
    -K | --keepalive-count=NUM  accepted, likewise
    -l | --log=FILE         output logging to file
    -q | --quiet            quiet mode
    -r | --readonly         connect readonly
    -t | --timing           print timing information
    -v                      short version
    -V                      long version
         --version[=TYPE]   version, TYPE is short or long (default short)
         --root=DIR         keep all state below DIR, as TSLXC_ROOT does
  commands (non interactive mode):

${groupTexts()}

  (specify help <group> for details about the commands in the group)

  (specify help <command> for details about the command)

`;
}

/** What the package is, and what it is made for. */
export function longVersion(): string {
  return `Tslxc command line tool of tslxc ${packageVersion()}

Compiled with support for:
 Hypervisors: LXC
 Networking: Network Bridging Macvlan Nftables Dnsmasq Tc
 Miscellaneous: SELinux AppArmor Seccomp Readline
 Node.js: ${process.version}
`;
}

function overview(): string {
  return `Grouped commands:\n\n${groupTexts()}`;
}

function groupTexts(): string {
  return (Object.keys(groups) as Group[]).map((group) => `${groupText(group)}\n`).join('');
}

function isGroup(text: string): text is Group {
  return Object.hasOwn(groups, text);
}

function groupText(group: Group): string {
  const lines = verbNames.flatMap((verb) => {
    const command = commandNamed(verb);
    if (command?.group !== group || command.visibility !== undefined) return [];
    return [`    ${verb.padEnd(30)} ${command.summary}\n`];
  });
  return ` ${groups[group]} (help keyword '${group}'):\n${lines.join('')}`;
}

function commandNamed(verb: string): Command | undefined {
  return commandsWith(verb)?.[verb];
}

/** The help page of one command. Throws CommandError if there is no such command. */
export function commandText(verb: string): string {
  const command = commandNamed(verb);
  if (command === undefined) {
    const hint = meantVerb(verb, [...verbNames, ...Object.keys(groups)]);
    throw new CommandError(`command or command group '${verb}' doesn't exist${hint}`);
  }
  const { summary, description, options, example } = command;
  const sections = [
    section('NAME', [`${verb} - ${summary}`]),
    section('SYNOPSIS', [[verb, ...options.map(synopsis)].join(' ')]),
    ...(description === '' ? [] : [section('DESCRIPTION', description.split('\n'))]),
    ...(options.length === 0 ? [] : [section('OPTIONS', optionLines(options))]),
    section('EXAMPLE', [example]),
  ];
  return `${sections.join('\n')}\n`;
}

function section(title: string, lines: readonly string[]): string {
  return `  ${title}\n${lines.map((line) => `    ${line}\n`).join('')}`;
}

function synopsis(option: Option): string {
  const { name, kind, positional } = option;
  if (kind === 'words') return `{[--${name}] <string>}...`;
  if (positional === 'required') return `<${name}>`;
  if (positional === 'optional') return kind === 'strings' ? `[<${name}>]...` : `[<${name}>]`;
  if (kind === 'strings') return `[${dashed(option)} <string>]...`;
  return kind === 'flag' ? `[${dashed(option)}]` : `[${dashed(option)} <${kind}>]`;
}

/** `--name`, or `-n | --name` for an option with a letter. */
function dashed({ name, letter }: Option): string {
  return letter === undefined ? `--${name}` : `-${letter} | --${name}`;
}

/** The help texts are aligned in one column, whose position depends on the longest option. */
function optionLines(options: readonly Option[]): string[] {
  const names = options.map((option) => {
    const { kind, positional } = option;
    const isBare = positional === 'required' || positional === 'optional';
    const left = isBare ? `[${dashed(option)}]` : dashed(option);
    if (kind === 'flag') return left;
    if (kind === 'words') return `${left} <string>`;
    return kind === 'strings' ? `${left} <string>...` : `${left} <${kind}>`;
  });
  const width = Math.max(15, ...names.map((name) => name.length));
  return options.map(({ help: text }, index) => `${(names[index] ?? '').padEnd(width)}  ${text}`);
}
