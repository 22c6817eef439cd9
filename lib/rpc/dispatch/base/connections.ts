/**
 * The library connections that the daemon uses: one shared by all read-write clients, one shared by all read-only clients, as many for
 * each level that their URIs name, and one of its own for each client with bonded containers. Each is opened when it is first needed.
 */
import type { Hardening } from '../../../hardening';
import { connect } from '../../../driver/connection';
import type { Connection } from '../../../driver/connection';
import type { ConnectOptions } from '../../../driver/types';

export type Access = 'read-write' | 'read-only';

export class Connections {
  readonly #options: ConnectOptions;
  readonly #shared = new Map<string, Promise<Connection>>();

  /** `hardening` is for clients whose URI names no level. */
  constructor(options: Pick<ConnectOptions, 'root' | 'logger' | 'hardening'>) {
    this.#options = options;
  }

  /** The connection that all clients with this access, and this level in their URI, share. */
  shared(access: Access, hardening?: Hardening): Promise<Connection> {
    const kind = `${access} ${hardening ?? ''}`;
    const known = this.#shared.get(kind);
    if (known !== undefined) return known;
    const opening = connect('lxc:///', { ...this.#at(hardening), access });
    this.#shared.set(kind, opening);
    // The next client tries again.
    opening.catch(() => this.#shared.delete(kind));
    return opening;
  }

  /** A new connection, which the caller closes. */
  own(hardening?: Hardening): Promise<Connection> {
    return connect('lxc:///', this.#at(hardening));
  }

  #at(hardening: Hardening | undefined): ConnectOptions {
    return hardening === undefined ? this.#options : { ...this.#options, hardening };
  }

  async close(): Promise<void> {
    for (const opening of this.#shared.values()) {
      const connection = await opening.catch(() => undefined);
      await connection?.close();
    }
    this.#shared.clear();
  }
}
