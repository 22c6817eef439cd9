/** The caller's side of a start, from the spawned monitor to the running container. Reads like its diagram in messages.ts. */
import { setTimeout as sleep } from 'node:timers/promises';
import { ProtocolError, TslxcError } from '../../errors';
import { onAbort } from '../../host/abort-listener';
import type { SourceLocation } from '../../domain/xml/source-location';
import type { Plan } from '../../plan/plan';
import type { Channel } from '../monitor/channel';
import type { Message, MessageName, MessageNamed } from '../monitor/messages';
import { withWayBack } from './refused-by-ids';
import { startFailure } from './start-failure';

export interface HandshakeOptions {
  /** Milliseconds: more than the monitor's own deadline, whose error says better how far the start got. */
  readonly deadline: number;
  readonly signal?: AbortSignal;
  /** The elements of the definition that descriptors of the plan come from, by name. */
  readonly places?: ReadonlyMap<string, SourceLocation>;
  /** What ends the message of a failure that ids of its own may have caused. Default: nothing. */
  readonly wayBack?: string;
}

type StartMessage = MessageNamed<'spawned' | 'cloned' | 'running'>;

/**
 * One start's conversation; `expect` turns a `failed` into the failure that it reports, and the end of the channel into
 * a death.
 */
export class Handshake {
  readonly #channel: Channel;
  readonly #plan: Plan;
  readonly #places: ReadonlyMap<string, SourceLocation>;
  readonly #wayBack: string;
  readonly #limit: Promise<never>;
  readonly #early: StartMessage[] = [];
  /** Messages about what comes after the start. */
  readonly #later: Message[] = [];
  #waitingFor = 'the monitor';
  #next: Promise<Message | undefined> | undefined;
  #monitor: number | undefined;
  /** Whether the monitor has nothing more to say. */
  #isOver = false;
  #stop: () => void = () => undefined;

  constructor(channel: Channel, plan: Plan, options: HandshakeOptions) {
    this.#channel = channel;
    this.#plan = plan;
    this.#places = options.places ?? new Map();
    this.#wayBack = options.wayBack ?? '';
    this.#limit = this.#limits(options);
    this.#limit.catch(() => undefined);
    channel.ref();
  }

  /** Waits for a message. Stage 0 and the monitor write to one stream, independently: `spawned` may come last. */
  async expect<Name extends StartMessage['message']>(name: Name): Promise<MessageNamed<Name>> {
    this.#waitingFor = name;
    const early = this.#earlier(name);
    if (early) return early;
    for (;;) {
      const message = await Promise.race([this.#receive(), this.#limit]);
      this.#next = undefined;
      this.#note(message);
      if (this.#isLater(message)) {
        this.#later.push(message);
        continue;
      }
      const checked = this.#check(message, name);
      if (checked.message === name) {
        this.#channel.putBack(this.#later.splice(0));
        return checked as MessageNamed<Name>;
      }
      this.#early.push(checked);
    }
  }

  /** The monitor's pid, which may not have arrived yet when the start is given up. Waits `milliseconds` at most. */
  async untilSpawned(milliseconds: number): Promise<number | undefined> {
    await this.#listen(milliseconds, () => this.#monitor !== undefined);
    return this.#monitor;
  }

  /** Waits until a monitor whose init has been killed has noticed it; `milliseconds` at most. */
  async untilFailed(milliseconds: number): Promise<void> {
    await this.#listen(milliseconds, () => false);
  }

  /** Has to be called in every case: lets the process exit, and stops the timer. */
  end(): void {
    this.#stop();
    this.#channel.unref();
  }

  /** A message that was waited for in vain is still to come. */
  #receive(): Promise<Message | undefined> {
    this.#next ??= this.#channel.receive();
    return this.#next;
  }

  async #listen(milliseconds: number, isEnough: () => boolean): Promise<void> {
    const over = new AbortController();
    const late = sleep(milliseconds, 'late' as const, { signal: over.signal });
    late.catch(() => undefined);
    while (!this.#isOver && !isEnough()) {
      const message = await Promise.race([this.#receive().catch(() => undefined), late]);
      if (message === 'late') break;
      this.#next = undefined;
      this.#note(message);
    }
    over.abort();
  }

  #earlier<Name extends StartMessage['message']>(name: Name): MessageNamed<Name> | undefined {
    const found = this.#early.find((message) => message.message === name);
    return found as MessageNamed<Name> | undefined;
  }

  /** A container can have ended, or been rebooted, before stage 0 gets to send `spawned`. */
  #isLater(message: Message | undefined): message is Message {
    const isLife = message?.message === 'exited' || message?.message === 'rebooted';
    return isLife && this.#earlier('running') !== undefined;
  }

  #note(message: Message | undefined): void {
    if (message?.message === 'spawned') this.#monitor = message.pid;
    if (message === undefined || message.message === 'failed') this.#isOver = true;
  }

  #check(message: Message | undefined, name: MessageName): StartMessage {
    const domain = this.#plan.header.name;
    switch (message?.message) {
      case 'spawned':
      case 'cloned':
      case 'running':
        return message;
      case 'failed':
        throw withWayBack(startFailure(this.#plan, message, this.#places), this.#wayBack);
      case undefined:
        throw new ProtocolError(`the monitor of domain '${domain}' died before it said '${name}'`, {
          domain,
          step: `wait for '${name}'`,
        });
      default:
        throw new ProtocolError(
          `the monitor said '${message?.message ?? ''}' instead of '${name}'`,
          { domain, step: `wait for '${name}'` },
        );
    }
  }

  #limits({ deadline, signal }: HandshakeOptions): Promise<never> {
    return new Promise((_, reject) => {
      const domain = this.#plan.header.name;
      const late = (): void => {
        const step = `wait for '${this.#waitingFor}' from the monitor`;
        reject(
          new TslxcError('OPERATION_TIMEOUT', `${step} (start domain '${domain}')`, {
            step,
            domain,
          }),
        );
      };
      const stopListening = onAbort(signal, () => {
        reject(
          new TslxcError('OPERATION_ABORTED', `the start of domain '${domain}' was abandoned`, {
            domain,
            cause: signal?.reason,
          }),
        );
      });
      const timer = setTimeout(late, deadline);
      this.#stop = () => {
        clearTimeout(timer);
        stopListening();
      };
    });
  }
}
