/** cd, pwd, connect, echo, exit and quit: the built-in commands of the shell. */
import { getSystemErrorMap } from 'node:util';
import { printable } from '../../../printable';
import { CommandError } from '../../shell/command-error';
import type { Options } from '../../shell/arguments';
import type { Command, CommandTable, Context } from '../../shell/command';

export const commands: CommandTable = {
  cd: {
    group: 'tslxc',
    summary: 'change the current directory',
    description: 'Change the current directory for the commands after it in the same shell.',
    options: [
      {
        name: 'dir',
        kind: 'string',
        help: 'directory to switch to (default: home or else root)',
        positional: 'optional',
        values: 'folder',
        mayBeEmpty: true,
      },
    ],
    example: 'tslxc cd /srv/definitions',
    run: changeDirectory,
  },
  connect: {
    group: 'tslxc',
    summary: 'connect to the hypervisor, or connect anew',
    description:
      'Connect anew, by another URI or with other rights. The commands after it use that connection.',
    options: [
      {
        name: 'name',
        kind: 'string',
        help: 'hypervisor connection URI',
        positional: 'optional',
        mayBeEmpty: true,
      },
      { name: 'readonly', kind: 'flag', help: 'read-only connection' },
    ],
    example: 'tslxc connect --readonly',
    run: connect,
  },
  echo: {
    group: 'tslxc',
    summary: 'echo arguments',
    description: 'Echo back arguments, possibly with quoting.',
    options: [
      { name: 'shell', kind: 'flag', help: 'escape for shell use' },
      { name: 'xml', kind: 'flag', help: 'escape for XML use' },
      {
        name: 'split',
        kind: 'flag',
        help: "split each argument on ','; ',,' is an escape sequence",
      },
      { name: 'err', kind: 'flag', help: 'output to stderr' },
      { name: 'prefix', kind: 'string', help: 'prefix the message' },
      { name: 'string', kind: 'strings', help: 'arguments to echo', positional: 'optional' },
    ],
    example: 'tslxc echo --shell words',
    run: echo,
  },
  exit: leaving('exit'),
  pwd: {
    group: 'tslxc',
    summary: 'print the current directory',
    description: 'Print the current directory of the shell.',
    options: [],
    example: 'tslxc pwd',
    run: printDirectory,
  },
  quit: leaving('quit'),
};

function leaving(verb: string): Command {
  return {
    group: 'tslxc',
    summary: 'quit this interactive terminal',
    description: 'Quit the shell: no command follows this one.',
    options: [],
    example: `tslxc ${verb}`,
    async run({ shell }): Promise<undefined> {
      shell.leave();
      return Promise.resolve(undefined);
    },
  };
}

async function changeDirectory(context: Context, options: Options): Promise<undefined> {
  const { HOME: home = '' } = context.environment;
  const directory = [options.string('dir') ?? '', home].find((one) => one !== '') ?? '/';
  try {
    process.chdir(directory);
  } catch (error) {
    throw new CommandError(`cd: ${reasonOf(error)}: ${directory}`, { code: 'SYSTEM_ERROR' });
  }
  return Promise.resolve(undefined);
}

/** As of strerror(3). */
function reasonOf(error: unknown): string {
  const { errno = 0 } = error as NodeJS.ErrnoException;
  const [, words = 'unknown error'] = getSystemErrorMap().get(errno) ?? [];
  return words.charAt(0).toUpperCase() + words.slice(1);
}

async function printDirectory({ output }: Context): Promise<undefined> {
  let directory: string;
  try {
    directory = process.cwd();
  } catch (error) {
    // As in libvirt's tools/vsh.c; later versions ask GLib, which answers with another directory.
    const what = `pwd: cannot get current directory: ${reasonOf(error)}`;
    throw new CommandError(what, { code: 'SYSTEM_ERROR' });
  }
  output.line(directory);
  return Promise.resolve(undefined);
}

async function connect({ shell }: Context, options: Options): Promise<undefined> {
  await shell.reconnect({
    uri: options.string('name'),
    access: options.has('readonly') ? 'read-only' : 'read-write',
  });
  return undefined;
}

async function echo({ output }: Context, options: Options): Promise<undefined> {
  const words = options.strings('string').map((word) => {
    const text = options.has('xml') ? forXml(word) : word;
    return options.has('shell') ? forShell(text) : text;
  });
  const text = `${options.string('prefix') ?? ''}${words.join(' ')}`;
  if (options.has('err')) output.error(text);
  else if (options.has('split')) for (const part of splitAtCommas(text)) output.line(part);
  // As in virsh, without a newline: the empty line after each command ends the line.
  else output.text(printable(text));
  return Promise.resolve(undefined);
}

/** Splits `a,b,,c` into `a` and `b,c`. */
function splitAtCommas(word: string): string[] {
  return word
    .replaceAll(',,', '\0')
    .split(',')
    .map((part) => part.replaceAll('\0', ','));
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

function forXml(text: string): string {
  return text.replace(/[&<>"']/g, (one) => entities[one] ?? one);
}

/** The text, quoted only if a shell would otherwise read it differently. */
function forShell(text: string): string {
  if (text !== '' && !/[\s!"#$&'()*;<>?[\\\]^`{|}~]/.test(text)) return text;
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
