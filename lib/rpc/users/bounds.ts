/**
 * What the clients of one user may have of the daemon together. Every user of the host may connect to look, and a client costs its
 * user nothing: so what all clients of a user take from the others has a bound, and what is beyond it is refused by name. Root's have
 * none.
 */
import { TslxcError } from '../../errors';

/** The bounds of one user other than root. */
export const boundsOfUser = {
  /** Clients at once. */
  clients: 100,
  /** Callbacks for events, of all kinds. */
  callbacks: 1024,
  /** Calls that are under way. */
  calls: 20,
  /** Calls that are begun in one iteration of the event loop, if these milliseconds are not over before. */
  callsInTurn: 10,
  turnMilliseconds: 5,
  /** Bytes of frames that have not come in full, beside one as long as its client may send. */
  unfinishedBytes: 4_194_304,
  /** Milliseconds that a frame may take to come. */
  frameMilliseconds: 30_000,
} as const;

export type BoundsOfUser = { readonly [Name in keyof typeof boundsOfUser]: number };

const noBounds: BoundsOfUser = {
  clients: Infinity,
  callbacks: Infinity,
  calls: Infinity,
  callsInTurn: Infinity,
  turnMilliseconds: Infinity,
  unfinishedBytes: Infinity,
  frameMilliseconds: Infinity,
};

export function boundsOf(uid: number): BoundsOfUser {
  return uid === 0 ? noBounds : boundsOfUser;
}

/** A refusal that says whose bound it is, and which. */
export function beyondBound(uid: number, what: string): TslxcError {
  return new TslxcError(
    'RESOURCE_BUSY',
    `user ${uid} has ${what}, the most of a user other than root`,
  );
}
