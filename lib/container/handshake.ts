/** The caller's side of a start, from the spawned monitor to the running container. Reads like its diagram in messages.ts. */
import { ProtocolError, TslxcError } from '../errors';
import type { Place } from '../domain/place';
import type { Plan } from '../plan/operation';
import type { Channel } from './channel';
import type { Message, MessageName, MessageNamed } from './messages';
import { startFailure } from './start-failure';

export interface HandshakeOptions {
  /** Milliseconds: more than the monitor's own deadline, which says better where it stood. */
  readonly deadline: number;
  readonly signal?: AbortSignal;
  /** The elements of the definition that descriptors of the plan come from, by name. */
  readonly places?: ReadonlyMap<string, Place>;
}

type StartMessage = MessageNamed<'spawned' | 'running'>;

/** One start's conversation; `expect` turns a `failed` into that failure, and silence into a death. */
export class Handshake {
  readonly #channel: Channel;
  readonly #plan: Plan;
  readonly #places: ReadonlyMap<string, Place>;
  readonly #limit: Promise<never>;
  readonly #early: StartMessage[] = [];
  #waitingFor = 'the monitor';
  #stop: () => void = () => undefined;

  constructor(channel: Channel, plan: Plan, options: HandshakeOptions) {
    this.#channel = channel;
    this.#plan = plan;
    this.#places = options.places ?? new Map();
    this.#limit = this.#limits(options);
    this.#limit.catch(() => undefined);
    channel.ref();
  }

  /** Stage 0 and the monitor write to one stream, each in its own time: `spawned` may come after `running`. */
  async expect<Name extends 'spawned' | 'running'>(name: Name): Promise<MessageNamed<Name>> {
    this.#waitingFor = name;
    const early = this.#early.find((message) => message.message === name);
    if (early) return early as MessageNamed<Name>;
    for (;;) {
      const message = await Promise.race([this.#channel.receive(), this.#limit]);
      const checked = this.#check(message, name);
      if (checked.message === name) return checked as MessageNamed<Name>;
      this.#early.push(checked);
    }
  }

  /** Call it in every case: lets the process end, and forgets the clock. */
  end(): void {
    this.#stop();
    this.#channel.unref();
  }

  #check(message: Message | undefined, name: MessageName): StartMessage {
    const domain = this.#plan.header.name;
    switch (message?.message) {
      case 'spawned':
      case 'running':
        return message;
      case 'failed':
        throw startFailure(this.#plan, message, this.#places);
      case undefined:
        throw new ProtocolError(`the monitor of domain '${domain}' died before it said '${name}'`, {
          domain,
          step: `wait for '${name}'`,
        });
      default:
        throw new ProtocolError(
          `the monitor said '${message?.message ?? ''}' instead of '${name}'`,
          {
            domain,
          },
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
      const aborted = (): void => {
        reject(
          new TslxcError('OPERATION_ABORTED', `the start of domain '${domain}' was abandoned`, {
            domain,
            cause: signal?.reason,
          }),
        );
      };
      const timer = setTimeout(late, deadline);
      signal?.addEventListener('abort', aborted, { once: true });
      if (signal?.aborted === true) aborted();
      this.#stop = () => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', aborted);
      };
    });
  }
}
