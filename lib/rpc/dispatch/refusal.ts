/** Answers a client that is not taken: its first call by the reason, and then the connection is closed. */
import type { TslxcError } from '../../errors';
import type { ErrorReply } from '../protocol/values';
import type { Answer, Conversation, Peer } from '../server/peer';
import { errorReplyOf } from './base/wire-error';

export class Refusal implements Conversation {
  readonly takesDescriptors = false;
  readonly isStranger = true;
  readonly #peer: Pick<Peer, 'closeSoon'>;
  readonly #reason: TslxcError;

  constructor(peer: Pick<Peer, 'closeSoon'>, reason: TslxcError) {
    this.#peer = peer;
    this.#reason = reason;
  }

  answer(): Promise<Answer> {
    // Once the error is on its way.
    setImmediate(() => this.#peer.closeSoon());
    return Promise.reject(this.#reason);
  }

  errorOf(error: unknown): ErrorReply {
    return errorReplyOf(error, 'rpc');
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
