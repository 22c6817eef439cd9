/** The calls of the addon for local sockets, by descriptor: unix(7). Decides nothing. */

/** The process at the other end of a socket when it connected. */
export interface PeerCredentials {
  readonly pid: number;
  readonly uid: number;
  readonly gid: number;
}

/** What one read from a socket returned. */
export interface ReceivedBytes {
  /** Empty when no more will come. */
  readonly bytes: Buffer;
  /** Received with the last of the bytes: O_CLOEXEC, and owned by the caller. */
  readonly descriptors: readonly number[];
}

/** A descriptor that is watched by the event loop: a value that only the addon reads. */
export type ReadableWatch = object & { readonly watches: 'readable' };

export interface SocketCalls {
  /** SO_PEERCRED. */
  peerCredentials(socket: number): PeerCredentials;
  /** Sends one byte with a descriptor (SCM_RIGHTS), without waiting; false if the socket is full, and nothing has been sent. */
  sendDescriptor(socket: number, descriptor: number): boolean;
  /** Sends without waiting: how many of the bytes the kernel has taken, from the first on; 0 if the socket is full. */
  sendTo(socket: number, bytes: Uint8Array): number;
  /** Reads up to 64 KiB, without waiting; undefined if there is nothing yet. EMSGSIZE if more descriptors have come than `most`,
   *  or than this process may have open, or any at all while more than 256 that `closeElsewhere` was given are not closed yet;
   *  none of them is kept. */
  receiveFrom(socket: number, most: number): ReceivedBytes | undefined;
  /** Closes descriptors that came from other processes, in other threads: close(2) waits for the server of the file, as with
   *  FUSE. Some may stay open for a while, or forever if the server does not answer. Those that are not open are left alone. */
  closeElsewhere(descriptors: readonly number[]): void;
  /** Calls `onReadable` whenever there is something to read at a descriptor, or its other end is gone, while the watch is on; it
   *  is off at first. The watch has a descriptor of its own (F_DUPFD_CLOEXEC) until it is ended. EPERM for what can't be watched,
   *  such as an ordinary file. */
  watchReadable(descriptor: number, onReadable: () => void): ReadableWatch;
  /** EBADF for a watch that was ended, unless it is ended again. */
  changeWatch(watch: ReadableWatch, state: 'on' | 'off' | 'ended'): void;
}
