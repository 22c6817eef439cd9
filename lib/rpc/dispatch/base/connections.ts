/**
 * The library connections that the daemon uses: one shared by all read-write clients, one shared by all read-only clients, and
 * one of its own for each client with bonded containers. Each is opened when it is first needed.
 */
import { connect } from '../../../driver/connection';
import type { Connection } from '../../../driver/connection';
import type { ConnectOptions } from '../../../driver/types';

export type Access = 'read-write' | 'read-only';

export class Connections {
  readonly #options: ConnectOptions;
  readonly #shared = new Map<Access, Promise<Connection>>();

  constructor(options: Pick<ConnectOptions, 'root' | 'logger'>) {
    this.#options = options;
  }

  /** The connection that all clients with this access share. */
  shared(access: Access): Promise<Connection> {
    const known = this.#shared.get(access);
    if (known !== undefined) return known;
    const opening = connect('lxc:///', { ...this.#options, access });
    this.#shared.set(access, opening);
    // The next client tries again.
    opening.catch(() => this.#shared.delete(access));
    return opening;
  }

  /** A new connection, which the caller closes. */
  own(): Promise<Connection> {
    return connect('lxc:///', this.#options);
  }

  async close(): Promise<void> {
    for (const opening of this.#shared.values()) {
      const connection = await opening.catch(() => undefined);
      await connection?.close();
    }
    this.#shared.clear();
  }
}
