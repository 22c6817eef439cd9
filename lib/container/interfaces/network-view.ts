/** What the kernel says of network interfaces: of the host's, and of a container's, seen from its own namespace. */
import { closeSync, openSync } from 'node:fs';
import { hostSideMac } from '../../domain/interface/mac-address';
import { native } from '../../host/native';
import type { Link, LinkAddress, Neighbour } from '../../host/native';
import { isInitOf } from '../init/init-process';
import { listeningInside } from './listening-ports';
import type { LinkRecord, RunningRecord } from '../record/run-state';
import { unlessEnded } from '../../host/state/file-error';

/** The interfaces of one network namespace, and their addresses. */
export interface NetworkView {
  readonly links: readonly Link[];
  readonly addresses: readonly LinkAddress[];
}

/** The functions of the same names, for the driver. */
export interface NetworkViews {
  readonly hostLinks: typeof hostLinks;
  readonly hostNeighbours: typeof hostNeighbours;
  readonly networkInside: typeof networkInside;
  readonly listeningInside: typeof listeningInside;
  readonly setHostLink: typeof setHostLink;
  readonly setLinkInside: typeof setLinkInside;
}

export const networkViews: NetworkViews = {
  hostLinks,
  hostNeighbours,
  networkInside,
  listeningInside,
  setHostLink,
  setLinkInside,
};

function hostLinks(): Promise<readonly Link[]> {
  return native().listLinks();
}

function hostNeighbours(): Promise<readonly Neighbour[]> {
  return native().listNeighbours();
}

/** Undefined when the container has ended. */
function networkInside(running: RunningRecord): Promise<NetworkView | undefined> {
  return inNamespace(running, async (namespace) => {
    const links = await native().listLinks(namespace);
    return { links, addresses: await native().listAddresses(namespace) };
  });
}

/** Sets the host's side of a veth pair up or down: inside, the carrier comes or goes. */
async function setHostLink(host: string, state: 'up' | 'down'): Promise<void> {
  await native().changeLink(host, { state });
}

/** Sets an interface inside up or down; undefined when it no longer exists. */
function setLinkInside(
  running: RunningRecord,
  record: LinkRecord,
  state: 'up' | 'down',
): Promise<'set' | undefined> {
  return inNamespace(running, async (namespace) => {
    const link = guestSide(await native().listLinks(namespace), record);
    if (link === undefined) return undefined;
    if (link.up !== (state === 'up')) await native().changeLink(link.name, { state }, namespace);
    return 'set';
  });
}

/**
 * Runs `action` with the container's network namespace, whose descriptor is not kept any longer, since it would keep
 * the namespace alive.
 */
async function inNamespace<T>(
  running: RunningRecord,
  action: (namespace: number) => Promise<T>,
): Promise<T | undefined> {
  const namespace = openNamespace(running);
  if (namespace === undefined) return undefined;
  try {
    return await action(namespace);
  } finally {
    closeSync(namespace);
  }
}

function openNamespace(running: RunningRecord): number | undefined {
  const path = `/proc/${String(running.init)}/ns/net`;
  const namespace = unlessEnded(() => openSync(path, 'r'), 'look at the interfaces of a container');
  if (namespace === undefined) return undefined;
  // Checked once it is open: the pid could have been reused before.
  if (isInitOf(running)) return namespace;
  closeSync(namespace);
  return undefined;
}

/**
 * The interface of a record among those on the host, where only a veth pair has a side while the container runs. If
 * root inside has deleted it, another container may have its name: the MAC address must match as well.
 */
export function hostSide(links: readonly Link[], { host, mac }: LinkRecord): Link | undefined {
  if (host === undefined || mac === '') return undefined;
  const address = hostSideMac(mac);
  return links.find(
    (link) => link.kind === 'veth' && link.name === host && link.address === address,
  );
}

/** The same among those inside, where it may have been given another name. */
export function guestSide(links: readonly Link[], { guest, mac }: LinkRecord): Link | undefined {
  const named = links.find(({ name }) => name === guest);
  return named ?? links.find(({ address }) => mac !== '' && address === mac);
}
