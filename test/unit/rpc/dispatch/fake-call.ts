/** The clients of the daemon without a socket, and their calls: for handlers that ask nothing of the client but its connection. */
import type { Connection } from '../../../../lib/index';
import type { Call, ClientState } from '../../../../lib/rpc/dispatch/base/call';
import { ClientEvents } from '../../../../lib/rpc/dispatch/events/client-events';
import type { Peer } from '../../../../lib/rpc/server/peer';
import { User } from '../../../../lib/rpc/users/users';

/** What stands for a function that must not be called. */
export const unused = (): never => {
  throw new Error('this should not have been called');
};

/** A client that may read and write, and gets nothing but answers. */
export function fakePeer(uid: number): Peer {
  return {
    access: 'read-write',
    credentials: { pid: 7, uid, gid: uid, started: '99' },
    callbacks: new User(uid).callbacks,
    notify: unused,
    openStream: unused,
    startKeepalive: unused,
    closeSoon: unused,
  };
}

/** A call of root's that has opened this connection; it brings and gets no descriptors. */
export function callOn(connection: Connection): Call {
  const peer = fakePeer(0);
  const client: ClientState = {
    opened: { uri: 'lxc:///', type: 'LXC' },
    isStranger: false,
    access: 'read-write',
    events: new ClientEvents(peer),
    connection: () => connection,
    authorize: unused,
    ownConnection: unused,
    open: unused,
  };
  const header = { program: 0, version: 1, procedure: 0, type: 0, serial: 1, status: 0 };
  return { header, peer, client, descriptors: [], after: unused, give: unused };
}
