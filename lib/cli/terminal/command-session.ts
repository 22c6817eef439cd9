/** Connects this process's terminal, or its standard streams, to a command in a container, until the command ends. */
import type { CommandProcess, PipedProcess, TerminalProcess } from '../../index';
import { attach } from './attach';
import type { SignalSource } from '../shell/command';
import { CommandError } from '../shell/command-error';
import { signalStatus } from '../shell/exit-status';
import { fileError } from '../../host/state/file-error';
import { InputCopy, OutputCopy } from './output-copy';
import type { Terminal } from './terminal';

export interface CommandSession<Process> {
  readonly process: Process;
  readonly terminal: Terminal;
  readonly signals: SignalSource;
}

const forwarded: readonly NodeJS.Signals[] = ['SIGHUP', 'SIGINT', 'SIGQUIT', 'SIGTERM'];

/** What is used of a command on pipes. */
type JoinedPipes = Pick<PipedProcess, 'stdin' | 'stdout' | 'stderr' | 'ended' | 'kill' | 'destroy'>;

/** Resolves to the exit status: that of the command, or 128 plus the number of the signal that ended it. */
export async function joinPipes(session: CommandSession<JoinedPipes>): Promise<number> {
  const { process, terminal } = session;
  const stop = forwardSignals(session);
  const input = new InputCopy(terminal.input(), process.stdin, () => process.destroy());
  const outputs = [
    new OutputCopy(process.stdout, terminal.output(), () => process.destroy()),
    new OutputCopy(process.stderr, terminal.errors(), () => process.destroy()),
  ];
  try {
    const { code: status } = await process.ended;
    // The command has ended: from now on a signal ends this process, even while the process waits for a slow reader.
    stop();
    await Promise.all(outputs.map((output) => output.untilSilent()));
    failIfUnread(input);
    failIfUnwritten(outputs);
    return status;
  } catch (error) {
    // A command whose input can't be read, or whose output can't be written, is killed: that is then the error to report.
    failIfUnread(input);
    failIfUnwritten(outputs);
    throw error;
  } finally {
    stop();
    for (const copy of [input, ...outputs]) copy.stop();
  }
}

function failIfUnread({ failure }: InputCopy): void {
  if (failure === undefined) return;
  const cause = fileError(failure, 'read standard input');
  throw new CommandError("failed to read all of the command's input", { cause });
}

function failIfUnwritten(outputs: readonly OutputCopy[]): void {
  for (const { failure } of outputs) {
    if (failure !== undefined) {
      const cause = fileError(failure, 'write to a standard stream');
      throw new CommandError("failed to write all of the command's output", { cause });
    }
  }
}

/** The same for a command on a terminal; the caller's terminal is in raw mode meanwhile. */
export async function joinTerminal(session: CommandSession<TerminalProcess>): Promise<number> {
  const { process, terminal, signals } = session;
  const end = await attach({
    terminal,
    stream: process.terminal,
    resize: (size) => process.resize(size),
    // The user has left. All processes of the command are killed before the hang-up, which would end only the command itself, and
    // leave its children.
    onLeave: () => process.destroy(),
    signals,
  });
  if (end.how === 'ended') return (await process.result).code;
  return signalStatus(end.how === 'signal' ? end.signal : 'SIGHUP');
}

function forwardSignals({
  process,
  signals,
}: CommandSession<Pick<CommandProcess, 'kill'>>): () => void {
  const listener = (signal: NodeJS.Signals): void => process.kill(signal);
  for (const name of forwarded) signals.on(name, listener);
  return () => {
    for (const name of forwarded) signals.off(name, listener);
  };
}
