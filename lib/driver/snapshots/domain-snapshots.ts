/** DomainSnapshots: the snapshots of one domain. Like Domain, it holds no state of its own; what a caller has to know is here. */
import { checkCalls, type CallsOf } from '../../shape/arguments';
import type { Identity } from '../../host/state/definitions/definition-store';
import { Session } from '../session/session';
import { createSnapshot } from './create';
import { currentSnapshot, listSnapshots, setCurrentSnapshot, snapshotXml } from './inspect';
import { removeSnapshot } from './remove';
import { revertToSnapshot } from './revert';
import { snapshotCalls } from './snapshot-calls';
import type { SnapshotInfo, SnapshotOptions, SnapshotRemoval, TreeCopyOptions } from './types';

/**
 * The snapshots of a domain, from `Domain.snapshots`. A snapshot keeps the contents of the domain's own trees, and its definition,
 * at one time. Its own trees are its root, if that is a directory that it may write to, and the writable layers of its
 * `<tslxc:overlay>`; other directories of the host that it mounts, images and devices are not. If the file system shares blocks
 * (btrfs, xfs and others), a snapshot takes only as much space as differs; otherwise it is a full copy.
 *
 * Every change is atomic: it happens completely or not at all, even if this process is killed meanwhile.
 *
 * Every method may throw ACCESS_DENIED when the process is not root with CAP_SYS_ADMIN, NO_DOMAIN when the domain is
 * gone or another one has taken its name, and OPERATION_INVALID when the connection is closed. Methods that change
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
   * All snapshots, in the order in which they were made.
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
   * The current snapshot: the one that was made or reverted to last, which is the parent of the next; undefined when there is none.
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
   * Makes another snapshot the current one. Nothing else changes.
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
   * A snapshot as XML, libvirt's `<domainsnapshot>`, with the definition that the domain had then.
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
   * Makes a snapshot of a domain that is off or paused. When this resolves, it is on the disk, and is the current one. What was in
   * the memory of a paused container is not kept: its files are as after a power failure.
   *
   * @param options - `name`: by default the current time in seconds since the epoch; `description`; `onProgress`; `signal`
   * @returns the new snapshot
   * @throws TslxcError OPERATION_INVALID while the container runs, for a transient domain, for a name that another snapshot has, and
   * when something already exists where it would be kept; XML_DETAIL for a name with a slash, with a dot at its beginning, or too
   * long; RESOURCE_BUSY when another running domain writes to one of its trees; OPERATION_UNSUPPORTED for a tree in which something
   * is mounted; OPERATION_ABORTED when `signal` has fired; OPERATION_TIMEOUT for a path that does not answer.
   * @throws DefinitionError CONFIG_UNSUPPORTED, with `element`, `line` and `column`, for a domain without a tree of its own, whose root
   * is an image, or one of whose trees is a mount point.
   * @throws TslxcError CONFIG_UNSUPPORTED, with `path`, if it has ids of its own and other users of the host could reach the copy.
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
   * Restores the trees and the definition of a domain that is off from a snapshot. The current ones are lost, unless another snapshot
   * has them. The domain keeps its name.
   *
   * @param name - of a snapshot
   * @param options - `onProgress`; `signal`
   * @throws TslxcError NO_DOMAIN_SNAPSHOT when there is none of that name; OPERATION_INVALID when the domain is active, and for a tree
   * that has become a mount point; RESOURCE_BUSY when another running domain writes to one of its trees; OPERATION_ABORTED when
   * `signal` has fired.
   * @throws TslxcError CONFIG_UNSUPPORTED, with `path`, if it has ids of its own and other users of the host could reach the copy.
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
   * Removes a snapshot, with its files. Its children become children of its parent.
   *
   * @param name - of a snapshot
   * @param removal - `children`: `keep` by default; `files`: `remove` by default
   * @throws TslxcError NO_DOMAIN_SNAPSHOT when there is none of that name.
   * @throws SyscallError EBUSY and the like, with `path`; the snapshot is gone all the same, and the next change removes the rest.
   * @throws TslxcError ACCESS_DENIED without root, NO_DOMAIN when the domain is gone, OPERATION_INVALID when the
   * connection is closed, OPERATION_DENIED on a read-only one.
   * @see virDomainSnapshotDelete, `virsh snapshot-delete`
   */
  async remove(name: string, removal: SnapshotRemoval = {}): Promise<void> {
    this.#session.requireAccess('write', 'DomainSnapshots.remove');
    await removeSnapshot(this.#session, this.#identity, { snapshot: name, removal });
  }
}

checkCalls(
  'DomainSnapshots',
  DomainSnapshots.prototype,
  snapshotCalls satisfies CallsOf<DomainSnapshots>,
);
