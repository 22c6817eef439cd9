/** Running a command in the container again and again, until it exits with 0. */
import type { CommandResult } from '../../container/exec/command-process';
import { TslxcError } from '../../errors';
import type { Identity } from '../../host/state/definitions/definition-store';
import { checkCommand, execCommand } from '../exec/exec';
import type { Session } from '../session/session';
import { lookUntilFound, waitInside } from './wait-for';
import type { ExecWait } from './types';

/** Milliseconds between two tries: at first, and from the fifth on. */
const pauses = { first: 50, longest: 800 } as const;

/** Errors that another try would not change. */
const hopeless = ['INVALID_ARG', 'CONFIG_UNSUPPORTED', 'OPERATION_DENIED'] as const;

/** @throws TslxcError INVALID_ARG; as `waitInside`. */
export async function waitForCommand(
  session: Session,
  identity: Identity,
  wait: ExecWait,
): Promise<undefined> {
  const { exec: argv } = wait;
  checkCommand(argv, 'options.exec');
  const words = argv.join(' ');
  let last = '';
  await waitInside(session, identity, {
    limits: wait,
    condition: {
      wanted: `'${words}' succeeded in it`,
      missing: () => `'${words}' has not succeeded in the container${last}`,
      console: 'helpful',
      find: (_, signal) => {
        const look = async (): Promise<true | undefined> => {
          const outcome = await tryCommand(session, identity, { argv, signal });
          if (outcome === 'succeeded') return true;
          last = ` (${outcome})`;
          return undefined;
        };
        return lookUntilFound(look, signal, pauses);
      },
    },
  });
  return undefined;
}

/** `succeeded`, or why it has not. The end of the container is noticed elsewhere. */
async function tryCommand(
  session: Session,
  identity: Identity,
  { argv, signal }: { readonly argv: readonly string[]; readonly signal: AbortSignal },
): Promise<string> {
  try {
    const options = { stdin: 'ignore', signal } as const;
    const command = await execCommand(session, identity, { argv, options });
    // Its output is discarded, so that a full pipe does not stop it.
    if ('stdout' in command) for (const stream of [command.stdout, command.stderr]) stream.resume();
    return wordsOf(await command.result);
  } catch (error) {
    if (!TslxcError.is(error) || hopeless.some((code) => code === error.code)) throw error;
    return error.message;
  }
}

function wordsOf(result: CommandResult): string {
  if (result.signal !== undefined) return `it was killed by ${result.signal}`;
  return result.code === 0 ? 'succeeded' : `it exited with ${result.code}`;
}
