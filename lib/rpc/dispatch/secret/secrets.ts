/** Secrets: which there are, their definitions, and their values. */
import { secretUsages } from '../../../domain/secret/secret';
import type { SecretFilter, SecretInfo } from '../../../driver/secrets/types';
import { TslxcError } from '../../../errors';
import type { secretProcedures, WireSecret } from '../../protocol/secret';
import { done } from '../base/call';
import type { Handlers } from '../base/call';
import { checkFlags, hasFlag } from '../base/flags';
import { asked } from '../base/parameters';
import { uuidBytes, uuidText } from '../base/uuid';

/** virConnectListAllSecretsFlags: both flags of a pair together filter nothing. */
const listFlags = { ephemeral: 1, noEphemeral: 2, private: 4, noPrivate: 8 } as const;

const defineFlags = { validate: 1 } as const;

export const secretHandlers: Handlers<typeof secretProcedures> = {
  ConnectNumOfSecrets: async ({ client }) => ({
    count: (await client.connection().secrets.list()).length,
  }),
  ConnectListSecrets: async ({ client }, { most }) => {
    const found = await client.connection().secrets.list();
    const uuids = found.map(({ uuid }) => uuid);
    return { uuids: asked(uuids, most) };
  },
  ConnectListAllSecrets: async ({ client }, { needsResults, flags }) => {
    checkFlags(flags, 15, 'secretConnectListAllSecrets');
    const found = await client.connection().secrets.list(filterOf(flags));
    return { secrets: needsResults === 0 ? [] : found.map(wireSecret), count: found.length };
  },
  SecretLookupByUUID: async ({ client }, { uuid }) => ({
    secret: wireSecret(await client.connection().secrets.lookup(uuidText(uuid))),
  }),
  SecretLookupByUsage: async ({ client }, { usageType, usage: id }) => {
    const type = secretUsages[usageType - 1];
    if (type === undefined) {
      throw new TslxcError('NO_SECRET', `no secret with matching usage '${id}'`);
    }
    const found = await client.connection().secrets.lookupByUsage({ type, id });
    return { secret: wireSecret(found) };
  },
  SecretDefineXML: async ({ client }, { xml, flags }) => {
    checkFlags(flags, defineFlags.validate, 'secretDefineXML');
    const options = hasFlag(flags, defineFlags.validate) ? { validate: true } : {};
    return { secret: wireSecret(await client.connection().secrets.define(xml, options)) };
  },
  SecretGetXMLDesc: async ({ client }, { secret, flags }) => {
    checkFlags(flags, 0, 'secretGetXMLDesc');
    return { xml: await client.connection().secrets.xml(uuidText(secret.uuid)) };
  },
  SecretSetValue: async ({ client }, { secret, value, flags }) => {
    checkFlags(flags, 0, 'secretSetValue');
    await client.connection().secrets.setValue(uuidText(secret.uuid), value);
    return done;
  },
  SecretGetValue: async ({ client }, { secret, flags }) => {
    checkFlags(flags, 0, 'secretGetValue');
    return { value: await client.connection().secrets.getValue(uuidText(secret.uuid)) };
  },
  SecretUndefine: async ({ client }, { secret }) => {
    await client.connection().secrets.undefine(uuidText(secret.uuid));
    return done;
  },
};

function wireSecret({ uuid, usage }: SecretInfo): WireSecret {
  const usageType = usage === undefined ? 0 : secretUsages.indexOf(usage.type) + 1;
  return { uuid: uuidBytes(uuid), usageType, usage: usage?.id ?? '' };
}

function filterOf(flags: number): SecretFilter {
  const has = (name: keyof typeof listFlags): boolean => hasFlag(flags, listFlags[name]);
  return {
    ...(has('ephemeral') !== has('noEphemeral') && { ephemeral: has('ephemeral') }),
    ...(has('private') !== has('noPrivate') && { private: has('private') }),
  };
}
