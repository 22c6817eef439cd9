/** What a handler of a procedure gets besides its arguments, and the tables of handlers, whose types derive from the protocol's. */
import type { Hardening } from '../../../hardening';
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
  /** Descriptors that came with the call; they are closed when it is answered. */
  readonly descriptors: readonly number[];
  /** Runs `action` once the answer is on its way. */
  after(action: () => void): void;
  /** Sends descriptors with the answer, and closes them afterwards. */
  give(descriptors: readonly number[]): void;
}

/** The state of one client's connection. */
export interface ClientState {
  /** What the client has opened. @throws TslxcError INTERNAL_ERROR when it has opened nothing. */
  readonly opened: Opened;
  /** Whether polkit still has to authorize the client. */
  readonly isStranger: boolean;
  /** Asks polkit. @throws WireError when polkit refuses. */
  authorize(): Promise<void>;
  /** Whether the client may change something. */
  readonly access: Access;
  /** @throws TslxcError INTERNAL_ERROR when the client has not opened one. */
  connection(): Connection;
  /** A connection of the client's own: its bonded containers (autodestroy) end with it. */
  ownConnection(): Promise<Connection>;
  open(opened: Opened, access: Access): Promise<void>;
  readonly events: ClientEvents;
}

/** What a client has opened: the driver that it is told of. */
export interface Opened {
  readonly uri: string;
  readonly type: 'LXC' | 'network';
  /** The level of domains that set none, if the client's URI names one. */
  readonly hardening?: Hardening;
}

/** The handler of each procedure of a table. A missing one does not compile. */
export type Handlers<P extends Procedures> = {
  readonly [Name in keyof P]: (
    call: Call,
    given: ArgumentsOf<P[Name]>,
  ) => ResultOf<P[Name]> | Promise<ResultOf<P[Name]>>;
};

/** The result of procedures that return nothing. */
export const done = {};
