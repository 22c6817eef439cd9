/** A command without a container: the far ends of its streams, and its end as its attendant would tell it. */
import { PipedProcess, TerminalProcess } from '../../../../lib/container/exec/command-process';
import { OutputStream } from '../../../../lib/container/exec/output-stream';
import { Channel } from '../../../../lib/container/monitor/channel';
import { encodeFrame } from '../../../../lib/container/monitor/frames';
import { socketPair, type SocketPair } from '../socket-pair';

export interface FakeCommand<Process> extends Disposable {
  readonly process: Process;
  /** The command's own ends. */
  readonly stdout: SocketPair['theirs'];
  readonly stderr: SocketPair['theirs'];
  /** Tells that it has exited; its streams stay open, as those of processes that it has left behind. */
  readonly exit: (code: number) => void;
  /** What the caller has asked for. */
  readonly attendant: SocketPair['theirs'];
}

export async function pipedCommand(
  ofContainer: 'runs' | 'has ended' = 'runs',
): Promise<FakeCommand<PipedProcess>> {
  const isOver = (): Promise<boolean> => Promise.resolve(ofContainer === 'has ended');
  const container = { domain: 'web', isOver };
  return await fakeCommand((channel, [stdin, stdout, stderr]) => {
    const outputs = {
      stdout: new OutputStream(stdout.ours),
      stderr: new OutputStream(stderr.ours),
    };
    return new PipedProcess(channel, container, { kind: 'pipes', stdin: stdin.ours, ...outputs });
  });
}

export async function terminalCommand(): Promise<FakeCommand<TerminalProcess>> {
  const container = { domain: 'web', isOver: () => Promise.resolve(false) };
  return await fakeCommand((channel, [, stdout]) => {
    const stream = new OutputStream(stdout.ours);
    return new TerminalProcess(channel, container, { kind: 'terminal', stream });
  });
}

type Pairs = readonly [stdin: SocketPair, stdout: SocketPair, stderr: SocketPair];

async function fakeCommand<Process>(
  make: (channel: Channel, streams: Pairs) => Process,
): Promise<FakeCommand<Process>> {
  const channel = await socketPair();
  const streams: Pairs = [await socketPair(), await socketPair(), await socketPair()];
  return {
    process: make(new Channel(channel.ours), streams),
    stdout: streams[1].theirs,
    stderr: streams[2].theirs,
    attendant: channel.theirs,
    exit: (code) => {
      channel.theirs.write(encodeFrame({ message: 'exited', how: 0, status: code, requested: 0 }));
    },
    [Symbol.dispose]: () => {
      for (const pair of [channel, ...streams]) pair[Symbol.dispose]();
    },
  };
}
