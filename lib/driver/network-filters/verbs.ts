/**
 * Filters for network traffic: those that are built in, which interfaces of containers can have, and those that were defined, which are
 * kept as they are, for no rule of theirs is carried out.
 */
import { definedWithout } from '../../domain/warnings';
import { TslxcError } from '../../errors';
import { builtInFilters } from '../../network/filter/built-in';
import { isInclusion, type NetworkFilterDefinition } from '../../network/filter/definition';
import { formatNetworkFilter } from '../../network/filter/format';
import {
  installedSchemas,
  isToBeValidated,
  parseGiven,
  validateText,
} from '../definitions/validate';
import { canonicalUuid } from '../lookup/canonical-uuid';
import { unreadableWords } from '../lookup/lookup';
import { parseGivenNetworkFilter } from '../session/given';
import type { Session } from '../session/session';
import type { DefineOptions } from '../types';
import type { NetworkFilterInfo } from './types';

/**
 * A filter that is defined anew without a uuid keeps the one it has.
 *
 * @throws DefinitionError; TslxcError OPERATION_FAILED when name or uuid belong to another filter, for a name that is built in, and when it
 * would include itself; and as `validateText`.
 */
export async function defineNetworkFilter(
  session: Session,
  xml: string,
  options: DefineOptions,
): Promise<NetworkFilterInfo> {
  const parsed = parseGiven(session, options, (unknown) => parseGivenNetworkFilter(xml, unknown));
  const { definition } = parsed;
  if (isToBeValidated(session, options)) {
    await validateText(xml, definition, installedSchemas.networkFilter);
  }
  session.networkFilters.path(definition.name);
  const uuid = await session.networkFilters.exclusive(async () => {
    const own = await withItsUuid(session, parsed);
    await checkInclusions(session, own);
    await session.networkFilters.write(own);
    return own.uuid;
  });
  for (const warning of definedWithout(definition.unknown ?? [])) {
    const { name } = definition;
    session.logger.warn({ filter: name, warning: warning.detail }, warning.message);
    options.onWarning?.(warning);
  }
  return { name: definition.name, uuid, origin: 'defined' };
}

interface Parsed {
  readonly definition: NetworkFilterDefinition;
  readonly uuid: 'explicit' | 'generated';
}

async function withItsUuid(
  session: Session,
  { definition, uuid }: Parsed,
): Promise<NetworkFilterDefinition> {
  const { name } = definition;
  if (builtInFilters.has(name)) {
    fail(`filter '${name}' is built in, and can't be changed`);
  }
  const all = await listNetworkFilters(session);
  const same = all.find((one) => one.name === name);
  if (uuid === 'generated')
    return same === undefined ? definition : { ...definition, uuid: same.uuid };
  const holder = all.find((one) => one.uuid === definition.uuid);
  if (holder !== undefined && holder.name !== name) {
    fail(`filter with same UUID but different name ('${holder.name}') already exists`);
  }
  if (same !== undefined && same.unreadable === undefined && same.uuid !== definition.uuid) {
    fail(`filter '${name}' already exists with uuid ${same.uuid}`);
  }
  return definition;
}

/** A filter that is not there may be defined later. */
async function checkInclusions(session: Session, own: NetworkFilterDefinition): Promise<void> {
  const stored = await session.networkFilters.definitions();
  const all = new Map([...stored, ...builtInFilters.values(), own].map((one) => [one.name, one]));
  const waiting = includedIn(own);
  const seen = new Set<string>();
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (name === own.name) fail('filter would introduce a loop');
    const next = seen.has(name) ? undefined : all.get(name);
    seen.add(name);
    if (next !== undefined) waiting.push(...includedIn(next));
  }
}

function includedIn({ entries }: NetworkFilterDefinition): string[] {
  return entries.filter(isInclusion).map(({ filter }) => filter);
}

function fail(detail: string): never {
  throw new TslxcError('OPERATION_FAILED', detail);
}

/** By name. @throws SyscallError. */
export async function listNetworkFilters(session: Session): Promise<NetworkFilterInfo[]> {
  const stored = await session.networkFilters.identities();
  const own = stored.filter(({ name }) => !builtInFilters.has(name)).map(infoOf);
  const given = [...builtInFilters.values()].map(givenInfo);
  return [...given, ...own].sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** @throws TslxcError NO_NWFILTER. */
export function lookUpNetworkFilter(session: Session, name: string): NetworkFilterInfo {
  const given = builtInFilters.get(name);
  if (given !== undefined) return givenInfo(given);
  const identity = session.networkFilters.identity(name);
  if (identity !== undefined) return infoOf(identity);
  throw noFilter(`no nwfilter with matching name '${name}'`);
}

/** @throws TslxcError NO_NWFILTER, INVALID_ARG. */
export async function lookUpNetworkFilterByUuid(
  session: Session,
  text: string,
): Promise<NetworkFilterInfo> {
  const uuid = canonicalUuid(text);
  const found = (await listNetworkFilters(session)).find((one) => one.uuid === uuid);
  if (found !== undefined) return found;
  throw noFilter(`no nwfilter with matching uuid '${uuid}'`);
}

/** @throws TslxcError NO_NWFILTER; DefinitionError for a stored definition that can't be read. */
export function networkFilterXml(session: Session, name: string): string {
  const definition = builtInFilters.get(name) ?? session.networkFilters.read(name);
  if (definition !== undefined) return formatNetworkFilter(definition);
  throw noFilter(`no nwfilter with matching name '${name}'`);
}

/** What `nwfilter-edit` begins with: also the text of a file that can't be read. @throws TslxcError NO_NWFILTER. */
export function editableFilterXml(session: Session, name: string): string {
  const { unreadable } = lookUpNetworkFilter(session, name);
  const text = unreadable === undefined ? undefined : session.networkFilters.text(name);
  return text ?? networkFilterXml(session, name);
}

/** @throws TslxcError NO_NWFILTER; OPERATION_INVALID when another filter includes it, and for one that is built in. */
export async function undefineNetworkFilter(session: Session, name: string): Promise<void> {
  await session.networkFilters.exclusive(async () => {
    if (lookUpNetworkFilter(session, name).origin === 'built-in') {
      throw new TslxcError('OPERATION_INVALID', `nwfilter '${name}' is built in`);
    }
    const users = (await session.networkFilters.definitions()).filter(
      (one) => one.name !== name && includedIn(one).includes(name),
    );
    const [first] = users;
    if (first !== undefined) {
      throw new TslxcError('OPERATION_INVALID', `nwfilter is in use by '${first.name}'`);
    }
    await session.networkFilters.remove(name);
  });
}

function givenInfo({ name, uuid }: NetworkFilterDefinition): NetworkFilterInfo {
  return { name, uuid, origin: 'built-in' };
}

function infoOf({
  name,
  uuid,
  unreadable,
}: {
  readonly name: string;
  readonly uuid: string;
  readonly unreadable?: Error;
}): NetworkFilterInfo {
  const why = unreadable === undefined ? {} : { unreadable: unreadableWords(unreadable) };
  return { name, uuid, origin: 'defined', ...why };
}

function noFilter(detail: string): TslxcError {
  return new TslxcError('NO_NWFILTER', detail);
}
