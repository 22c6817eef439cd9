/** What a handler of a procedure gets besides its arguments, and the tables of handlers, whose types derive from the protocol's. */
import type { Connection } from '../../../driver/connection';
import type { Header } from '../../protocol/values';
import type { ArgumentsOf, Procedures, ResultOf } from '../../protocol/procedure';
import type { Peer } from '../../server/peer';
import type { ClientEvents } from '../events/client-events';
import type { Access } from './connections';

/** One call of a client. */
export interface Call {
  readonly header: Header;
  readonly peer: Peer;
  readonly client: ClientState;
  /** Descriptors that have come with it, which are closed when it is answered. */
  readonly descriptors: readonly number[];
  /** Done once the answer is on its way. */
  after(action: () => void): void;
  /** Descriptors that go with the answer, and are closed then. */
  give(descriptors: readonly number[]): void;
}

/** What one client has opened. */
export interface ClientState {
  /** The type of driver that it has opened, and the URI that it is told. @throws TslxcError when it has opened none. */
  readonly opened: Opened;
  /** Whether polkit has still to say that it may do anything. */
  readonly isStranger: boolean;
  /** Asks for that. @throws WireError when it may not. */
  authorize(): Promise<void>;
  /** Whether it may change something. */
  readonly access: Access;
  /** @throws TslxcError when it has not opened one. */
  connection(): Connection;
  /** One of its own, with which its bonded containers end. */
  ownConnection(): Promise<Connection>;
  open(opened: Opened, access: Access): Promise<void>;
  readonly events: ClientEvents;
}

/** What a client has opened: the driver that it is told of. */
export interface Opened {
  readonly uri: string;
  readonly type: 'LXC' | 'network';
}

/** What answers each procedure of a table. One that is missing does not compile. */
export type Handlers<P extends Procedures> = {
  readonly [Name in keyof P]: (
    call: Call,
    given: ArgumentsOf<P[Name]>,
  ) => ResultOf<P[Name]> | Promise<ResultOf<P[Name]>>;
};

/** What procedures give that give nothing. */
export const done = {};
