/** Takes one definition of libvirt over, by its kind: defines it here, unless something of its name is there. */
import { join } from 'node:path';
import { DefinitionError, TslxcError } from '../../errors';
import { isThere } from '../../host/state/file-error';
import { builtInFilters } from '../../network/filter/built-in';
import { defaultNetwork } from '../../network/lifecycle/default-network';
import { defineDomain } from '../definitions/define';
import { setAutostart } from '../lifecycle/autostart';
import { defineNetworkFilter } from '../network-filters/verbs';
import { isUntouchedDefault } from '../networks/autostart';
import { defineNetwork, setNetworkAutostart } from '../networks/verbs';
import { readValue } from '../secrets/values';
import { defineSecret, lookUpSecret, setSecretValue, undefineSecret } from '../secrets/verbs';
import {
  parseGivenNetwork,
  parseGivenNetworkFilter,
  parseGivenPool,
  parseGivenSecret,
} from '../session/given';
import type { Session } from '../session/session';
import { definePool, setPoolAutostart } from '../storage/verbs';
import type { Imported } from './types';

/** What a file of libvirt says, and what lies beside it. */
export interface Theirs {
  readonly xml: string;
  readonly autostart: 'on' | 'off';
  /** The folder of the file: that of a secret has its value. */
  readonly folder: string;
}

export type Outcome = Pick<Imported, 'name' | 'outcome' | 'autostart' | 'value'>;

type TakeOver = (session: Session, theirs: Theirs) => Promise<Outcome>;

/** Each throws as the definition of its kind does. */
export const takeOver: Readonly<Record<Imported['kind'], TakeOver>> = {
  domain: takeOverDomain,
  network: takeOverNetwork,
  'network-filter': takeOverFilter,
  'storage-pool': takeOverPool,
  secret: takeOverSecret,
};

async function takeOverDomain(session: Session, { xml, autostart }: Theirs): Promise<Outcome> {
  const { name } = session.parse(xml).definition;
  if (session.store.has(name)) {
    const now = session.store.isAutostarted(name) ? 'on' : 'off';
    return { name, outcome: 'exists', autostart: now };
  }
  const identity = await defineDomain(session, xml, {});
  if (autostart === 'on') await setAutostart(session, identity, 'on');
  return { name, outcome: 'imported', autostart };
}

/** libvirt's network `default` replaces tslxc's own, if that is unchanged and not running. */
async function takeOverNetwork(session: Session, { xml, autostart }: Theirs): Promise<Outcome> {
  const { definition } = parseGivenNetwork(xml);
  const { name, uuid } = definition;
  const exists = (): Outcome => {
    const now = session.networks.isAutostarted(name) ? 'on' : 'off';
    return { name, outcome: 'exists', autostart: now };
  };
  if (session.networks.has(name) && !givesWay(session, { name, uuid })) return exists();
  try {
    const identity = await defineNetwork(session, xml, {});
    if (autostart === 'on') await setNetworkAutostart(session, identity, 'on');
    return { name, outcome: 'imported', autostart };
  } catch (error) {
    if (name !== defaultNetwork || !session.networks.has(name)) throw error;
    if (!TslxcError.is(error, 'OPERATION_FAILED')) throw error;
    return exists();
  }
}

function givesWay(
  session: Session,
  { name, uuid }: { readonly name: string; readonly uuid: string },
): boolean {
  if (name !== defaultNetwork) return false;
  try {
    const former = session.networks.read(name);
    return former !== undefined && former.uuid !== uuid && isUntouchedDefault(session, former);
  } catch (error) {
    if (error instanceof DefinitionError) return false;
    throw error;
  }
}

async function takeOverPool(session: Session, { xml, autostart }: Theirs): Promise<Outcome> {
  const { name } = parseGivenPool(xml).definition;
  if (session.pools.has(name)) {
    const now = session.pools.isAutostarted(name) ? 'on' : 'off';
    return { name, outcome: 'exists', autostart: now };
  }
  const identity = await definePool(session, xml, {});
  if (autostart === 'on') await setPoolAutostart(session, identity, 'on');
  return { name, outcome: 'imported', autostart };
}

/** Those that libvirt brings with it have the names of those that are built in here. */
async function takeOverFilter(session: Session, { xml }: Theirs): Promise<Outcome> {
  const { name } = parseGivenNetworkFilter(xml).definition;
  const exists = builtInFilters.has(name) || session.networkFilters.has(name);
  if (!exists) await defineNetworkFilter(session, xml, {});
  return { name, outcome: exists ? 'exists' : 'imported', autostart: 'off' };
}

/** With its value, which libvirt has stored in the same form; one whose value can't be read or stored here is not left without it. */
async function takeOverSecret(session: Session, { xml, folder }: Theirs): Promise<Outcome> {
  const { uuid } = parseGivenSecret(xml);
  if (isSecretThere(session, uuid)) return { name: uuid, outcome: 'exists', autostart: 'off' };
  refuseSealed(folder, uuid);
  const value = readValue(folder, uuid);
  await defineSecret(session, xml, {});
  try {
    if (value !== undefined) await setSecretValue(session, uuid, value);
  } catch (error) {
    await undefineSecret(session, uuid).catch((failure: unknown) => {
      const detail = 'a secret whose value could not be stored could not be removed again';
      session.logger.error({ err: failure, secret: uuid }, detail);
    });
    throw error;
  }
  const kept = value === undefined ? 'none' : 'copied';
  return { name: uuid, outcome: 'imported', autostart: 'off', value: kept };
}

/** libvirt 12.1 and later encrypt values with a key of the host. @throws TslxcError OPERATION_UNSUPPORTED for such a one. */
function refuseSealed(folder: string, uuid: string): void {
  const path = join(folder, `${uuid}.aes256cbc`);
  if (!isThere(path)) return;
  const detail = `libvirt keeps the value of the secret ${uuid} encrypted, in ${path}: define it by secret-define, and give it its value by secret-set-value`;
  throw new TslxcError('OPERATION_UNSUPPORTED', detail, { path });
}

function isSecretThere(session: Session, uuid: string): boolean {
  try {
    lookUpSecret(session, uuid);
    return true;
  } catch (error) {
    if (TslxcError.is(error, 'NO_SECRET')) return false;
    throw error;
  }
}
