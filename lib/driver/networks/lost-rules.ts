/**
 * Rules of the interfaces of running containers that another program has removed, as `nft flush ruleset` does when Debian's
 * nftables.service is reloaded: the filters, and the ports of the host. They are found by the tables that the records of the starts
 * name, and made again from the definitions that run.
 */
import { linkFilter } from '../../container/interfaces/tables/link-filter';
import { linkTables, type LinkTable } from '../../container/interfaces/tables/link-tables';
import { lostOf } from '../../container/interfaces/tables/lost-tables';
import type { LinkForwards } from '../../container/interfaces/port/forward-rules';
import type { StartRecord } from '../../container/record/run-state';
import type { InterfaceDefinition } from '../../domain/interface/definition';
import type { NetworkDefinition } from '../../network/definition/definition';
import { readableStates, readStateOrSkip } from '../lookup/readable-state';
import type { Session } from '../session/session';
import { portFacts, type PortFacts } from './port-facts';

/** A table that is gone, of a running container. */
interface Lost extends LinkTable {
  readonly domain: string;
}

const step = 'look for the rules of interfaces';

/** The looks in progress: many networks that are looked at at once need only one. */
const looks = new WeakMap<Session, Promise<readonly Lost[]>>();

/** What the containers in this network lack. Where it is unknown, that is logged, and no network and no start fails for it. */
export async function lostRules(session: Session, network: string): Promise<readonly Lost[]> {
  const look = looks.get(session) ?? lookForAll(session).finally(() => looks.delete(session));
  looks.set(session, look);
  return (await look).filter((lost) => lost.network === network);
}

/** What an interface of this start lacks; without `mac`, each of them. @throws as `lostOf`. */
export async function lostTables(
  session: Session,
  start: StartRecord,
  which: { readonly mac?: string } = {},
): Promise<readonly LinkTable[]> {
  const { mac: wanted } = which;
  const tables = linkTables(start).filter(({ mac }) => wanted === undefined || mac === wanted);
  return lostOf(tables, () => session.containers.rules.listTables(step));
}

/** Makes the rules again that containers in this running network lack. A failure is logged, as is each that was lost. */
export async function restoreRules(session: Session, network: NetworkDefinition): Promise<void> {
  const lost = await lostRules(session, network.name);
  for (const domain of new Set(lost.map((one) => one.domain))) {
    try {
      await restoreOf(session, domain, network);
    } catch (error) {
      session.logger.error({ err: error, domain }, 'rules of an interface could not be restored');
    }
  }
}

/**
 * The network's lock is held, and a domain's must be taken before it. So a domain at which somebody is at work is left to the next
 * look: it may be ending, and take its rules away.
 */
async function restoreOf(
  session: Session,
  domain: string,
  network: NetworkDefinition,
): Promise<void> {
  using lock = session.containers.tryLockDomain(session.paths, domain);
  if (lock === undefined) return;
  const state = readStateOrSkip(session, domain);
  if (state?.phase !== 'running') return;
  for (const table of await lostTables(session, state.start)) {
    if (table.network !== network.name) continue;
    await restoreTable(session, { start: state.start, table, network });
  }
}

/** A table that is gone, and the running network that its interface is plugged into. */
export interface Restoring {
  readonly start: StartRecord;
  readonly table: LinkTable;
  readonly network: NetworkDefinition | undefined;
}

/** Under the domain's lock. @throws as `linkFilter`, `placeFilter`, `linkForwards` and `placeForwards`. */
export async function restoreTable(
  session: Session,
  { start, table, network }: Restoring,
): Promise<void> {
  const { containers, paths, logger } = session;
  const { host, mac, holds } = table;
  const wanted = session.parse(start.xml).definition.interfaces.find((one) => one.mac === mac);
  if (wanted === undefined) return;
  const facts =
    network === undefined || wanted.type !== 'network'
      ? {}
      : portFacts(session, wanted, { definition: network, isPreviewed: false });
  logger.warn({ domain: start.name, interface: host, holds }, 'rules of an interface had gone');
  if (holds === 'filter') {
    const filter = linkFilter(wanted, { host, reserved: facts.reserved ?? [] });
    if (filter !== undefined) await containers.rules.placeFilter(filter);
    return;
  }
  const bridge = start.links?.find((link) => link.mac === mac)?.bridge ?? '';
  const { forwards, leased } = decideForwards(session, wanted, { host, bridge, facts });
  if (forwards === undefined) return;
  await containers.forwards.place(forwards, {
    owner: { root: paths.root, name: start.name },
    leased,
  });
}

interface Plug {
  readonly host: string;
  readonly bridge: string;
  readonly facts: PortFacts;
}

/** The forwarded ports of an interface that exists, with the address that DHCP has been told to give it. @throws as `linkForwards`. */
export function decideForwards(
  { containers }: Session,
  wanted: InterfaceDefinition,
  { host, bridge, facts: { reserved = [], forwarding, names } }: Plug,
): { readonly forwards: LinkForwards | undefined; readonly leased: string | undefined } {
  const { mac } = wanted;
  const leased =
    names === undefined ? undefined : containers.forwards.leased({ folder: names.folder, mac });
  const offered = leased === undefined ? 'none' : 'by-dhcp';
  const plug = { host, bridge, reserved, forwarding, offered } as const;
  return { forwards: containers.forwards.decide(wanted, plug), leased };
}

async function lookForAll(session: Session): Promise<readonly Lost[]> {
  try {
    const states = [...(await readableStates(session))];
    const wanted = states.flatMap(([domain, state]): Lost[] =>
      state.phase === 'running' ? linkTables(state.start).map((one) => ({ ...one, domain })) : [],
    );
    return await lostOf(wanted, () => session.containers.rules.listTables(step));
  } catch (error) {
    session.logger.error({ err: error }, 'it is unknown whether rules of interfaces are in place');
    return [];
  }
}
