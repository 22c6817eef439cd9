/** Speaks to a running monitor over its control socket: any process can, at any time. */
import { thisMoment } from '../../host/kernel/boot/boot-clock';
import { closeSync, constants, openSync } from 'node:fs';
import { createConnection } from 'node:net';
import type { Socket } from 'node:net';
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { ProtocolError, SyscallError, TslxcError } from '../../errors';
import { runPaths } from '../../host/state/state-paths';
import type { StatePaths } from '../../host/state/state-paths';
import { O_PATH } from '../../host/state/open-flags';
import { isStopped } from '../init/process-stat';
import { Channel } from './channel';
import { ConsoleStream } from '../console/console-stream';
import type { ExitRecord } from '../record/exit-record';
import { controlVersion, ends, hows, oldestControlVersion } from './messages';
import type { End, Message, MessageName, MessageNamed } from './messages';
import { readRunState } from '../record/run-state';
import { unlessMissing } from '../../host/state/file-error';

/** Milliseconds within which a monitor answers unless it is stopped; it is single-threaded and never blocks. */
const patience = 3000;

/** How many times as long one is waited for that is not stopped: the host gives it no time. */
const slowness = 10;

export interface ConnectOptions {
  /**
   * Milliseconds to wait for the first message of a monitor that is stopped, by default 3000, and ten times as long for one
   * that is only slow; `endless` for a caller that only waits for the end of init, which may come at any time.
   */
  readonly within?: number | 'endless';
}

export interface OpenConsole {
  /** From 0. */
  readonly index: number;
  readonly from: 'replay' | 'live';
  readonly replay: 'raw' | 'quiet';
  readonly size?: Readonly<{ rows: number; columns: number }>;
  /** Whether the container has ended, as far as that is known. */
  readonly hasEnded: () => boolean;
}

export class MonitorClient {
  readonly #channel: Channel;
  readonly #paths: StatePaths;
  readonly #name: string;
  /** The version of the protocol that the monitor speaks. */
  readonly version: number;

  private constructor(channel: Channel, of: { paths: StatePaths; name: string; version: number }) {
    this.#channel = channel;
    this.#paths = of.paths;
    this.#name = of.name;
    this.version = of.version;
  }

  /**
   * `undefined` when no monitor listens (any more). A monitor that is stopped sends nothing: `within` limits the time
   * for its first message.
   *
   * @throws TslxcError OPERATION_TIMEOUT, with the monitor's pid in the message; RESOURCE_BUSY when it has as many clients as
   * it can have; SyscallError when it is unknown whether a monitor listens.
   */
  static async connect(
    paths: StatePaths,
    name: string,
    { within = patience }: ConnectOptions = {},
  ): Promise<MonitorClient | undefined> {
    const socket = await connectIn(runPaths(paths, name).directory);
    if (socket === undefined) return undefined;
    const channel = new Channel(socket);
    const hello = await answer(channel, { paths, name, within }).catch((error: unknown) => {
      channel.close();
      throw error;
    });
    if (hello?.message === 'hello' && isSpoken(hello.version)) {
      return new MonitorClient(channel, { paths, name, version: hello.version });
    }
    channel.close();
    if (hello === undefined) {
      if (await hasGone(paths, name)) return undefined;
      throw tooManyClients(name);
    }
    if (hello.message === 'done') throw tooManyClients(name);
    throw new ProtocolError(`the monitor of domain '${name}' speaks another version`, {
      domain: name,
    });
  }

  /** Sends SIGKILL to init; resolves when it is dead and its end is recorded. */
  async destroy(): Promise<ExitRecord> {
    this.#channel.send({ message: 'destroy' });
    return await this.exited();
  }

  /** Sends init a signal. @throws SyscallError of pidfd_send_signal(2). */
  async signal(number: number): Promise<void> {
    this.#channel.send({ message: 'signal', number });
    const { error } = await this.#expect('done');
    if (error !== 0) {
      throw new SyscallError({
        errno: error,
        syscall: 'pidfd_send_signal',
        domain: this.#name,
        step: `send signal ${number} to init`,
      });
    }
  }

