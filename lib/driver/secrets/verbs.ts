/** What can be done with secrets: they are kept in two places, one for those that stay, and one for those that don't. */
import { formatSecret, type SecretDefinition, type SecretUsage } from '../../domain/secret/secret';
import { definedWithout } from '../../domain/warnings';
import { TslxcError } from '../../errors';
import type { DefinitionStore } from '../../host/state/definitions/definition-store';
import {
  installedSchemas,
  isToBeValidated,
  parseGiven,
  validateText,
} from '../definitions/validate';
import { canonicalUuid } from '../lookup/canonical-uuid';
import { unreadableWords } from '../lookup/lookup';
import { parseGivenSecret } from '../session/given';
import type { Session } from '../session/session';
import type { DefineOptions } from '../types';
import type { SecretFilter, SecretInfo } from './types';
import { longestValue, readValue, removeValue, writeValue } from './values';

/** Where a secret is kept. */
interface Place {
  readonly folder: string;
  readonly store: DefinitionStore<SecretDefinition>;
}

interface Found extends Place {
  readonly info: SecretInfo;
}

/**
 * A secret that is defined anew keeps its value.
 *
 * @throws DefinitionError; TslxcError INTERNAL_ERROR as libvirt, when another secret is for the same, when this one was for something
 * else, or when it was private and would not be any more; and as `validateText`.
 */
export async function defineSecret(
  session: Session,
  xml: string,
  options: DefineOptions,
): Promise<SecretInfo> {
  const definition = parseGiven(session, options, (unknown) => parseGivenSecret(xml, unknown));
  if (isToBeValidated(session, options)) {
    await validateText(xml, definition, installedSchemas.secret);
  }
  await session.secrets.exclusive(() => store(session, definition));
  for (const warning of definedWithout(definition.unknown ?? [])) {
    session.logger.warn({ secret: definition.uuid, warning: warning.detail }, warning.message);
    options.onWarning?.(warning);
  }
  return infoOf(definition);
}

async function store(session: Session, definition: SecretDefinition): Promise<void> {
  const { uuid } = definition;
  const all = await foundSecrets(session);
  const former = all.find(({ info }) => info.uuid === uuid);
  checkAgainst(all, former?.info, definition);
  const next = placeOf(session, definition);
  const value = former === undefined ? undefined : readValue(former.folder, uuid);
  // Of a secret that was being removed when its process was killed, there may be a value left.
  if (former?.folder !== next.folder) removeValue(next.folder, uuid);
  if (former === undefined || former.folder === next.folder) {
    await next.store.write(definition);
    return;
  }
  // Those that stay are found first: what is written there counts at once, and what is removed there as well.
  await next.store.write(definition);
  if (value !== undefined) await writeValue(next.folder, uuid, value);
  removeValue(former.folder, uuid);
  await former.store.remove(uuid);
}

function checkAgainst(
  all: readonly Found[],
  former: SecretInfo | undefined,
  { uuid, usage, ...next }: SecretDefinition,
): void {
  if (former?.unreadable !== undefined) return;
  const isFor = (other: SecretUsage | undefined): boolean =>
    other?.type === usage?.type && other?.id === usage?.id;
  if (former !== undefined && !isFor(former.usage)) {
    const what = former.usage === undefined ? 'nothing' : former.usage.id;
    refuse(`a secret with UUID ${uuid} is already defined for use with ${what}`);
  }
  if (former?.private === true && !next.private) {
    refuse('cannot change private flag on existing secret');
  }
  if (former !== undefined || usage === undefined) return;
  const other = all.find(({ info }) => info.usage !== undefined && isFor(info.usage));
  if (other === undefined) return;
  refuse(`a secret with UUID ${other.info.uuid} already defined for use with ${usage.id}`);
}

function refuse(detail: string): never {
  throw new TslxcError('INTERNAL_ERROR', detail);
}

/** By uuid. @throws SyscallError. */
export async function listSecrets(session: Session, filter: SecretFilter): Promise<SecretInfo[]> {
  const all = (await foundSecrets(session)).map(({ info }) => info);
  return all.filter(
    (info) =>
      (filter.ephemeral === undefined || info.ephemeral === filter.ephemeral) &&
      (filter.private === undefined || info.private === filter.private),
  );
}

/** @throws TslxcError NO_SECRET, INVALID_ARG. */
export function lookUpSecret(session: Session, uuid: string): SecretInfo {
  return find(session, uuid).info;
}

