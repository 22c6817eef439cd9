/** Undoes what a start has done to the host's network interfaces. */
import { constants } from 'node:os';
import { TslxcError } from '../../errors';
import { native } from '../../host/native';
import { findShaper } from '../../host/kernel/shaper';
import { inEach } from './retained-netns';

/**
 * Removes the host's side of a veth pair, and the device that shapes it. The kernel removes the former, too, when the
 * container's network namespace ends, but some time later: until then its name would be taken, and the bridge would
 * have a port. When this resolves the names are free, though the kernel may still be removing the rest. Does nothing if
 * the link is gone, or another has its name.
 */
export async function removeVeth(name: string, mac: string): Promise<void> {
  const links = await native().listLinks();
  const found = links.find((link) => link.name === name);
  const isOurs = found?.kind === 'veth' && found.address === mac;
  if (isOurs) await native().removeLinkName(name).catch(unlessGone);
  const shaper = findShaper(links, { name, mac });
  if (shaper !== undefined) await native().removeLinkName(shaper.name).catch(unlessGone);
}

/**
 * Removes a macvlan from the container's network namespace. The kernel would remove it with the namespace, but until
 * then the device below is in use: no other macvlan can have it to itself, or have the same address.
 */
export async function removeMacvlan(
  { guest, mac }: { readonly guest: string; readonly mac: string },
  networks: readonly string[],
): Promise<void> {
  await inEach(networks, async (network) => {
    const links = await native().listLinks(network);
    for (const { name, kind, address } of links) {
      // A macvlan in passthrough mode has the address only once init has set it.
      if (kind !== 'macvlan' || (name !== guest && address !== mac)) continue;
      await native().deleteLink(name, network).catch(unlessGone);
    }
  });
}

/**
 * Restores a device's MAC address. Does nothing if the device is gone, or has an address other than `given`, which the
 * start gave to it.
 */
export async function restoreAddress({
  name,
  address,
  given,
}: Readonly<{ name: string; address: string; given: string }>): Promise<void> {
  const links = await native().listLinks();
  if (links.find((link) => link.name === name)?.address !== given) return;
  await native().changeLink(name, { address }).catch(unlessGone);
}

function unlessGone(error: unknown): void {
  if (!TslxcError.is(error) || error.errno !== constants.errno.ENODEV) throw error;
}
