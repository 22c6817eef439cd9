/** Runs a command in a container: checks its options, and ends it at an abort or a timeout. */
import { CommandProcess } from '../../container/exec/command-process';
import type { PipedProcess, TerminalProcess } from '../../container/exec/command-process';
import type { ExecRequest, ExecTarget } from '../../container/exec/exec';
import type { Lookers } from '../../container/looks/looks';
import { withStartChoices } from '../../container/record/start-choices';
import { TslxcError } from '../../errors';
import { onAbort } from '../../host/abort-listener';
import type { Identity } from '../../host/state/definitions/definition-store';
import { checkGiven } from '../../shape/arguments';
import { present } from '../../present';
import { throwIfAborted } from '../session/abort';
import { ofDomain } from '../session/of-domain';
import type { ExecOptions } from './exec-options';
import { feedInput } from './input';
import { execParameters } from './exec-parameters';
import { RunningCommand } from './running-command';
import { runningDefinition } from '../definitions/definitions';
import { transition } from '../lifecycle/lifecycle';
import { currentState, phaseOf } from '../lookup/lookup';
import { connectionClosed } from '../session/calls-in-flight';
import type { Session } from '../session/session';

/** A command and how it is to be run. */
interface Asked {
  readonly argv: readonly string[];
  readonly options: ExecOptions;
  /** The processes that look things up in the container's root. Default: those of the connection. */
  readonly lookers?: Lookers;
}

/** Begins a command. Every failure rejects what is returned. */
export function runCommand(
  session: Session,
  identity: Identity,
  given: readonly [argv: readonly string[], options?: ExecOptions],
): RunningCommand<PipedProcess | TerminalProcess, string | Buffer> {
  const [argv, options = {}] = given;
  const start = async (): Promise<PipedProcess | TerminalProcess> => {
    session.requireAccess('write', 'Domain.exec');
    checkGiven('Domain.exec', execParameters, given);
    const starting = execCommand(session, identity, { argv, options });
    session.calls.follow(starting);
    return starting;
  };
  const { name } = identity;
  return new RunningCommand(ofDomain(name, start), { ...options, domain: name });
}

/** @throws TslxcError as Domain.exec says. */
export async function execCommand(
  session: Session,
  identity: Identity,
  asked: Asked,
): Promise<PipedProcess | TerminalProcess> {
  const { options } = asked;
  const request = requestOf(asked, session.startTimeout);
  throwIfAborted(options.signal);
  const target = await commandTarget(session, identity, asked.lookers);
  const process = await session.containers
    .execInContainer(target, request)
    .catch((error: unknown) => {
      throwIfAborted(options.signal);
      throw error;
    });
  const { stdin = 'pipe' } = options;
  if (stdin !== 'pipe') feedInput(process, stdin === 'ignore' ? undefined : stdin);
  limit(process, options, identity.name);
  const ending = endWithConnection(session, process);
  if (options.signal?.aborted === true || ending.isOver) {
    await process.result;
    // The result may have been read before its reason was set.
    throwIfAborted(options.signal);
  }
  return process;
}

/** Runs a command that is left to itself once it is executed. @throws TslxcError as Domain.execDetached says. */
export async function execAlone(session: Session, identity: Identity, asked: Asked): Promise<void> {
  const request = requestOf(asked, session.startTimeout);
  throwIfAborted(asked.options.signal);
  const target = await commandTarget(session, identity);
  await session.containers.execDetached(target, request).catch((error: unknown) => {
    throwIfAborted(asked.options.signal);
    throw error;
  });
}

/** @throws TslxcError OPERATION_INVALID when nothing runs or it is paused. */
async function commandTarget(
  session: Session,
  identity: Identity,
  lookers = session.lookers,
): Promise<Omit<ExecTarget, 'host'>> {
  const state = await currentState(session, identity);
  transition('exec', phaseOf(session, state), identity.name);
  if (state.phase !== 'running') throw new TypeError('commands need a running container');
  const { start, running } = state;
  const definition = withStartChoices(runningDefinition(session, state), start);
  return { paths: session.paths, lookers, start, running, definition };
}

/** @throws TslxcError INVALID_ARG. */
function requestOf({ argv, options }: Asked, deadline: number): ExecRequest {
  const { env: variables = {}, cwd, user, tty, signal, securityLabel = 'init' } = options;
  const env = present(variables);
  checkCommand(argv, 'argv');
  return {
    argv,
    env,
    deadline,
    ...(cwd === undefined ? {} : { cwd }),
    ...(user === undefined ? {} : { user }),
    ...(tty === undefined ? {} : { tty }),
    ...(securityLabel === 'init' ? {} : { withoutLabel: true }),
    ...(signal === undefined ? {} : { signal }),
  };
}

/** `path`: where the command is among the arguments of the call. @throws TslxcError INVALID_ARG for one without a program. */
export function checkCommand(argv: readonly string[], path: string): void {
  const [program] = argv;
  if (program !== undefined && program !== '') return;
  const element = program === undefined ? path : `${path}[0]`;
  const detail = `${element} is empty, and a command needs a program`;
  throw new TslxcError('INVALID_ARG', detail, { element });
}

/** Whether the connection is closed already. */
function endWithConnection(
  { calls }: Session,
  process: CommandProcess,
): { readonly isOver: boolean } {
  let isOver = false;
  const stopListening = calls.whenClosed(() => {
    isOver = true;
    process.endBecauseOf(connectionClosed());
    calls.follow(process.ended);
  });
  process.ended.then(stopListening, stopListening);
  return { isOver };
}

function limit(process: CommandProcess, { signal, timeout }: ExecOptions, domain: string): void {
  const stopListening = onAbort(signal, () => {
    const detail = `a command in domain '${domain}' was ended`;
    process.endBecauseOf(
      new TslxcError('OPERATION_ABORTED', detail, { domain, cause: signal?.reason }),
    );
  });
  const timer =
    timeout === undefined
      ? undefined
      : setTimeout(() => {
          const detail = `a command in domain '${domain}' took longer than ${timeout} ms`;
          process.endBecauseOf(new TslxcError('OPERATION_TIMEOUT', detail, { domain }));
        }, timeout);
  const stopTimer = (): void => clearTimeout(timer);
  process.ended.then(stopTimer, stopTimer);
  process.result.then(stopListening, stopListening);
}
