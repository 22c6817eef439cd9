/** DomainSnapshots: the snapshots of one domain. As Domain it holds no state of its own; what a caller has to know stands here. */
import type { Identity } from '../../host/state/definition-store';
import { Session } from '../session/session';
import { createSnapshot } from './create';
import { currentSnapshot, listSnapshots, setCurrentSnapshot, snapshotXml } from './inspect';
import { removeSnapshot } from './remove';
import { revertToSnapshot } from './revert';
import type { SnapshotInfo, SnapshotOptions, SnapshotRemoval, TreeCopyOptions } from './types';

/**
 * The snapshots of a domain: what was in its own trees, and its definition, at some time. Its own trees are its root, where that is a
 * directory that it may write to, and the writable layers of its `<tslxc:overlay>`; directories of the host that it mounts besides,
 * images and devices are none. A snapshot takes no more room than what differs where the file system shares blocks (btrfs, xfs and
 * others), else that of a whole copy.
 *
 * Each change happens or does not, also when this process is killed meanwhile. It comes from `Domain.snapshots`.
 *
 * Every method may throw ACCESS_DENIED when the process is not root with CAP_SYS_ADMIN, NO_DOMAIN when the domain is
 * gone or another one has its name, and OPERATION_INVALID when the connection is closed. Methods that change
 * something throw OPERATION_DENIED on a read-only connection.
 *
 * @example
 * await domain.snapshots.create({ name: 'before-upgrade' });
 * await domain.start();
 * await domain.destroy();
 * await domain.snapshots.revert('before-upgrade');
 */
export class DomainSnapshots {
  readonly #session: Session;
  readonly #identity: Identity;

  private constructor(session: Session, identity: Identity) {
    if (!(session instanceof Session)) throw new TypeError('they come from a Domain');
    this.#session = session;
    this.#identity = identity;
  }

  /** @internal They come from a Domain. */
  static of(session: Session, identity: Identity): DomainSnapshots {
    return new DomainSnapshots(session, identity);
  }

