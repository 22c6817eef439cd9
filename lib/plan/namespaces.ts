/** Which namespaces the container gets, and which it shares. Pure. */
import type { DomainDefinition } from '../domain/definition';
import { namespaceFlags } from './constants';
import { hasUserNamespace } from './id-map';
import type { Operation } from './operation';

/**
 * `host`: no interface and no `<privnet/>`: the host's own, as in libvirt. `private`: its own.
 */
export type NetworkMode = 'host' | 'private';

export function networkMode({ features }: DomainDefinition): NetworkMode {
  return features.privateNetwork ? 'private' : 'host';
}

/** CLONE_NEW* flags of init. The cgroup namespace comes later: its root is where init is when it is made. */
export function initNamespaces(definition: DomainDefinition): number {
  const { mount, pid, uts, ipc, net, user } = namespaceFlags;
  return (
    mount |
    pid |
    uts |
    ipc |
    (networkMode(definition) === 'private' ? net : 0) |
    (hasUserNamespace(definition) ? user : 0)
  );
}

/** What a network namespace of its own needs to be of use: a new one has `lo`, down. */
export function planNetwork(definition: DomainDefinition): Operation[] {
  return networkMode(definition) === 'private' ? [{ op: 'setLinkUp', name: 'lo' }] : [];
}
