/** The filters that are in force for interfaces of running containers: by the records of their starts. */
import { linkTables } from '../../container/interfaces/tables/link-tables';
import type { StartRecord } from '../../container/record/run-state';
import { TslxcError } from '../../errors';
import { formatFilterBinding } from '../../network/filter/format';
import { readableStates } from '../lookup/readable-state';
import type { Session } from '../session/session';
import type { NetworkFilterBinding } from './types';

/** By the name of the interface. @throws SyscallError. */
export async function listFilterBindings(session: Session): Promise<NetworkFilterBinding[]> {
  const states = [...(await readableStates(session))];
  const found = states.flatMap(([, state]) =>
    state.phase === 'running' ? bindingsOf(session, state.start) : [],
  );
  return found.sort((a, b) => (a.port < b.port ? -1 : 1));
}

/** @throws TslxcError NO_NWFILTER_BINDING. */
export async function filterBindingXml(session: Session, port: string): Promise<string> {
  const found = (await listFilterBindings(session)).find((one) => one.port === port);
  if (found !== undefined) return formatFilterBinding(found);
  throw new TslxcError('NO_NWFILTER_BINDING', `no nwfilter binding for port dev '${port}'`);
}

function bindingsOf(session: Session, start: StartRecord): NetworkFilterBinding[] {
  const tables = linkTables(start).filter(({ holds }) => holds === 'filter');
  if (tables.length === 0) return [];
  const { name, uuid, interfaces } = session.parse(start.xml).definition;
  return tables.flatMap(({ host, mac }) => {
    const asked = interfaces.find((one) => one.mac === mac)?.filter;
    if (asked === undefined) return [];
    const { filter, parameters } = asked;
    return [{ port: host, filter, domain: { name, uuid }, mac, parameters: [...parameters] }];
  });
}
