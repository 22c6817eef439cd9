/** The calls of the addon for local sockets, by descriptor: unix(7). Decides nothing. */

/** The process at the other end of a socket when it connected. */
export interface PeerCredentials {
  readonly pid: number;
  readonly uid: number;
  readonly gid: number;
}

export interface SocketCalls {
  /** SO_PEERCRED. */
  peerCredentials(socket: number): PeerCredentials;
  /** One byte with a descriptor (SCM_RIGHTS), without waiting; false when the socket is full, and nothing has been sent. */
  sendDescriptor(socket: number, descriptor: number): boolean;
}
