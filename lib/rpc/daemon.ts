/**
 * The daemon: libvirt's remote protocol on sockets of this host, answered by the library. The daemon is just another caller of
 * the library: containers outlive it, and its clients see as events what other processes do.
 */
import { join } from 'node:path';
import { DaemonHooks } from '../driver/hooks/daemon-hooks';
import { checkPrivileged, readPrivilege } from '../driver/session/access';
import type { Hardening } from '../hardening';
import type { Logger } from '../host/logger';
import { present } from '../present';
import { statePaths } from '../host/state/state-paths';
import { Connections } from './dispatch/base/connections';
import { checkPolkit, polkit } from './dispatch/connect/authority';
import { DaemonConversation } from './dispatch/conversation';
import { EventHub } from './dispatch/events/event-hub';
import { ServedPrograms } from './dispatch/programs';
import { Refusal } from './dispatch/refusal';
import { NameService } from './name-service/name-service';
import type { Activity } from './server/client';
import { Server } from './server/server';
import { checkUnused, handedOver } from './server/sockets';
import type { SocketPlace } from './server/sockets';

export interface DaemonOptions {
  /** The root whose domains and networks are served: an absolute path. */
  readonly root: string;
  readonly logger: Logger;
  /** Also listens where libvirt's clients look for libvirt's own daemons, and tells libnss-libvirt the names of containers. */
  readonly libvirt?: boolean;
  /** Milliseconds without a client after which the daemon ends. Default: it never does. */
  readonly timeout?: number;
  /** The level of domains that set none, for clients whose URI names none. Default: as with `connect`. */
  readonly hardening?: Hardening;
  /** Every user may connect, and polkit decides who other than root gets read-write or read-only access. */
  readonly polkit?: boolean;
  /** Told of the daemon's work, beginning with its start. */
  readonly activity?: Activity;
  /** The environment, in which systemd announces the sockets that it passes; those variables are removed from it. */
  readonly environment: Record<string, string | undefined>;
}

/** Where libvirt's clients look for its daemons: the folder, and the socket of each daemon. */
const libvirtFolder = '/run/libvirt';
const libvirtSockets = ['virtlxcd-sock', 'virtnetworkd-sock'] as const;
const libvirtHolder = 'a daemon of libvirt';

/** Where a libvirtd listens that is one daemon for all drivers. Its clients look for those above first. */
const monolithic = { path: join(libvirtFolder, 'libvirt-sock'), holder: libvirtHolder } as const;

export class Daemon {
  readonly #server: Server;
  readonly #connections: Connections;
  readonly #hooks: DaemonHooks;
  /** Resolves when it has ended: by `close`, or because there were no clients for `timeout`. */
  readonly ended: Promise<void>;
  readonly #timeout: number | undefined;
  #end: () => void = () => undefined;
  #idle: NodeJS.Timeout | undefined;
  /** What stands for libvirt tells libnss-libvirt the names of containers as well. */
  #names: NameService | undefined;
  #closing: Promise<void> | undefined;

  private constructor({ root, logger, timeout, polkit: asks, activity, ...rest }: DaemonOptions) {
    this.#connections = new Connections({
      root,
      logger,
      ...present({ hardening: rest.hardening }),
    });
    this.#hooks = new DaemonHooks({ paths: statePaths(root), logger });
    const connections = this.#connections;
    const hub = new EventHub({ connection: () => connections.shared('read-only'), logger });
    const served = new ServedPrograms(hub);
    const authority = asks === true ? polkit : undefined;
    this.#server = new Server({
      converse: (peer) => new DaemonConversation(peer, { connections, hub, served, authority }),
      refuse: (peer, reason) => new Refusal(peer, reason),
      activity,
      logger,
      onBusy: (state) => (state === 'busy' ? clearTimeout(this.#idle) : this.#awaitClients()),
    });
    this.#timeout = timeout;
    this.ended = new Promise((resolve) => {
      this.#end = resolve;
    });
  }

  /**
   * Resolves when clients can connect, which is after the hook has been told of the start.
   *
   * @throws TslxcError ACCESS_DENIED without root; OPERATION_INVALID when another daemon listens at one of the sockets, or,
   * with `libvirt`, a libvirtd at its own; OPERATION_UNSUPPORTED when polkit is to be asked, and is not installed.
   */
  static async start(options: DaemonOptions): Promise<Daemon> {
    checkPrivileged(readPrivilege());
    if (options.polkit === true) checkPolkit();
    const daemon = new Daemon(options);
    // A problem with the root is reported now, and not to the first client.
    await daemon.#connections.shared('read-write');
    const given = handedOver(options.environment);
    const own = given.length === 0 ? ownPlaces(options) : [];
    const places = [...own, ...(options.libvirt === true ? libvirtPlaces(options) : [])];
    if (options.libvirt === true) await checkUnused(monolithic);
    // The hook is not told of a daemon that only finds another one.
    for (const place of places) await checkUnused(place);
    await daemon.#hooks.call('start');
    await daemon.#server.listenAt(places);
    await daemon.#server.listenOn(given);
    daemon.#awaitClients();
    if (options.libvirt === true) await daemon.#tellNames(options);
    options.activity?.touch();
    return daemon;
  }

  /** Tells the hook that the daemon was told to reload. It keeps nothing that could be out of date. */
  async reload(): Promise<void> {
    await this.#hooks.call('reload');
  }

  /**
   * Takes no more clients, and disconnects the present ones; then the hook is told. Containers keep running, except those that end with
   * their client (autodestroy). Once, however often it is called.
   */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    clearTimeout(this.#idle);
    await this.#server.close();
    await this.#names?.[Symbol.asyncDispose]();
    await this.#hooks.call('shutdown');
    await this.#connections.close();
    this.#end();
  }

  async #tellNames({ root, logger }: DaemonOptions): Promise<void> {
    const connection = await this.#connections.shared('read-only');
    const leases = join(statePaths(root).library, 'dnsmasq');
    this.#names = NameService.start({ connection, leases, logger });
  }

  #awaitClients(): void {
    if (this.#timeout === undefined) return;
    clearTimeout(this.#idle);
    this.#idle = setTimeout(() => void this.close(), this.#timeout);
  }
}

function ownPlaces(options: DaemonOptions): SocketPlace[] {
  const { run } = statePaths(options.root);
  const holder = 'another tslxc daemon';
  return pair({ path: join(run, 'tslxc-sock'), holder }, options);
}

function libvirtPlaces(options: DaemonOptions): SocketPlace[] {
  return libvirtSockets.flatMap((name) =>
    pair({ path: join(libvirtFolder, name), holder: libvirtHolder }, options),
  );
}

/** The read-write socket, and the read-only socket. */
function pair(
  { path, holder }: Pick<SocketPlace, 'path' | 'holder'>,
  { polkit: asks }: DaemonOptions,
): SocketPlace[] {
  const open = asks === true ? 'everybody' : 'group';
  return [
    { path, access: 'read-write', open, holder },
    { path: `${path}-ro`, access: 'read-only', open: 'everybody', holder },
  ];
}