  /**
   * Says what init's next end means, if it comes within so many milliseconds.
   *
   * @throws TslxcError OPERATION_UNSUPPORTED for a monitor of an older version of the package, which does not know this
   * message.
   */
  async intend(end: End, within: number): Promise<void> {
    if (this.version < 2) {
      throw new TslxcError(
        'OPERATION_UNSUPPORTED',
        `the monitor of domain '${this.#name}' is of an older version of tslxc`,
        { domain: this.#name },
      );
    }
    this.#channel.send({ message: 'intend', end: ends.indexOf(end), within });
    await this.#expect('done');
  }

  /** Says that this process checks the container's health: if it is gone, the monitor starts another, unless it is an older one. */
  watch(): void {
    if (this.version >= 3) this.#channel.send({ message: 'watch' });
  }

  /** Resolves at the end of init. */
  async exited(): Promise<ExitRecord> {
    for (;;) {
      const message = await this.#channel.held(() => this.#channel.receive());
      const state = readRunState(this.#paths, this.#name);
      const record =
        state.phase === 'ended' ? state.exit : state.phase === 'off' ? state.last : undefined;
      if (record !== undefined) return record;
      if (message === undefined || message.message === 'exited') return exitOf(message, state);
    }
  }

  /**
   * Attaches to a console; the connection belongs to the stream from then on.
   *
   * @throws TslxcError OPERATION_INVALID when the container has just ended; SyscallError ENXIO for a console
   * that it does not have; TslxcError RESOURCE_BUSY when as many follow the consoles as may.
   */
  async openConsole(wanted: OpenConsole): Promise<ConsoleStream> {
    const { index, from, replay, size, hasEnded } = wanted;
    this.#channel.send({ message: 'attach', console: index, replay: from === 'replay' ? 1 : 0 });
    const { dropped, replayed } = await this.#expect('attached');
    const stream = new ConsoleStream(this.#channel, { dropped, replayed, replay, hasEnded });
    if (size) stream.resize(size);
    return stream;
  }

  ref(): void {
    this.#channel.ref();
  }

  unref(): void {
    this.#channel.unref();
  }

  close(): void {
    this.#channel.close();
  }

  async #expect<Name extends MessageName>(name: Name): Promise<MessageNamed<Name>> {
    const message = await answer(this.#channel, {
      paths: this.#paths,
      name: this.#name,
      within: patience,
    });
    if (message === undefined || message.message === 'exited') {
      throw new TslxcError('OPERATION_INVALID', 'domain is not running', { domain: this.#name });
    }
    if (message.message === 'done' && message.error !== 0 && name !== 'done') {
      if (message.error === EUSERS) throw tooManyViewers(this.#name);
      throw new SyscallError({ errno: message.error, syscall: name, domain: this.#name });
    }
    if (message.message !== name) {
      throw new ProtocolError(`the monitor said '${message.message}' instead of '${name}'`, {
        domain: this.#name,
      });
    }
    return message as MessageNamed<Name>;
  }
}

/** That of a monitor which has no place left. It is not among Node's constants. */
const EUSERS = 87;

/** How long, and how often, a monitor is looked at that closed a connection without a word; milliseconds. */
const farewell = { patience: 500, pause: 20 };

/**
 * Whether a monitor that closed a connection without a word has ended: its lock goes a moment after its connections. One of an
 * older package goes on: it has too many clients.
 */
async function hasGone(paths: StatePaths, name: string): Promise<boolean> {
  const deadline = performance.now() + farewell.patience;
  while (readRunState(paths, name).phase === 'running') {
    if (performance.now() >= deadline) return false;
    await sleep(farewell.pause);
  }
  return true;
}

function tooManyClients(domain: string): TslxcError {
  const detail = `the monitor of domain '${domain}' has as many clients as it can have: some of its console sessions or waits have to end first`;
  return new TslxcError('RESOURCE_BUSY', detail, { domain, step: 'talk to the monitor' });
}

function tooManyViewers(domain: string): TslxcError {
  const detail = `as many sessions as there may be follow the consoles of domain '${domain}': one of them has to end first`;
  return new TslxcError('RESOURCE_BUSY', detail, { domain, step: 'open the console' });
}

function isSpoken(version: number): boolean {
  return version >= oldestControlVersion && version <= controlVersion;
}

/**
 * The next message. A monitor that is stopped is told of after `within`; one that could go on is waited for longer, since on a busy
 * host it may only have got no time.
 *
 * @throws TslxcError OPERATION_TIMEOUT, with the monitor's pid, when there is none in time.
 */
async function answer(
  channel: Channel,
  { paths, name, within }: { paths: StatePaths; name: string; within: number | 'endless' },
): Promise<Message | undefined> {
  if (within === 'endless') return channel.held(() => channel.receive());
  const received = channel.held(() => channel.receive());
  const began = performance.now();
  let monitor: number | undefined;
  do {
    const first = await inTime(received, within);
    if (first !== 'late') return first;
    monitor = runningMonitor(paths, name);
  } while (
    monitor !== undefined &&
    !isStopped(monitor) &&
    performance.now() - began < slowness * within
  );
  received.catch(() => undefined);
  const pid = monitor === undefined ? '' : ` (pid ${monitor})`;
  const waited = Math.round((performance.now() - began) / 100) / 10;
  throw new TslxcError(
    'OPERATION_TIMEOUT',
    `the monitor of domain '${name}'${pid} has not answered for ${waited} s`,
    { domain: name, step: 'talk to the monitor' },
  );
}

async function inTime<T>(received: Promise<T>, within: number): Promise<T | 'late'> {
  const over = new AbortController();
  const tooLong = sleep(within, undefined, { signal: over.signal }).then(
    // If this process itself had no time, the answer lies in the socket, which is read before this.
    () => nextTurn('late' as const, { signal: over.signal }),
  );
  // When the answer comes first, the timer is aborted, and that rejection means nothing.
  tooLong.catch(() => undefined);
  return await Promise.race([received, tooLong]).finally(() => over.abort());
}

function runningMonitor(paths: StatePaths, name: string): number | undefined {
  const state = readRunState(paths, name);
  return state.phase === 'running' ? state.running.id : undefined;
}

/** Errors that mean that no monitor listens; ECONNRESET: the monitor died with this connection in its queue. */
const goneCodes = new Set(['ENOENT', 'ECONNREFUSED', 'ECONNRESET']);

/** Connects by a descriptor of the folder: a socket's path holds 107 bytes, and Node silently truncates a longer one. */
async function connectIn(directory: string): Promise<Socket | undefined> {
  const flags = O_PATH | constants.O_DIRECTORY;
  const folder = unlessMissing(() => openSync(directory, flags), 'talk to the monitor');
  if (folder === undefined) return undefined;
  try {
    return await new Promise<Socket | undefined>((resolve, reject) => {
      const socket = createConnection(`/proc/self/fd/${folder}/control`);
      socket.once('connect', () => {
        socket.removeAllListeners('error');
        resolve(socket);
      });
      socket.once('error', (error: NodeJS.ErrnoException) => {
        if (goneCodes.has(error.code ?? '')) resolve(undefined);
        else
          reject(
            new SyscallError({
              errno: -(error.errno ?? 0),
              syscall: 'connect',
              path: `${directory}/control`,
            }),
          );
      });
    });
  } finally {
    closeSync(folder);
  }
}

/** The end that the message itself reports, when the record has been removed already; without a message it is 'lost'. */
function exitOf(message: Message | undefined, state: { phase: string }): ExitRecord {
  const at = { ...thisMoment(), boot: '' };
  if (message?.message !== 'exited' || state.phase === 'running') return { how: 'lost', ...at };
  const asked = ends[message.requested];
  const requested = asked === undefined || asked === 'none' ? {} : { requested: asked };
  const how = hows[message.how];
  if (how === 'exited') return { how, code: message.status, ...requested, ...at };
  const killed = { how: 'killed', signal: message.status, ...requested, ...at } as const;
  return how === 'oomKilled' ? { ...killed, OOMKilled: true } : killed;
}