  /**
   * All of them, in the order in which they were made.
   *
   * @throws TslxcError ACCESS_DENIED without root, NO_DOMAIN when the domain is gone, OPERATION_INVALID when the
   * connection is closed.
   * @see virDomainListAllSnapshots, `virsh snapshot-list`
   */
  async list(): Promise<SnapshotInfo[]> {
    this.#session.requireAccess('read', 'DomainSnapshots.list');
    return listSnapshots(this.#session, this.#identity);
  }

  /**
   * The one that was made or reverted to last, which is the parent of the next; undefined when there is none.
   *
   * @throws TslxcError ACCESS_DENIED without root, NO_DOMAIN when the domain is gone, OPERATION_INVALID when the
   * connection is closed.
   * @see virDomainSnapshotCurrent, `virsh snapshot-current`
   */
  async current(): Promise<SnapshotInfo | undefined> {
    this.#session.requireAccess('read', 'DomainSnapshots.current');
    return currentSnapshot(this.#session, this.#identity);
  }

  /**
   * Makes another one the current one. Nothing else changes.
   *
   * @param name - of a snapshot
   * @throws TslxcError NO_DOMAIN_SNAPSHOT when there is none of that name.
   * @throws TslxcError ACCESS_DENIED without root, NO_DOMAIN when the domain is gone, OPERATION_INVALID when the
   * connection is closed, OPERATION_DENIED on a read-only one.
   * @see `virsh snapshot-current DOMAIN NAME`
   */
  async setCurrent(name: string): Promise<void> {
    this.#session.requireAccess('write', 'DomainSnapshots.setCurrent');
    await setCurrentSnapshot(this.#session, this.#identity, name);
  }

  /**
   * One as XML, `<domainsnapshot>` of libvirt, with the definition that the domain had then.
   *
   * @param name - of a snapshot
   * @throws TslxcError NO_DOMAIN_SNAPSHOT when there is none of that name.
   * @throws TslxcError ACCESS_DENIED without root, NO_DOMAIN when the domain is gone, OPERATION_INVALID when the
   * connection is closed.
   * @see virDomainSnapshotGetXMLDesc, `virsh snapshot-dumpxml`
   */
  async xml(name: string): Promise<string> {
    this.#session.requireAccess('read', 'DomainSnapshots.xml');
    return snapshotXml(this.#session, this.#identity, name);
  }

  /**
   * Makes one of a domain that is off or paused. It is on the disk when this resolves, and current. What was in the memory of a
   * paused container is not kept: its files are as after a loss of power.
   *
   * @param options - `name`: by default the second in which it is made; `description`; `onProgress`; `signal`
   * @returns what is known of it
   * @throws TslxcError OPERATION_INVALID while the container runs, for a transient domain, for a name that another snapshot has, and
   * when something lies where it would be kept; XML_DETAIL for a name with a slash, with a dot at its beginning, or too long;
   * RESOURCE_BUSY when another domain runs that writes to a tree of this one; OPERATION_UNSUPPORTED for a tree in which something is
   * mounted; OPERATION_ABORTED when `signal` has fired; OPERATION_TIMEOUT for a path that does not answer.
   * @throws DefinitionError CONFIG_UNSUPPORTED, with `element`, `line` and `column`, for a domain without a tree of its own, whose root
   * is an image, or one of whose trees is a mount point.
   * @throws SyscallError ENOSPC and the like, with `path`. After every error nothing is left of it.
   * @throws TslxcError ACCESS_DENIED without root, NO_DOMAIN when the domain is gone, OPERATION_INVALID when the
   * connection is closed, OPERATION_DENIED on a read-only one.
   * @see virDomainSnapshotCreateXML, `virsh snapshot-create-as`
   */
  async create(options: SnapshotOptions = {}): Promise<SnapshotInfo> {
    this.#session.requireAccess('write', 'DomainSnapshots.create');
    return createSnapshot(this.#session, this.#identity, options);
  }

  /**
   * Puts the trees and the definition of a domain that is off back as they were. What it has now is gone then, unless a snapshot has
   * it. The domain keeps its name.
   *
   * @param name - of a snapshot
   * @param options - `onProgress`; `signal`
   * @throws TslxcError NO_DOMAIN_SNAPSHOT when there is none of that name; OPERATION_INVALID when the domain is active, and for a tree
   * that is a mount point by now; RESOURCE_BUSY when another domain runs that writes to a tree of this one; OPERATION_ABORTED when
   * `signal` has fired.
   * @throws SyscallError ENOSPC and the like, with `path`. After every error the domain is as it was.
   * @throws TslxcError ACCESS_DENIED without root, NO_DOMAIN when the domain is gone, OPERATION_INVALID when the
   * connection is closed, OPERATION_DENIED on a read-only one.
   * @see virDomainRevertToSnapshot, `virsh snapshot-revert`
   */
  async revert(name: string, options: TreeCopyOptions = {}): Promise<void> {
    this.#session.requireAccess('write', 'DomainSnapshots.revert');
    await revertToSnapshot(this.#session, this.#identity, { snapshot: name, options });
  }

  /**
   * Removes one, with its files. Those that descend from it become children of its parent.
   *
   * @param name - of a snapshot
   * @param removal - `children`: `keep` by default; `files`: `remove` by default
   * @throws TslxcError NO_DOMAIN_SNAPSHOT when there is none of that name.
   * @throws SyscallError EBUSY and the like, with `path`: the snapshot is gone all the same, and the next change removes what is left.
   * @throws TslxcError ACCESS_DENIED without root, NO_DOMAIN when the domain is gone, OPERATION_INVALID when the
   * connection is closed, OPERATION_DENIED on a read-only one.
   * @see virDomainSnapshotDelete, `virsh snapshot-delete`
   */
  async remove(name: string, removal: SnapshotRemoval = {}): Promise<void> {
    this.#session.requireAccess('write', 'DomainSnapshots.remove');
    await removeSnapshot(this.#session, this.#identity, { snapshot: name, removal });
  }
}
