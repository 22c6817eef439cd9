/** Finds the domain that a command line names: by id, uuid or name, in that order, as virsh does. */
import { TslxcError } from '../../errors';
import { CommandError } from '../shell/command-error';
import { suggestion } from '../../suggestion';
import type { Connection, Domain } from '../../index';
import type { Option } from '../shell/arguments';

/** The option that names the domain in most commands. */
export const domainOption: Option = {
  name: 'domain',
  kind: 'string',
  help: 'domain name, id or uuid',
  positional: 'required',
  values: 'domain',
};

export type Key = 'id' | 'uuid' | 'name';

const everyKey: readonly Key[] = ['id', 'uuid', 'name'];

/** Rejects with `failed to get domain 'x'`; as in virsh, without a second line if there is no such domain. */
export async function findDomain(
  connection: Connection,
  text: string,
  keys: readonly Key[] = everyKey,
): Promise<Domain> {
  let last: unknown;
  for (const lookup of lookups(connection, text, keys)) {
    try {
      return await lookup();
    } catch (error) {
      if (!TslxcError.is(error, 'NO_DOMAIN')) throw failure(text, error, ['shown', '']);
      last = error;
    }
  }
  throw failure(text, last, ['hidden', await hintFor(connection, text)]);
}

/** Suggests an existing domain with a similar name. */
async function hintFor(connection: Connection, text: string): Promise<string> {
  const domains = await connection.listDomains().catch(() => []);
  return suggestion(
    text,
    domains.map(({ name }) => name),
  );
}

function failure(
  text: string,
  cause: unknown,
  [causeLine, hint]: readonly ['shown' | 'hidden', string],
): CommandError {
  const why = cause === undefined ? ({ code: 'NO_DOMAIN' } as const) : { cause, causeLine };
  return new CommandError(`failed to get domain '${text}'${hint}`, why);
}

function* lookups(
  connection: Connection,
  text: string,
  keys: readonly Key[],
): Generator<() => Promise<Domain>> {
  if (keys.includes('id') && /^\d{1,10}$/.test(text)) {
    yield () => connection.lookupDomainById(Number(text));
  }
  if (keys.includes('uuid') && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text)) {
    yield () => connection.lookupDomainByUuid(text.toLowerCase());
  }
  if (keys.includes('name')) yield () => connection.lookupDomainByName(text);
}
