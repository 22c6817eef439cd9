/** What the code that answers a client's calls sees of the client, and what the server sees of that code. */
import type { Duplex } from 'node:stream';
import type { ErrorReply, Header } from '../protocol/values';
import type { Quota } from '../users/quota';
import type { XdrReader } from '../xdr/reader';
import type { WriteBody } from './message';

/** Who is at the other end of a socket, according to the kernel: unix(7), SO_PEERCRED. */
export interface Credentials {
  readonly pid: number;
  readonly uid: number;
  readonly gid: number;
  /** Start time of the process, in the kernel's clock ticks: together with the pid it identifies the process (proc_pid_stat(5)). */
  readonly started: string;
}

/** A message that answers no call, such as an event. */
export interface Notification {
  readonly program: number;
  readonly version: number;
  readonly procedure: number;
  readonly body: WriteBody;
}

/** One client of the server. */
export interface Peer {
  /** What the socket that it connected to allows. */
  readonly access: 'read-write' | 'read-only';
  readonly credentials: Credentials;
  /** The callbacks for events that all clients of this user have. */
  readonly callbacks: Quota;
  /** Sends a message that answers no call. */
  notify(notification: Notification): void;
  /** Carries bytes both ways between the client and `stream`, under the serial number of the call that opened it. */
  openStream(call: Header, stream: Duplex): void;
  /** From now on the client is pinged when it has been silent for a while, and has to answer. */
  startKeepalive(): void;
  /** Closes the connection once everything that is queued has been sent. */
  closeSoon(): void;
}

/** The answer to a call: what writes its body, and what is done once it is on its way. */
export interface Answer {
  readonly body: WriteBody;
  /** Descriptors that are sent with it, and closed afterwards. */
  readonly descriptors?: readonly number[];
  readonly after?: () => void;
}

/** Answers the calls of one client. */
export interface Conversation {
  /** Whether calls may bring descriptors; if not, none is ever received into this process. */
  readonly takesDescriptors: boolean;
  /** Whether polkit has not allowed the client anything yet: there are few such clients at once, and their frames are short. */
  readonly isStranger: boolean;
  /** `errorOf` turns a rejection into an error reply. `descriptors` came with the call, and are closed when it is answered. */
  answer(call: Header, body: XdrReader, descriptors: readonly number[]): Promise<Answer>;
  errorOf(error: unknown, call: Header): ErrorReply;
  /** The client is gone. */
  close(): Promise<void>;
}
