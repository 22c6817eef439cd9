/**
 * The connections that the daemon works by: one for all clients that may change something, one for those that may only look, and
 * for a client with bonded containers one of its own. Each is opened when it is first needed.
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

  /** That of all clients with this access. */
  shared(access: Access): Promise<Connection> {
    const known = this.#shared.get(access);
    if (known !== undefined) return known;
    const opening = connect('lxc:///', { ...this.#options, access });
    this.#shared.set(access, opening);
    // The next client tries again.
    opening.catch(() => this.#shared.delete(access));
    return opening;
  }

  /** One of its own, which whoever asks for it closes. */
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
