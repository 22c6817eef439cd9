/** Taking back what a start has made of the host's network interfaces. */
import { constants } from 'node:os';
import { TslxcError } from '../../errors';
import { native } from '../../host/native';
import { findShaper } from '../../host/kernel/shaper';
import { inEach } from './retained-netns';

/**
 * Removes the host's side of a veth pair, and the device that shapes it. The kernel removes the one too when the container's
 * network namespace dies, but some time later: until then the name would be taken, and the bridge would have a port. The
 * kernel may still be at it afterwards, when the name is free. Nothing happens when it has gone, or another has its name.
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
 * Removes a macvlan, which is in the container's network namespace. With that the kernel does so too, but until then the
 * device below has a user: another can't have it for itself, and none the same address.
 */
export async function removeMacvlan(
  { guest, mac }: { readonly guest: string; readonly mac: string },
  networks: readonly string[],
): Promise<void> {
  await inEach(networks, async (network) => {
    const links = await native().listLinks(network);
    for (const { name, kind, address } of links) {
      // One that is passed through has the address only once init has given it.
      if (kind !== 'macvlan' || (name !== guest && address !== mac)) continue;
      await native().deleteLink(name, network).catch(unlessGone);
    }
  });
}

/** Nothing happens when the device has gone, or has got another address than was `given` to it. */
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
