/**
 * The standard streams of a command in a container. Pipes whose far ends are the command's own, so that no process copies
 * what goes through them; or a terminal of the container's devpts, whose bytes the attendant copies, since Node can't
 * wait for a terminal's master without blocking.
 */
import { fchownSync } from 'node:fs';
import { Socket, type SocketConstructorOpts } from 'node:net';
import { native } from '../../host/native';
import { OutputStream } from './output-stream';

export interface CommandPipes {
  readonly kind: 'pipes';
  readonly stdin: Socket;
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
}

export interface CommandTerminal {
  readonly kind: 'terminal';
  readonly stream: OutputStream;
}

/** An empty input, and output that is thrown away. */
export interface NoStreams {
  readonly kind: 'nowhere';
}

export type CommandStreams = CommandPipes | CommandTerminal | NoStreams;

/** The caller's ends, and the descriptors for the attendant. */
export interface OpenStreams<Streams> {
  readonly streams: Streams;
  /** Closed by the caller, once the attendant has them. */
  readonly descriptors: readonly number[];
}

/**
 * `owner` is the command's user on the host, who can then reopen /dev/stdout. With an SELinux label, the pipes are
 * labelled so that the command may use them: at execve(2) the kernel replaces a descriptor that it may not use with
 * /dev/null.
 */
export function openPipes(owner: number, label?: string): OpenStreams<CommandPipes> {
  const opened: number[] = [];
  try {
    const pairs = label === undefined ? plainPipes(opened) : labelledPipes(label, opened);
    const [[stdin, stdinNear], [stdoutNear, stdout], [stderrNear, stderr]] = pairs as [
      [number, number],
      [number, number],
      [number, number],
    ];
    const descriptors = [stdin, stdout, stderr];
    for (const fd of descriptors) fchownSync(fd, owner, -1);
    const streams: CommandPipes = {
      kind: 'pipes',
      stdin: new Socket({ fd: stdinNear, readable: false, writable: true }),
      stdout: unread({ fd: stdoutNear, readable: true, writable: false }),
      stderr: unread({ fd: stderrNear, readable: true, writable: false }),
    };
    return { streams, descriptors };
  } catch (error) {
    closeAll(opened);
    throw error;
  }
}

/** Opens null devices of the command's own: from inside, the owner and mode of the host's could be changed. */
export function openNowhere(owner: number, label?: string): OpenStreams<NoStreams> {
  const descriptors: number[] = [];
  try {
    for (let stream = 0; stream < 3; stream += 1) {
      descriptors.push(native().makeNull(mountOptions(label)));
    }
    for (const fd of descriptors) fchownSync(fd, owner, -1);
    return { streams: { kind: 'nowhere' }, descriptors };
  } catch (error) {
    closeAll(descriptors);
    throw error;
  }
}

function mountOptions(label: string | undefined): string[] {
  const context = label === undefined ? [] : [`context=${label}`];
  return ['source=tslxc', 'mode=0700', ...context];
}

function plainPipes(opened: number[]): [number, number][] {
  return [0, 1, 2].map(() => {
    const pair = native().makePair('pipe');
    opened.push(...pair);
    return pair;
  });
}

function labelledPipes(label: string, opened: number[]): [number, number][] {
  const pairs = native().makeFifos(3, mountOptions(label));
  opened.push(...pairs.flat());
  return pairs;
}

/** The attendant opens the terminal: a file system of the container may never answer the process that does so. */
export function openTerminal(): OpenStreams<CommandTerminal> {
  const [near, far] = native().makePair('socket');
  const stream = unread({ fd: near, readable: true, writable: true });
  return { streams: { kind: 'terminal', stream }, descriptors: [far] };
}

/** A stream that reads nothing until the caller does: else its 'end' could be emitted before the caller listens. */
function unread(options: SocketConstructorOpts): OutputStream {
  const lazily: SocketConstructorOpts & { readonly manualStart: true } = {
    ...options,
    manualStart: true,
  };
  return new OutputStream(new Socket(lazily));
}

export function closeAll(descriptors: readonly number[]): void {
  for (const fd of descriptors) native().closeDescriptor(fd);
}

export function discard(streams: CommandStreams): void {
  if (streams.kind === 'nowhere') return;
  if (streams.kind === 'terminal') {
    streams.stream.destroy();
    return;
  }
  for (const stream of [streams.stdin, streams.stdout, streams.stderr]) stream.destroy();
}
