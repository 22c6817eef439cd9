/** Which interfaces of running containers are plugged into a network, according to the containers' start records. */
import type { LinkRecord } from '../../container/record/run-state';
import { native } from '../../host/native';
import type { Session } from '../session/session';
import { standingStarts } from '../lookup/readable-state';

/** The records of interfaces in this network; those of containers that are being started count too. */
export async function networkLinks(session: Session, network: string): Promise<LinkRecord[]> {
  const starts = await standingStarts(session);
  return [...starts.values()].flatMap(({ links = [] }) =>
    links.filter((link) => link.network === network),
  );
}

/** How many of them are ports of its bridge: interfaces from before a restart of the network are unplugged. */
export async function countConnections(
  session: Session,
  { network, bridge }: { readonly network: string; readonly bridge: string | undefined },
): Promise<number> {
  const recorded = await networkLinks(session, network);
  if (bridge === undefined || recorded.length === 0) return recorded.length;
  const links = await native().listLinks();
  const index = links.find(({ name }) => name === bridge)?.index;
  const ports = new Set(links.filter(({ master }) => master === index).map(({ name }) => name));
  return recorded.filter(({ host }) => host !== undefined && ports.has(host)).length;
}
