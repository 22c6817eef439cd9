/** Which namespaces the container gets, and which it shares. Pure. */
import type { DomainDefinition, SharedNamespaceKind } from '../../domain/definition';
import { hasPrivateNetwork } from '../../domain/namespaces/shared-namespaces';
import { mountAttributes, namespaceFlags } from '../constants';
import { hasUserNamespace } from './id-map';
import type { Operation } from '../operation';

const { readonly, nosuid, nodev, noexec } = mountAttributes;

/**
 * `host`: the host's network namespace, as in libvirt if there is no interface and no `<privnet/>`. `private`: its own.
 * `shared`: that of another domain or of a process, or a named one.
 */
export type NetworkMode = 'host' | 'private' | 'shared';

export function networkMode(definition: DomainDefinition): NetworkMode {
  if (sharesNamespace(definition, 'net')) return 'shared';
  return hasPrivateNetwork(definition) ? 'private' : 'host';
}

/** A namespace to be shared, as it was found on the host. */
export interface NamespaceFact {
  readonly kind: SharedNamespaceKind;
  readonly path: string;
  /** Checked when the namespace is opened: it must still be the same. */
  readonly inode: bigint;
}

export function sharesNamespace(
  { sharedNamespaces }: DomainDefinition,
  kind: SharedNamespaceKind,
): boolean {
  return sharedNamespaces.some((shared) => shared.kind === kind);
}

/**
 * CLONE_NEW* flags of init. The cgroup namespace is not among them: init makes it once it is in its cgroup, which
 * becomes its root.
 */
export function initNamespaces(definition: DomainDefinition): number {
  const { mount, pid, uts, ipc, net, user } = namespaceFlags;
  return (
    mount |
    pid |
    (sharesNamespace(definition, 'uts') ? 0 : uts) |
    (sharesNamespace(definition, 'ipc') ? 0 : ipc) |
    (networkMode(definition) === 'private' ? net : 0) |
    (hasUserNamespace(definition) ? user : 0)
  );
}

/**
 * The monitor enters the shared namespaces, and init inherits them: the host's root may enter namespaces that the
 * container's root may not. After all other operations outside, and in libvirt's order.
 */
export function planEnterShared(
  definition: DomainDefinition,
  facts: readonly NamespaceFact[],
): Operation[] {
  return inOrder(facts).flatMap(({ kind, path, inode }): Operation[] => [
    { op: 'openNamespace', file: `own:${kind}`, path: `/proc/self/ns/${kind}`, inode: 0n },
    { op: 'openNamespace', file: `shared:${kind}`, path, inode },
    { op: 'joinNamespace', file: `shared:${kind}`, kind: namespaceFlags[kind] },
    ...(kind === 'net' && hasUserNamespace(definition) ? [sharedSys] : []),
  ]);
}

/** The monitor returns to its own namespaces once init exists. */
export function planLeaveShared(facts: readonly NamespaceFact[]): Operation[] {
  return inOrder(facts).map(({ kind }) => ({
    op: 'joinNamespace',
    file: `own:${kind}`,
    kind: namespaceFlags[kind],
  }));
}

/** A sysfs belongs to the network namespace in which it is made. A container's root does not own a shared one. */
const sharedSys: Operation = {
  op: 'makeFilesystem',
  tree: 'sys',
  type: 'sysfs',
  options: ['source=sysfs'],
  attributes: nosuid | nodev | noexec | readonly,
};

function inOrder(facts: readonly NamespaceFact[]): NamespaceFact[] {
  const order: readonly SharedNamespaceKind[] = ['net', 'ipc', 'uts'];
  return order.flatMap((kind) => facts.filter((fact) => fact.kind === kind));
}
