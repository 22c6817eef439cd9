/** wait: waits until a condition on a domain, checked from outside, is true. */
import { CommandError, UsageError, withErrorMessage } from '../../shell/command-error';
import { domainOption, findDomain } from '../../options/domain-argument';
import { refusedValue } from '../../options/values/refused-value';
import { exitStatus, reasonWords, stateWord } from '../../output/words/domain-words';
import { timeoutOf } from '../../terminal/event-loop';
import { TslxcError } from '../../../errors';
import type { Connection, Domain, ExitRecord } from '../../../index';
import type { Options } from '../../shell/arguments';
import type { CommandTable, Context } from '../../shell/command';

export const commands: CommandTable = {
  wait: {
    group: 'tslxc',
    summary: 'wait for something to become true of a domain',
    description:
      'Wait until the domain is in a state (running, paused, shutoff), its container has ended, its console has shown\n' +
      'what a regular expression matches, a TCP port is listened at inside, it has an address (ipv4, ipv6), its\n' +
      'checks find it healthy, or a command exits with 0, which is run there until it does. For all but the\n' +
      'latter two nothing is run inside. It fails at once, with the last lines of the console, when the container ends before.\n' +
      "With --exit the exit status is that of the container's init, 128 and its number for a signal; also by the name of a\n" +
      'transient domain that is gone, as that of run -d.',
    options: [
      domainOption,
      {
        name: 'state',
        kind: 'string',
        help: 'running, paused or shutoff',
        values: ['running', 'paused', 'shutoff'],
        closed: true,
      },
      { name: 'exit', kind: 'flag', help: 'the end of the container' },
      {
        name: 'console',
        kind: 'string',
        help: 'regular expression for output of the console',
        mayBeEmpty: true,
      },
      { name: 'port', kind: 'number', help: 'TCP port that is listened at' },
      {
        name: 'address',
        kind: 'string',
        help: 'ipv4 or ipv6',
        values: ['ipv4', 'ipv6'],
        closed: true,
      },
      { name: 'healthy', kind: 'flag', help: 'the checks of <tslxc:health> find it well' },
      { name: 'exec', kind: 'flag', help: 'a command that succeeds in the container' },
      { name: 'timeout', kind: 'number', help: 'timeout seconds' },
      {
        name: 'cmd',
        kind: 'words',
        help: 'with --exec: the program and its arguments',
        positional: 'optional',
      },
    ],
    example: 'tslxc wait helloworld --console login: --timeout 60',
    stdout: 'alone',
    run: wait,
  },
};

const conditions = ['state', 'exit', 'console', 'port', 'address', 'exec', 'healthy'] as const;

async function wait(context: Context, options: Options): Promise<number | undefined> {
  options.exclusive(...conditions);
  const condition = conditions.find((name) => options.has(name));
  if (condition === undefined) {
    throw new CommandError(
      `one of ${conditions.map((name) => `--${name}`).join(', ')} is required`,
    );
  }
  if (options.has('cmd') !== options.has('exec')) {
    throw new CommandError('--exec and the words of a command need each other');
  }
  const port = options.number('port');
  if (port !== undefined && !(port >= 1 && port <= 0xffff)) {
    throw refusedValue(String(port), 'port', 'is not a port from 1 to 65535');
  }
  const seconds = timeoutOf(options);
  const limits = seconds === undefined ? {} : { timeout: seconds * 1000 };
  const pattern = options.string('console');
  const expression = pattern === undefined ? undefined : expressionOf(pattern);
  const connection = await context.connect();
  const text = options.required('domain');
  const domain = await findDomain(connection, text).catch((error: unknown) => {
    if (condition !== 'exit' || !isGone(error)) throw error;
    return undefined;
  });
  if (domain === undefined) return exitStatus(await lastExit(connection, text));
  const exit = await withErrorMessage(`Failed to wait for domain '${domain.name}'`, () =>
    waitFor({ context, domain, options, limits, expression }),
  );
  return exit === undefined ? undefined : exitStatus(exit);
}

function isGone(error: unknown): boolean {
  return error instanceof CommandError && TslxcError.is(error.cause, 'NO_DOMAIN');
}

/** A transient domain is gone with its container. Without a record of its end, it is an unknown domain like any other. */
async function lastExit(connection: Connection, name: string): Promise<ExitRecord> {
  return await withErrorMessage(`failed to get domain '${name}'`, () => connection.lastExit(name));
}

interface Waiting {
  readonly context: Context;
  readonly domain: Domain;
  readonly options: Options;
  readonly limits: { readonly timeout?: number };
  readonly expression: RegExp | undefined;
}

/** Resolves to init's end, if that is what is waited for. */
async function waitFor(waiting: Waiting): Promise<ExitRecord | undefined> {
  const { context, domain, options, limits, expression } = waiting;
  const { output } = context;
  if (expression !== undefined) {
    const [found] = await domain.waitFor({ console: expression, ...limits });
    output.line(found);
    return undefined;
  }
  const port = options.number('port');
  if (port !== undefined) {
    const { address } = await domain.waitFor({ port, ...limits });
    output.line(`${address.includes(':') ? `[${address}]` : address}:${String(port)}`);
    return undefined;
  }
  const family = options.string('address');
  if (family !== undefined) {
    output.line(await domain.waitFor({ address: family as 'ipv4', ...limits }));
    return undefined;
  }
  if (options.has('exec')) {
    await domain.waitFor({ exec: options.strings('cmd'), ...limits });
    return undefined;
  }
  if (options.has('healthy')) {
    await domain.waitFor({ healthy: true, ...limits });
    return undefined;
  }
  const state = options.string('state');
  if (state !== undefined) {
    const reached = await domain.waitFor({ state: state as 'running', ...limits });
    output.extra(`${stateWord(reached.state)} (${reasonWords(reached)})`);
    return undefined;
  }
  return await domain.waitFor({ exit: 'any', ...limits });
}

function expressionOf(text: string): RegExp {
  try {
    return new RegExp(text, 'mu');
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}
