/** Changes or removes the forwarded ports of an interface of a running container. */
import type { StartRecord } from '../../container/record/run-state';
import type { InterfaceDefinition } from '../../domain/interface/definition';
import { formatDomain } from '../../domain/format';
import { TslxcError } from '../../errors';
import { present } from '../../present';
import type { Identity } from '../../host/state/definitions/definition-store';
import type { Session } from '../session/session';
import { decideForwards } from '../networks/lost-rules';
import { networkPort } from './network-port';

/**
 * Under the domain's lock. The ports are put on record before their rules are made, and taken off after the rules are gone.
 *
 * @throws as `networkPort` and `linkForwards`; after an error everything is as it was before.
 */
export async function setLiveForwards(
  session: Session,
  { name }: Identity,
  wanted: InterfaceDefinition,
): Promise<void> {
  const { containers, paths } = session;
  const start = containers.readStart(paths, name);
  const { links = [] } = start ?? {};
  const index = links.findIndex(({ mac, type }) => mac === wanted.mac && type === 'network');
  const { host, bridge, mac } = links[index] ?? {};
  const isPort = host !== undefined && bridge !== undefined && mac !== undefined;
  if (start === undefined || !isPort || wanted.type !== 'network') {
    const detail = `ports can't be forwarded to the interface ${wanted.mac}, which is in no network`;
    throw new TslxcError('OPERATION_UNSUPPORTED', detail, { domain: name });
  }
  const link = { host, mac };
  const next = recordWith(session, start, { wanted, index, link });
  if (wanted.portForwards === undefined) {
    await containers.forwards.remove(link);
    containers.replaceStart(paths, next);
    return;
  }
  const port = await networkPort(session, wanted, { chosen: [], intent: 'start' });
  const facts = port.kind === 'bridge' ? port : {};
  const { forwards: after, leased } = decideForwards(session, wanted, { host, bridge, facts });
  if (after === undefined) return;
  containers.replaceStart(paths, next);
  try {
    await containers.forwards.place(after, { owner: { root: paths.root, name }, leased });
  } catch (error) {
    // Rules are replaced as a whole: the former ones are still there.
    containers.replaceStart(paths, start);
    throw error;
  }
}

interface Change {
  readonly wanted: InterfaceDefinition;
  /** Of its link. */
  readonly index: number;
  readonly link: { readonly host: string; readonly mac: string };
}

function recordWith(
  session: Session,
  start: StartRecord,
  { wanted: { mac, portForwards }, index, link }: Change,
): StartRecord {
  const { definition } = session.parse(start.xml);
  const interfaces = definition.interfaces.map((one) => {
    const { portForwards: _former, ...rest } = one;
    return one.mac === mac ? { ...rest, ...present({ portForwards }) } : one;
  });
  const links = (start.links ?? []).map((one, at) => {
    const { forwards: _former, ...rest } = one;
    return at === index ? { ...rest, ...present({ forwards: portForwards }) } : one;
  });
  const others = start.undo.filter((one) => one.undo !== 'removeForwards' || one.mac !== mac);
  const place = others.findIndex((one) => one.undo === 'removeLink' && one.name === link.host);
  const own = portForwards === undefined ? [] : [{ undo: 'removeForwards', ...link } as const];
  return {
    ...start,
    xml: formatDomain({ ...definition, interfaces }),
    links,
    undo: others.toSpliced(Math.max(place, 0), 0, ...own),
  };
}
