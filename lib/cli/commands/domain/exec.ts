/** exec, shell and lxc-enter-namespace: commands in a running container. */
import { TslxcError } from '../../../errors';
import { CommandError, UsageError, withErrorMessage } from '../../shell/command-error';
import { domainOption, findDomain } from '../../options/domain-argument';
import { environmentOf, environmentOption } from '../../options/environment';
import { unrunStatus } from '../../shell/exit-status';
import { joinPipes, joinTerminal } from '../../terminal/command-session';
import type { Domain, ExecOptions } from '../../../index';
import type { Option, Options } from '../../shell/arguments';
import type { CommandTable, Context } from '../../shell/command';

const userOption: Option = {
  name: 'user',
  kind: 'string',
  letter: 'u',
  help: 'USER or USER:GROUP of the container, names or numbers; default: as its init',
};

const directoryOption: Option = {
  name: 'cwd',
  aliases: [{ name: 'workdir' }],
  kind: 'string',
  letter: 'w',
  help: 'working directory in the container',
};

const commandOption: Option = {
  name: 'cmd',
  kind: 'words',
  help: 'the program and its arguments',
  positional: 'required',
};

const runningOption: Option = { ...domainOption, values: 'active-domain' };

export const commands: CommandTable = {
  exec: {
    group: 'domain',
    summary: 'run a command in a running container',
    description:
      'Run a command, confined as the init of the container is. Its standard streams are copied from and to those\n' +
      'of this command: in a loop that reads stdin, give it </dev/null, as ssh; with -t it has a terminal of its\n' +
      'own. The exit status is that of the command, or 128 and the signal that ended it; 127 where there is no such\n' +
      'program, 126 where it cannot be executed, 125 when this command itself fails, 124 when it was ended by\n' +
      '--timeout. Signals are handed on. When this command ends before, all that the command has started ends; with\n' +
      '-d it goes on: its input is empty then, and its output is thrown away.',
    options: [
      { name: 'tty', kind: 'flag', letter: 't', help: 'give the command a terminal' },
      {
        name: 'interactive',
        kind: 'flag',
        letter: 'i',
        help: 'accepted: its input is always that of this command, unless -d is given',
      },
      { name: 'detach', kind: 'flag', letter: 'd', help: 'leave the command alone once it runs' },
      { name: 'timeout', kind: 'number', help: 'end the command after this many seconds' },
      environmentOption,
      userOption,
      directoryOption,
      runningOption,
      commandOption,
    ],
    example: 'tslxc exec -t helloworld -- /bin/ls -l',
    stdout: 'alone',
    failureStatus: unrunStatus,
    run: exec,
  },
  shell: {
    group: 'domain',
    summary: 'run a shell in a running container',
    description:
      'Run a login shell on this terminal: bash where the container has it, else sh. The exit status is\n' +
      'that of the shell, or as of exec.',
    options: [environmentOption, userOption, directoryOption, runningOption],
    example: 'tslxc shell helloworld',
    stdout: 'alone',
    failureStatus: unrunStatus,
    run: shell,
  },
  'lxc-enter-namespace': {
    group: 'domain',
    summary: 'LXC Guest Enter Namespace',
    description:
      'Run an arbitrary command in a lxc guest namespace, confined as its init is. On a terminal it\n' +
      'has one of its own. The exit status is that of the command, or 128 and its signal, or as of exec.',
    options: [
      runningOption,
      { name: 'noseclabel', kind: 'flag', help: 'do not change the security label of the command' },
      commandOption,
    ],
    example: 'tslxc lxc-enter-namespace helloworld --noseclabel -- /bin/ls -l',
    stdout: 'alone',
    failureStatus: unrunStatus,
    async run(context, options) {
      const domain = await findDomain(await context.connect(), options.required('domain'));
      const how = context.terminal.isShown() ? 'terminal' : 'pipes';
      const label = options.has('noseclabel') ? ({ securityLabel: 'none' } as const) : {};
      return runIn(context, domain, { argv: options.strings('cmd'), how, ...label });
    },
  },
};

/** The exit status if the command timed out, as of timeout(1). */
const timedOut = 124;

async function exec(context: Context, options: Options): Promise<number> {
  options.exclusive('detach', 'tty');
  options.exclusive('detach', 'timeout');
  const argv = options.strings('cmd');
  const how = options.has('tty') ? 'terminal' : 'pipes';
  const timeout = options.seconds('timeout');
  if (timeout === 0) throw new UsageError('--timeout needs a number of seconds from 1 on');
  const env = environmentOf(options.strings('env'), context.environment);
  const domain = await findDomain(await context.connect(), options.required('domain'));
  if (options.has('detach')) {
    await withErrorMessage(failing(argv, domain), () =>
      domain.execDetached(argv, { env, ...asked(options) }),
    );
    return 0;
  }
  const limit = timeout === undefined ? {} : { timeout: timeout * 1000 };
  try {
    return await runIn(context, domain, { argv, how, env, ...limit, ...asked(options) });
  } catch (error) {
    if (!TslxcError.is(error, 'OPERATION_TIMEOUT')) throw error;
    const message = `'${argv[0] ?? ''}' was ended after ${String(timeout)} s`;
    throw new CommandError(message, { code: error.code, status: timedOut });
  }
}

function failing(argv: readonly string[], domain: Domain): string {
  return `Failed to run '${argv[0] ?? ''}' in domain '${domain.name}'`;
}

interface Asked extends Pick<ExecOptions, 'user' | 'cwd' | 'securityLabel' | 'env' | 'timeout'> {
  readonly argv: readonly string[];
  readonly how: 'terminal' | 'pipes';
}

function asked(options: Options): Pick<ExecOptions, 'user' | 'cwd'> {
  const [user, cwd] = [options.string('user'), options.string('cwd')];
  if (cwd?.startsWith('/') === false) {
    throw new UsageError(`'${cwd}' for <cwd> option is not an absolute path of the container`);
  }
  return {
    ...(user === undefined ? {} : { user }),
    ...(cwd === undefined ? {} : { cwd }),
  };
}

async function shell(context: Context, options: Options): Promise<number> {
  const domain = await findDomain(await context.connect(), options.required('domain'));
  const env = environmentOf(options.strings('env'), context.environment);
  const rest = { how: 'terminal', env, ...asked(options) } as const;
  try {
    return await runIn(context, domain, { argv: ['bash', '-l'], ...rest });
  } catch (error) {
    const cause = error instanceof CommandError ? error.cause : error;
    if (!TslxcError.is(cause) || cause.path !== 'bash') throw error;
    return runIn(context, domain, { argv: ['sh', '-l'], ...rest });
  }
}

async function runIn(
  { terminal, signals, environment }: Context,
  domain: Domain,
  { argv, how, ...options }: Asked,
): Promise<number> {
  const starting = failing(argv, domain);
  if (how === 'pipes') {
    const process = await withErrorMessage(starting, () => domain.exec(argv, options).started);
    return joinPipes({ process, terminal, signals });
  }
  if (!terminal.isInteractive()) {
    throw new CommandError('Cannot run interactive console without a controlling TTY');
  }
  const { TERM } = environment;
  const env = { ...(TERM === undefined ? {} : { TERM }), ...options.env };
  const tty = terminal.size();
  const process = await withErrorMessage(
    starting,
    () => domain.exec(argv, { ...options, env, tty }).started,
  );
  return joinTerminal({ process, terminal, signals });
}
