/** What answers a client's calls sees of the client, and what the server sees of it. */
import type { Duplex } from 'node:stream';
import type { ErrorReply, Header } from '../protocol/values';
import type { XdrReader } from '../xdr/reader';
import type { WriteBody } from './message';

/** Who is at the other end of a socket, by the kernel's word: unix(7), SO_PEERCRED. */
export interface Credentials {
  readonly pid: number;
  readonly uid: number;
  readonly gid: number;
  /** When the process has begun, in the kernel's ticks: with its pid, which process it is (proc_pid_stat(5)). */
  readonly started: string;
}

/** A message that nobody has asked for. */
export interface Notification {
  readonly program: number;
  readonly version: number;
  readonly procedure: number;
  readonly body: WriteBody;
}

/** One client of the server. */
export interface Peer {
  /** What the socket allows that it has come by. */
  readonly access: 'read-write' | 'read-only';
  readonly credentials: Credentials;
  /** Sends a message that nobody has asked for. */
  notify(notification: Notification): void;
  /** Carries bytes both ways between the client and `stream`, under the number of the call that asked for it. */
  openStream(call: Header, stream: Duplex): void;
  /** From now on the client has to answer when nothing has come from it for a while. */
  startKeepalive(): void;
  /** Closes the connection when what is to be sent has been. */
  closeSoon(): void;
}

/** The answer to a call: what writes its body, and what is done once it is on its way. */
export interface Answer {
  readonly body: WriteBody;
  /** Descriptors that go with it, which are closed then. */
  readonly descriptors?: readonly number[];
  readonly after?: () => void;
}

/** Answers the calls of one client. */
export interface Conversation {
  /** Whether calls may bring descriptors: of who may not, none is ever opened. */
  readonly takesDescriptors: boolean;
  /** A rejection becomes an error reply by `errorOf`. `descriptors` have come with the call, and are closed when it is answered. */
  answer(call: Header, body: XdrReader, descriptors: readonly number[]): Promise<Answer>;
  errorOf(error: unknown, call: Header): ErrorReply;
  /** The client is gone. */
  close(): Promise<void>;
}
