/** secret-set-value and secret-get-value: the value of a secret. */
import { closeSync, openSync, readSync } from 'node:fs';
import { fileError } from '../../../host/state/file-error';
import { findSecret, secretOption } from './secret-argument';
import { CommandError, UsageError, withErrorMessage } from '../../shell/command-error';
import { readHiddenLine } from './hidden-line';
import type { Options } from '../../shell/arguments';
import type { CommandTable, Context } from '../../shell/command';

/** Of a value, or of its base64. */
const longestFile = 128 * 1024;

export const commands: CommandTable = {
  'secret-set-value': {
    group: 'secret',
    summary: 'set a secret value',
    description:
      'Set a secret value: base64 from a file, or with --plain the file itself, or a line that is typed and not shown.\n' +
      'A value on the command line can be seen by every user of the host, and stays in the history of the shell.',
    options: [
      secretOption,
      {
        name: 'file',
        kind: 'string',
        help: 'read secret from file',
        values: 'file',
      },
      {
        name: 'plain',
        kind: 'flag',
        help: 'read the secret from file without converting from base64',
      },
      { name: 'interactive', kind: 'flag', help: 'read the secret from the terminal' },
      {
        name: 'base64',
        kind: 'string',
        help: 'base64-encoded secret value',
        positional: 'undocumented',
      },
    ],
    example: 'tslxc secret-set-value 6f1b2a3c-5d4e-4f60-8a7b-9c0d1e2f3a4b --file key --plain',
    run: setValue,
  },
  'secret-get-value': {
    group: 'secret',
    summary: 'output a secret value',
    description: 'Output a secret value to stdout, unless the secret is private.',
    options: [
      secretOption,
      { name: 'plain', kind: 'flag', help: 'get value without converting to base64' },
    ],
    example: 'tslxc secret-get-value 6f1b2a3c-5d4e-4f60-8a7b-9c0d1e2f3a4b',
    run: getValue,
  },
};

async function setValue(context: Context, options: Options): Promise<undefined> {
  checkTogether(options);
  const connection = await context.connect();
  const { uuid } = await findSecret(connection, options.required('secret'));
  const value = await givenValue(context, options);
  await withErrorMessage('Failed to set secret value', () =>
    connection.secrets.setValue(uuid, value),
  );
  context.output.extra('Secret value set');
  return undefined;
}

function checkTogether(options: Options): void {
  options.exclusive('file', 'base64');
  options.exclusive('plain', 'base64');
  options.exclusive('interactive', 'base64');
  options.exclusive('interactive', 'plain');
  options.exclusive('interactive', 'file');
  if (options.has('plain') && !options.has('file')) {
    throw new UsageError('Option --file is required by option --plain');
  }
}

async function givenValue(context: Context, options: Options): Promise<Uint8Array> {
  const [base64, file] = [options.string('base64'), options.string('file')];
  if (base64 !== undefined) {
    context.output.error('Passing secret value as command-line argument is insecure!');
    return decoded(base64);
  }
  if (file !== undefined) {
    const bytes = readBytes(file);
    return options.has('plain') ? bytes : decoded(bytes.toString('latin1'));
  }
  if (!options.has('interactive')) {
    throw new CommandError('Input secret value is missing', { code: 'INVALID_ARG' });
  }
  context.output.text('Enter new value for secret:');
  const line = await readHiddenLine(context.terminal);
  context.output.text('\n');
  if (line !== undefined) return line;
  throw new CommandError('Failed to read secret', { code: 'OPERATION_ABORTED' });
}

function decoded(text: string): Buffer {
  const digits = text.replace(/\s/g, '');
  if (/^[A-Za-z0-9+/]*={0,2}$/.test(digits)) return Buffer.from(digits, 'base64');
  throw new CommandError('Failed to set secret value: it is not in base64', {
    code: 'INVALID_ARG',
  });
}

function readBytes(path: string): Buffer {
  try {
    const fd = openSync(path, 'r');
    try {
      const buffer = Buffer.alloc(longestFile + 1);
      let length = 0;
      for (let count = 1; count > 0 && length < buffer.length; length += count) {
        count = readSync(fd, buffer, length, buffer.length - length, null);
      }
      if (length <= longestFile) return buffer.subarray(0, length);
    } finally {
      closeSync(fd);
    }
  } catch (error) {
    throw new CommandError(`Failed to read file '${path}'`, { cause: fileError(error) });
  }
  throw new CommandError(`Failed to read file '${path}': it is larger than a secret may be`);
}

async function getValue(context: Context, options: Options): Promise<undefined> {
  const connection = await context.connect();
  const { uuid } = await findSecret(connection, options.required('secret'));
  const value = await connection.secrets.getValue(uuid);
  // As in virsh, no line end belongs to it; without -q one follows each command.
  if (options.has('plain')) context.output.bytes(value);
  else context.output.text(value.toString('base64'));
  return undefined;
}
