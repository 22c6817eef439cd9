/** Volumes: the public class. What a caller has to know is documented here. */
import { checkCalls, type CallsOf } from '../../shape/arguments';
import { Session } from '../session/session';
import { volumesCalls } from './calls';
import type { VolumeInfo } from './types';
import { createNamed, listNamed, lookUpNamed, pruneNamed, removeNamed } from './verbs';

/**
 * Volumes by their names alone, as docker has them: folders for what containers keep. They are those of the storage pool `volumes`, an ordinary
 * pool that the first of them makes in `/var/lib/tslxc/volumes`, and that is started with the host; a pool of that name that is there
 * before is taken as it is.
 *
 * Every method may throw ACCESS_DENIED when the process is not root with CAP_SYS_ADMIN, and OPERATION_INVALID when the connection is
 * closed or the pool was stopped; methods that change something throw OPERATION_DENIED on a read-only connection.
 *
 * @example
 * await connection.createFromImage('postgres', {
 *   mounts: [{ type: 'volume', volume: 'data', target: '/var/lib/postgresql' }],
 * });
 */
export class Volumes {
  readonly #session: Session;

  private constructor(session: Session) {
    if (!(session instanceof Session))
      throw new TypeError('a Volumes comes from Connection.volumes');
    this.#session = session;
  }

  /** @internal They come from `Connection.volumes`. */
  static of(session: Session): Volumes {
    return new Volumes(session);
  }

  /**
   * Makes an empty volume. One that is there stays as it is, as with docker. The first container from an image that has it fills it with what
   * the image has at its place.
   *
   * @param name - letters, digits, `_`, `.` and `-`, with a letter or a digit as the first; 255 at most
   * @throws TslxcError INVALID_ARG for what can't be such a name; CONFIG_UNSUPPORTED if the pool is a volume group.
   * @throws SyscallError, such as ENOSPC, with `step` and `path`.
   */
  async create(name: string): Promise<VolumeInfo> {
    this.#session.requireAccess('write', 'Volumes.create');
    return await createNamed(this.#session, name);
  }

  /**
   * All volumes, by name.
   *
   * @throws SyscallError when they can't be read.
   */
  async list(): Promise<VolumeInfo[]> {
    this.#session.requireAccess('read', 'Volumes.list');
    return await listNamed(this.#session);
  }

  /**
   * The volume of that name.
   *
   * @throws TslxcError NO_STORAGE_VOL when there is none.
   */
  async lookup(name: string): Promise<VolumeInfo> {
    this.#session.requireAccess('read', 'Volumes.lookup');
    return await lookUpNamed(this.#session, name);
  }

  /**
   * Removes a volume with everything in it.
   *
   * @throws TslxcError NO_STORAGE_VOL when there is none; RESOURCE_BUSY, with `domain`, when a stored or running domain has it;
   * OPERATION_FAILED when the definition of a domain can't be read, which may have it; OPERATION_INVALID when something is mounted in it:
   * nothing has been removed then.
   */
  async remove(name: string): Promise<void> {
    this.#session.requireAccess('write', 'Volumes.remove');
    await removeNamed(this.#session, name);
  }

  /**
   * Removes all volumes that no stored or running domain has, with everything in them. One that can't be removed does not keep the others.
   *
   * @returns those that it has removed
   * @throws as `remove`, once the others are removed.
   */
  async prune(): Promise<VolumeInfo[]> {
    this.#session.requireAccess('write', 'Volumes.prune');
    return await pruneNamed(this.#session);
  }
}

checkCalls('Volumes', Volumes.prototype, volumesCalls satisfies CallsOf<Volumes>);
