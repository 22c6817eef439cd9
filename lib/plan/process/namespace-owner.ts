/**
 * Who owns a container's user namespace on the host. The kernel limits for each user how many signals may be pending, how many
 * namespaces, inotify instances, fanotify groups and bytes of message queues there are. What is inside a user namespace counts for its
 * owner too, the effective user of the process that has made it; if that were the host's root, one container could take all that
 * the host's root has. Pure.
 */
import type { DomainDefinition } from '../../domain/definition';
import { hostId } from './id-map';

/** From here on no account has an id: systemd's "Users, Groups, UIDs and GIDs" calls them unusable, since some programs take them for negative. */
const beyondAccounts = 0x8000_0000;

/**
 * One for each id of a container's root, and that of no account: in the host's own namespaces, the owner has all capabilities in the
 * container's. 0, which is the host's root, without a user namespace.
 */
export function namespaceOwner({ idMap }: Pick<DomainDefinition, 'idMap'>): number {
  const root = hostId(idMap?.uids ?? [], 0);
  return root === undefined ? 0 : (root | beyondAccounts) >>> 0;
}
