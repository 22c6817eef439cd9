/** Names the stored definitions of one root that can't be read: of what is defined there, nothing can be started or used. Only reads. */
import { TslxcError } from '../../errors';
import { silence } from '../../host/logger';
import { fileError } from '../../host/state/file-error';
import type { StatePaths } from '../../host/state/state-paths';
import { unreadableWords } from '../lookup/lookup';
import {
  domainStore,
  networkFilterStore,
  networkStore,
  parseStoredDomain,
  parseStoredNetwork,
  parseStoredNetworkFilter,
  parseStoredPool,
  parseStoredSecret,
  poolStore,
  secretStore,
} from '../session/stores';
import type {
  DomainStore,
  NetworkFilterStore,
  NetworkStore,
  PoolStore,
  SecretStore,
} from '../session/stores';
import { ok, warn } from './check';
import type { HostCheck } from './check';

const id = 'definition';

/** What is said of them, and by which verbs they are mended. */
interface Kind {
  readonly kind: string;
  /** Undefined where only a new definition helps. */
  readonly edit?: string;
  readonly undefine: string;
}

const domain: Kind = { kind: 'domain', edit: 'edit', undefine: 'undefine' };
const network: Kind = { kind: 'network', edit: 'net-edit', undefine: 'net-undefine' };
const filter: Kind = {
  kind: 'network filter',
  edit: 'nwfilter-edit',
  undefine: 'nwfilter-undefine',
};
const secret: Kind = { kind: 'secret', undefine: 'secret-undefine' };
const pool: Kind = { kind: 'storage pool', edit: 'pool-edit', undefine: 'pool-undefine' };

export async function checkDefinitions(paths: StatePaths): Promise<HostCheck[]> {
  const logger = silence;
  const domains = domainStore({
    directory: paths.definitions,
    parse: parseStoredDomain,
    logger,
  });
  const networks = networkStore({
    directory: paths.networkDefinitions,
    parse: parseStoredNetwork,
    logger,
  });
  const pools = poolStore({
    directory: paths.poolDefinitions,
    parse: parseStoredPool,
    logger,
  });
  const filters = networkFilterStore({
    directory: paths.networkFilters,
    parse: parseStoredNetworkFilter,
    logger,
  });
  const ofSecrets = [paths.secrets, paths.ephemeralSecrets].map((directory) =>
    secretStore({ directory, parse: parseStoredSecret, logger }),
  );
  const found = [
    ...(await unreadable(domains, domain)),
    ...(await unreadable(networks, network)),
    ...(await unreadable(pools, pool)),
    ...(await unreadable(filters, filter)),
  ];
  for (const store of ofSecrets) found.push(...(await unreadable(store, secret)));
  return found.length === 0 ? [ok(id, 'all that are stored can be read')] : found;
}

/** One that can't be read may also be that of a newer version of the package. */
async function unreadable(
  store: DomainStore | NetworkStore | PoolStore | NetworkFilterStore | SecretStore,
  { kind, edit, undefine }: Kind,
): Promise<HostCheck[]> {
  try {
    const identities = await store.identities();
    return identities.flatMap(({ name, unreadable: error }) => {
      if (error === undefined) return [];
      // What is no text has no line, and can't be edited.
      const isText = TslxcError.is(error) && error.line !== undefined;
      const mend = edit === undefined || !isText ? '' : `tslxc ${edit} ${name}, or `;
      const advice = `${mend}tslxc ${undefine} ${name}; if a newer tslxc has written it, use that`;
      return [
        warn(
          id,
          `the definition of ${kind} '${name}' can't be read: ${unreadableWords(error)}`,
          advice,
        ),
      ];
    });
  } catch (error) {
    const { message } = fileError(error, `look for definitions of a ${kind}`);
    return [warn(id, message, 'mend that, then tslxc doctor again')];
  }
}
