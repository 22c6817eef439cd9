/** The calls of the addon for local sockets, by descriptor: unix(7). Decides nothing. */

/** The process at the other end of a socket when it connected. */
export interface PeerCredentials {
  readonly pid: number;
  readonly uid: number;
  readonly gid: number;
}

/** What has come by a socket at once. */
export interface ReceivedBytes {
  /** Empty when no more will come. */
  readonly bytes: Buffer;
  /** That have come with the last of the bytes: O_CLOEXEC, and the caller's. */
  readonly descriptors: readonly number[];
}

/** What is watched by the event loop: a value of the addon's. */
export type ReadableWatch = object & { readonly watches: 'readable' };

export interface SocketCalls {
  /** SO_PEERCRED. */
  peerCredentials(socket: number): PeerCredentials;
  /** One byte with a descriptor (SCM_RIGHTS), without waiting; false when the socket is full, and nothing has been sent. */
  sendDescriptor(socket: number, descriptor: number): boolean;
  /** Up to 64 KiB of what is there, without waiting; undefined when there is nothing yet. EMSGSIZE, and they are closed, when more
   *  descriptors have come than `most`, or than this process may have open; or any, while more than 256 are not closed yet that
   *  `closeElsewhere` has been given. */
  receiveFrom(socket: number, most: number): ReceivedBytes | undefined;
  /** Closes what has come from other processes, in other threads: close(2) waits for whoever serves the file, as with FUSE. Some may
   *  be open for a while, and for ever where that does not answer. What is not open is left alone. */
  closeElsewhere(descriptors: readonly number[]): void;
  /** Calls `onReadable` whenever there is something to read at a descriptor, or its other end is gone, while the watch is on; it
   *  is off at first. It has a descriptor of its own (F_DUPFD_CLOEXEC) until it is ended. EPERM for what can't be watched, such
   *  as an ordinary file. */
  watchReadable(descriptor: number, onReadable: () => void): ReadableWatch;
  /** EBADF for one that was ended, unless it is ended again. */
  changeWatch(watch: ReadableWatch, state: 'on' | 'off' | 'ended'): void;
}
