/** Listens on sockets, and keeps the clients that connect to them, up to a limit. */
import { createServer } from 'node:net';
import type { Server as NetServer, Socket } from 'node:net';
import type { TslxcError } from '../../errors';
import type { Logger } from '../../host/logger';
import { native } from '../../host/native';
import { readPrivileges } from '../../host/security/privileges';
import { Users } from '../users/users';
import type { User } from '../users/users';
import { Admission } from './admission';
import { Attention } from './attention';
import { Client } from './client';
import type { Activity, ClientOptions } from './client';
import {
  closeDescriptors,
  sendAtOnce,
  sendDescriptors,
  socketDescriptor,
} from './descriptors/descriptors';
import type { Conversation, Peer } from './peer';
import { DescriptorRoom } from './descriptors/descriptor-room';
import { isOfThisHost, startOf } from './peer-process';
import { SocketReception } from './reception';
import { accessOf, clearPlace, removeSocket, withMode } from './sockets';
import type { SocketPlace } from './sockets';

export interface ServerOptions {
  /** Makes the conversation that answers a client's calls. */
  readonly converse: (peer: Peer) => Conversation;
  /** Makes the one for a client that is not taken, whose first call is answered by the reason. */
  readonly refuse: (peer: Peer, reason: TslxcError) => Conversation;
  /** Called when the first client connects, and when the last one is gone. */
  readonly onBusy?: (state: 'busy' | 'idle') => void;
  /** Told of clients that come and go, and of what they do. */
  readonly activity?: Activity | undefined;
  readonly logger: Pick<Logger, 'warn'>;
}

export class Server {
  readonly #options: ServerOptions;
  readonly #listening: NetServer[] = [];
  /** Paths of the sockets that this server has created. */
  readonly #made: string[] = [];
  readonly #admission = new Admission<Client>();
  readonly #users = new Users();
  readonly #attention = new Attention();
  readonly #room: DescriptorRoom;

  constructor(options: ServerOptions) {
    this.#options = options;
    this.#room = new DescriptorRoom(Number(readPrivileges().hardLimits['nofile']), options.logger);
  }

  /** Creates sockets, and listens on them. @throws TslxcError OPERATION_INVALID when another process listens there. */
  async listenAt(places: readonly SocketPlace[]): Promise<void> {
    // All of them, or none: no socket is created before every place is free.
    for (const place of places) await clearPlace(place);
    // However this process exits, but for a signal that ends it at once: a socket that no process listens on refuses every client.
    process.once('exit', this.#removeSockets);
    for (const place of places) {
      const server = this.#server(place.access);
      await started(server, () => withMode(place, () => server.listen(place.path)));
      this.#made.push(place.path);
    }
  }

  /** Listens on sockets that another process has created and passed to this one. */
  async listenOn(descriptors: readonly number[]): Promise<void> {
    for (const fd of descriptors) {
      const access = accessOf(fd);
      const server = this.#server(access);
      await started(server, () => server.listen({ fd }));
    }
  }

  /** Takes no more clients, and disconnects the present ones. */
  async close(): Promise<void> {
    for (const server of this.#listening) server.close();
    this.#removeSockets();
    process.off('exit', this.#removeSockets);
    const { clients } = this.#admission;
    for (const client of clients) client.close();
    await Promise.all(clients.map(({ gone }) => gone));
  }

  readonly #removeSockets = (): void => {
    for (const path of this.#made.splice(0)) removeSocket(path);
  };

  #server(access: Peer['access']): NetServer {
    // Node.js must not read it: it would lose the descriptors that come with the bytes.
    const options = { pauseOnConnect: true };
    const server = createServer(options, (socket) => this.#accept(socket, access));
    this.#listening.push(server);
    return server;
  }

  #accept(socket: Socket, access: Peer['access']): void {
    const known = this.#known(socket);
    if (known === undefined) {
      socket.destroy();
      return;
    }
    const user = this.#users.enter(known.credentials.uid);
    const { refusal } = user.clients;
    const client = this.#clientAt(socket, { ...known, access, user, refusal });
    const isTaken = refusal === undefined && this.#admission.take(client);
    if (isTaken) this.#welcome(user);
    else if (refusal !== undefined) this.#admission.turnAway(client);
    else client.close();
    void client.gone.then(() => {
      if (isTaken) this.#part(user);
      this.#admission.leave(client);
      this.#users.leave(client.credentials.uid);
      if (isTaken && this.#admission.count === 0) this.#options.onBusy?.('idle');
    });
  }

  #welcome(user: User): void {
    user.clients.take();
    this.#options.activity?.touch();
    if (this.#admission.count === 1) this.#options.onBusy?.('busy');
  }

  #part(user: User): void {
    user.clients.giveBack();
    this.#options.activity?.touch();
  }

  /**
   * Who has connected. Undefined if there is no place for the client, if it is gone already, or if it is in a container, which may see
   * a socket in a folder that it shares with the host.
   */
  #known(socket: Socket): Known | undefined {
    try {
      const descriptor = socketDescriptor(socket);
      this.#room.note(descriptor);
      const known = native().peerCredentials(descriptor);
      if (!this.#admission.hasPlaceFor(known.uid)) return undefined;
      if (this.#users.isFull(known.uid) && !this.#admission.canTurnAway) return undefined;
      const credentials = { ...known, started: startOf(known.pid) };
      if (!isOfThisHost(credentials.pid)) return undefined;
      return { credentials, reception: new SocketReception(socket) };
    } catch {
      return undefined;
    }
  }

  #clientAt(socket: Socket, { refusal, ...newcomer }: Newcomer): Client {
    const { converse, refuse, activity } = this.#options;
    const answers =
      refusal === undefined
        ? { converse, activity }
        : { converse: (peer: Peer) => refuse(peer, refusal) };
    const actions = { sendAtOnce, sendDescriptors, closeDescriptors };
    return new Client({ socket, attention: this.#attention, ...newcomer, ...answers, ...actions });
  }
}

/** What is known of who has connected, before anything is heard. */
type Known = Pick<ClientOptions, 'credentials' | 'reception'>;

type Newcomer = Known &
  Pick<ClientOptions, 'access' | 'user'> & {
    /** Why it is not taken. */
    readonly refusal: TslxcError | undefined;
  };

function started(server: NetServer, listen: () => void): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.once('listening', () => {
      server.off('error', reject);
      // A client that can't be accepted, as for want of descriptors, must not end the others.
      server.on('error', () => undefined);
      resolve();
    });
    listen();
  });
}