/** @throws TslxcError NO_SECRET. */
export async function lookUpSecretByUsage(
  session: Session,
  { type, id }: SecretUsage,
): Promise<SecretInfo> {
  const all = await foundSecrets(session);
  const found = all.find(({ info }) => info.usage?.type === type && info.usage.id === id);
  if (found !== undefined) return found.info;
  throw new TslxcError('NO_SECRET', `no secret with matching usage '${id}'`);
}

/** @throws TslxcError NO_SECRET; DefinitionError for a stored definition that can't be read. */
export function secretXml(session: Session, uuid: string): string {
  const { store: kept, info } = find(session, uuid);
  const definition = kept.read(info.uuid);
  if (definition === undefined) throw noSecret(info.uuid);
  return formatSecret(definition);
}

/** @throws TslxcError NO_SECRET; INVALID_ARG for more than 64 KiB. */
export async function setSecretValue(
  session: Session,
  uuid: string,
  value: Uint8Array,
): Promise<void> {
  if (value.length > longestValue) {
    throw new TslxcError('INVALID_ARG', `a secret has at most ${longestValue} bytes`);
  }
  await session.secrets.exclusive(async () => {
    const { folder, info } = find(session, uuid);
    await writeValue(folder, info.uuid, value);
  });
}

/**
 * @throws TslxcError NO_SECRET, also when it has no value; INVALID_SECRET when it is private; DefinitionError for a stored definition
 * that can't be read: of that it is not known that it is not private.
 */
export function secretValue(session: Session, uuid: string): Buffer {
  const { folder, store: kept, info } = find(session, uuid);
  const definition = kept.read(info.uuid);
  if (definition === undefined) throw noSecret(info.uuid);
  if (definition.private) throw new TslxcError('INVALID_SECRET', 'secret is private');
  const value = readValue(folder, info.uuid);
  if (value !== undefined) return value;
  throw new TslxcError('NO_SECRET', `secret '${info.uuid}' does not have a value`);
}

/** The value first, so that none is left without its secret. @throws TslxcError NO_SECRET. */
export async function undefineSecret(session: Session, uuid: string): Promise<void> {
  await session.secrets.exclusive(async () => {
    const { folder, store: kept, info } = find(session, uuid);
    removeValue(folder, info.uuid);
    await kept.remove(info.uuid);
  });
}

/** Those that stay come first: one of the others with the same uuid is what a change has left that was not completed. */
function placesOf({ secrets, ephemeralSecrets, paths }: Session): readonly Place[] {
  return [
    { folder: paths.secrets, store: secrets },
    { folder: paths.ephemeralSecrets, store: ephemeralSecrets },
  ];
}

function placeOf(session: Session, { ephemeral }: SecretDefinition): Place {
  const [lasting, passing] = placesOf(session);
  const place = ephemeral ? passing : lasting;
  if (place === undefined) throw new TypeError('a secret has no place');
  return place;
}

async function foundSecrets(session: Session): Promise<Found[]> {
  const all = new Map<string, Found>();
  for (const place of placesOf(session)) {
    for (const { uuid } of await place.store.identities()) {
      const found = all.has(uuid) ? undefined : foundIn(place, uuid);
      if (found !== undefined) all.set(uuid, found);
    }
  }
  return [...all.values()].sort((a, b) => (a.info.uuid < b.info.uuid ? -1 : 1));
}

function find(session: Session, text: string): Found {
  const uuid = canonicalUuid(text);
  for (const place of placesOf(session)) {
    const found = foundIn(place, uuid);
    if (found !== undefined) return found;
  }
  throw noSecret(uuid);
}

function foundIn(place: Place, uuid: string): Found | undefined {
  const identity = place.store.identity(uuid);
  if (identity === undefined) return undefined;
  if (identity.unreadable !== undefined) {
    const unreadable = unreadableWords(identity.unreadable);
    return { ...place, info: { uuid, ephemeral: false, private: true, unreadable } };
  }
  const definition = place.store.read(uuid);
  return definition && { ...place, info: infoOf(definition) };
}

function noSecret(uuid: string): TslxcError {
  return new TslxcError('NO_SECRET', `no secret with matching uuid '${uuid}'`);
}

function infoOf(definition: SecretDefinition): SecretInfo {
  const { uuid, ephemeral, usage, description } = definition;
  return {
    uuid,
    ephemeral,
    private: definition.private,
    ...(usage !== undefined && { usage }),
    ...(description !== undefined && { description }),
  };
}
