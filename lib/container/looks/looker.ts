/**
 * A process that looks up paths for this one (native/monitor/looker.h): a file system that never answers blocks that
 * process, and neither the event loop nor libuv's threads. A looker that waits too long is abandoned, since not even
 * SIGKILL may end it; how many there may be is bounded (places.ts).
 */
import { TslxcError } from '../../errors';
import { monitorExecutable } from '../../host/executable';
import { native } from '../../host/native';
import { Channel } from '../monitor/channel';
import type { MessageNamed } from '../monitor/messages';
import { freeLeftPlace, freePlace, leavePlace, takePlace } from './places';

export type Question = Omit<MessageNamed<'look'>, 'message'>;
export type Seen = MessageNamed<'seen'>;

export class Looker {
  readonly #channel: Channel;
  readonly #pid: number;
  #state: 'used' | 'left' | 'ended' = 'used';

  private constructor(channel: Channel, pid: number) {
    this.#channel = channel;
    this.#pid = pid;
  }

  /** @throws as takePlace; SyscallError when no looker can be started. */
  static async start(): Promise<Looker> {
    await takePlace();
    try {
      return await Looker.#spawn();
    } catch (error) {
      freePlace();
      throw error;
    }
  }

  static async #spawn(): Promise<Looker> {
    const socket = await native().startMonitor({
      executable: monitorExecutable(),
      argv: ['tslxc-look', 'look'],
      cgroups: [],
      leafCgroup: -1,
      plan: new Uint8Array(),
      descriptors: [],
    });
    const channel = Channel.fromDescriptor(socket);
    const first = await channel.held(() => channel.receive());
    if (first?.message === 'spawned') return new Looker(channel, first.pid);
    channel.close();
    throw ended();
  }

  get hasEnded(): boolean {
    return this.#channel.hasEnded;
  }

  /** Asks one question; others may be asked before it is answered. Does not keep this process alive. */
  async ask(question: Question): Promise<Seen> {
    this.#channel.send({ message: 'look', ...question });
    const answer = await this.#channel.receive().catch(() => undefined);
    if (answer?.message === 'seen') return answer;
    this.end();
    throw ended();
  }

  /** Ends a looker that waits for nothing, or has ended by itself. */
  end(): void {
    if (this.#state !== 'used') return;
    this.#state = 'ended';
    this.#channel.close();
    freePlace();
  }

  /**
   * Abandons a looker that waits for something. It lives as long as its end of the channel is open. Resolves when it
   * has ended, which may be never.
   */
  async leave(): Promise<void> {
    if (this.#state !== 'used') return;
    this.#state = 'left';
    leavePlace();
    try {
      process.kill(this.#pid, 'SIGKILL');
    } catch {
      // It has just ended.
    }
    try {
      // An answer may still be on its way.
      while ((await this.#channel.receive()) !== undefined);
    } catch {
      // This means that it has ended, too.
    }
    freeLeftPlace();
    this.#channel.close();
  }
}

function ended(): TslxcError {
  return new TslxcError('OPERATION_FAILED', 'the process that looks at paths has ended', {
    step: 'look at what the definition names',
  });
}
