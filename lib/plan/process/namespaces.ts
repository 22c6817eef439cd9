/** Which namespaces the container gets, and which it shares. Pure. */
import type { DomainDefinition, SharedNamespaceKind } from '../../domain/definition';
import { hasPrivateNetwork } from '../../domain/namespaces/shared-namespaces';
import { mountAttributes, namespaceFlags } from '../constants';
import { hasUserNamespace } from './id-map';
import type { Operation } from '../operation';

const { readonly, nosuid, nodev, noexec } = mountAttributes;

/**
 * `host`: no interface and no `<privnet/>`: the host's own, as in libvirt. `private`: its own. `shared`: that
 * of another domain, of a process, or one with a name.
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
  /** Tells that it is still the same when it is opened. */
  readonly inode: bigint;
}

export function sharesNamespace(
  { sharedNamespaces }: DomainDefinition,
  kind: SharedNamespaceKind,
): boolean {
  return sharedNamespaces.some((shared) => shared.kind === kind);
}

/** CLONE_NEW* flags of init. The cgroup namespace comes later: its root is where init is when it is made. */
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
 * The monitor enters what init is to inherit: real root may enter what a container's root may not. After
 * everything else outside, and in libvirt's order.
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

/** Back to where it was, once init exists. */
export function planLeaveShared(facts: readonly NamespaceFact[]): Operation[] {
  return inOrder(facts).map(({ kind }) => ({
    op: 'joinNamespace',
    file: `own:${kind}`,
    kind: namespaceFlags[kind],
  }));
}

/** A sysfs is that of the network namespace that it is made in, which a container's root must own. */
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
