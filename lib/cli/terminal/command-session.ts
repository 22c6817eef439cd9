/** Joins this process's terminal, or its standard streams, and a command in a container, until the command ends. */
import type { CommandProcess, PipedProcess, TerminalProcess } from '../../index';
import { statusOf } from '../../driver/exec/command-output';
import { attach } from './attach';
import type { SignalSource } from '../shell/command';
import { CommandError } from '../shell/command-error';
import { signalStatus } from '../shell/exit-status';
import { fileError } from '../../host/state/file-error';
import { OutputCopy } from './output-copy';
import type { Terminal } from './terminal';

export interface CommandSession<Process> {
  readonly process: Process;
  readonly terminal: Terminal;
  readonly signals: SignalSource;
}

const forwarded: readonly NodeJS.Signals[] = ['SIGHUP', 'SIGINT', 'SIGQUIT', 'SIGTERM'];

/** Resolves to the exit status: the command's, or 128 and the signal that ended it. */
export async function joinPipes(session: CommandSession<PipedProcess>): Promise<number> {
  const { process, terminal } = session;
  const stop = forwardSignals(session);
  const input = terminal.input();
  // A command need not read all of it.
  process.stdin.on('error', () => input.unpipe(process.stdin));
  input.pipe(process.stdin);
  const outputs = [
    new OutputCopy(process.stdout, terminal.output(), () => process.destroy()),
    new OutputCopy(process.stderr, terminal.errors(), () => process.destroy()),
  ];
  try {
    const { code: status } = statusOf(await process.result);
    // The command has ended: from now on a signal ends this process, even while it waits for a slow reader.
    stop();
    await Promise.all(outputs.map((output) => output.untilSilent()));
    failIfUnwritten(outputs);
    return status;
  } catch (error) {
    // A command whose output can't be written is killed: that is the reason.
    failIfUnwritten(outputs);
    throw error;
  } finally {
    stop();
    input.unpipe(process.stdin);
    input.pause();
  }
}

function failIfUnwritten(outputs: readonly OutputCopy[]): void {
  for (const { failure } of outputs) {
    if (failure !== undefined) {
      const cause = fileError(failure, 'write to a standard stream');
      throw new CommandError("failed to write all of the command's output", { cause });
    }
  }
}

/** The same on a terminal, which is raw meanwhile. */
export async function joinTerminal(session: CommandSession<TerminalProcess>): Promise<number> {
  const { process, terminal, signals } = session;
  const end = await attach({
    terminal,
    stream: process.terminal,
    resize: (size) => process.resize(size),
    // The terminal's user has left. All of the command's processes are killed before the hang-up, which would end the command
    // alone and leave its children.
    onLeave: () => process.destroy(),
    signals,
  });
  if (end.how === 'ended') return statusOf(await process.result).code;
  return signalStatus(end.how === 'signal' ? end.signal : 'SIGHUP');
}

function forwardSignals({ process, signals }: CommandSession<CommandProcess>): () => void {
  const listener = (signal: NodeJS.Signals): void => process.kill(signal);
  for (const name of forwarded) signals.on(name, listener);
  return () => {
    for (const name of forwarded) signals.off(name, listener);
  };
}
