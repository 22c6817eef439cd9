/** Joins this process's terminal, or its standard streams, and a command in a container, until the command ends. */
import { constants } from 'node:os';
import type { Readable, Writable } from 'node:stream';
import type { CommandProcess, CommandResult, PipedProcess, TerminalProcess } from '../index';
import { attach } from './attach';
import type { SignalSource } from './command';
import type { Terminal } from './terminal';

export interface CommandSession<Process> {
  readonly process: Process;
  readonly terminal: Terminal;
  readonly signals: SignalSource;
}

const forwarded: readonly NodeJS.Signals[] = ['SIGHUP', 'SIGINT', 'SIGQUIT', 'SIGTERM'];

/** Others may have the command's output open still: silence for this long, in milliseconds, is its end. */
const silence = 200;

/** Resolves to the exit status: the command's, or 128 and the signal that ended it. */
export async function joinPipes(session: CommandSession<PipedProcess>): Promise<number> {
  const { process, terminal } = session;
  const stop = forwardSignals(session);
  const input = terminal.input();
  // A command need not read all of it.
  process.stdin.on('error', () => input.unpipe(process.stdin));
  input.pipe(process.stdin);
  const outputs = [
    copy(process, process.stdout, terminal.output()),
    copy(process, process.stderr, terminal.errors()),
  ];
  try {
    const status = statusOf(await process.result);
    await Promise.all(outputs.map((output) => output.untilSilent()));
    return status;
  } finally {
    stop();
    input.unpipe(process.stdin);
    input.pause();
  }
}

/** The same on a terminal, which is raw meanwhile. */
export async function joinTerminal(session: CommandSession<TerminalProcess>): Promise<number> {
  const { process, terminal, signals } = session;
  const end = await attach({
    terminal,
    stream: process.terminal,
    resize: (size) => process.resize(size),
    // Nobody is there for it any more. Before it is hung up: of that a command could die first, and leave others behind.
    onLeave: () => process.destroy(),
    signals,
  });
  if (end.how === 'ended') return statusOf(await process.result);
  return end.how === 'signal'
    ? 128 + constants.signals[end.signal]
    : 128 + constants.signals.SIGHUP;
}

function forwardSignals({ process, signals }: CommandSession<CommandProcess>): () => void {
  const listener = (signal: NodeJS.Signals): void => process.kill(signal);
  for (const name of forwarded) signals.on(name, listener);
  return () => {
    for (const name of forwarded) signals.off(name, listener);
  };
}

interface Copy {
  untilSilent(): Promise<void>;
}

function copy(process: CommandProcess, from: Readable, to: Writable): Copy {
  let last = 0;
  let isOver = false;
  let wake = (): void => undefined;
  from.on('data', (chunk: Buffer) => {
    last = performance.now();
    if (to.write(chunk)) return;
    from.pause();
    to.once('drain', () => from.resume());
  });
  from.once('close', () => {
    isOver = true;
    wake();
  });
  // Whoever should have read it has gone, as in `… | head -1`.
  to.once('error', () => process.destroy());
  return {
    async untilSilent() {
      last = performance.now();
      while (!isOver && performance.now() - last < silence) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, silence);
          wake = () => {
            clearTimeout(timer);
            resolve();
          };
        });
      }
    },
  };
}

function statusOf(result: CommandResult): number {
  if ('code' in result) return result.code;
  const named = constants.signals[result.signal as NodeJS.Signals] as number | undefined;
  return 128 + (named ?? Number(result.signal.slice('SIG'.length)));
}
