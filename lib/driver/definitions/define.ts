/** define and create: takes a definition in as a stored or transient domain, and checks its name and uuid. */
import { portId } from '../../container/interfaces/port-id';
import type { RunState } from '../../container/record/run-state';
import type { DomainDefinition } from '../../domain/definition';
import { withUuid } from '../../domain/interface/port/port-ids';
import { TslxcError } from '../../errors';
import { turn } from '../../host/slices';
import { definedWithout } from '../../domain/warnings';
import { fileError } from '../../host/state/file-error';
import type { UnknownWord } from '../../domain/xml/unsupported';
import { installedSchemas, isToBeValidated, parseGiven, validateText } from './validate';
import { transition } from '../lifecycle/lifecycle';
import { holderOfName } from '../lookup/lookup';
import { holdersOf } from '../lookup/name-of-uuid';
import { isPending, reapAll, reapInBackground, settle } from '../lifecycle/reaper';
import { readStateOrSkip } from '../lookup/readable-state';
import { lockUuid } from '../session/identity-lock';
import type { ParsedXml, Session } from '../session/session';
import { settleTrees } from '../snapshots/changes';
import { launch } from '../lifecycle/start';
import type { Identity } from '../../host/state/definitions/definition-store';
import type { CreateOptions, DefineOptions } from '../types';

/**
 * Stores a definition; a running container of that name goes on unchanged.
 *
 * @throws DefinitionError; TslxcError OPERATION_FAILED when name or uuid belong to another domain; and as `validateText`.
 */
export async function defineDomain(
  session: Session,
  xml: string,
  options: DefineOptions,
): Promise<Identity> {
  // When hundreds are defined at once, each text is parsed in a turn of its own.
  await turn();
  const first = parseGiven(session, options, (unknown) => takeIn(session, xml, unknown));
  await validate(session, { xml, definition: first.definition }, options);
  const { name } = first.definition;
  session.store.path(name);
  const { former, ...identity } = await session.locked(name, async () => {
    const { state } = await settle(session, name, 'carryOut');
    const existing = holderOfName(session, name, state);
    if (existing !== undefined) await settleTrees(session, { name, uuid: existing.uuid });
    using _uuid = await lockExplicit(session, first);
    return await session.store.exclusive(async () => {
      const parsed = await withUnusedMacs(session, first, xml);
      const definition = takeOverUuid(parsed, existing);
      // A uuid that was just generated can't belong to another domain.
      const isGiven = parsed.uuid === 'explicit';
      const ended = isGiven ? await checkUuidIsFree(session, definition) : undefined;
      const detail = await session.store.write(definition);
      const { uuid } = definition;
      await session.announce({ event: 'defined', detail, domain: name, uuid });
      return { name, uuid, former: ended };
    });
  });
  const { logger } = session;
  for (const warning of definedWithout(first.definition.unknown)) {
    logger.warn({ domain: name, warning: warning.detail }, warning.message);
    options.onWarning?.(warning);
  }
  await reapFormer(session, identity, former);
  return identity;
}

/** Validates the text if that is requested. @throws as `validateText`. */
async function validate(
  session: Session,
  { xml, definition }: { readonly xml: string; readonly definition: DomainDefinition },
  options: Pick<CreateOptions, 'validate' | 'strict'>,
): Promise<void> {
  if (!isToBeValidated(session, options)) return;
  await validateText(xml, definition, installedSchemas.domain);
}

/** Parses a text from a caller, which may leave the security model to this host; a stored text names it. @throws DefinitionError. */
function takeIn(session: Session, xml: string, unknown: UnknownWord[] = []): ParsedXml {
  return session.parse(xml, { hostModel: () => session.hostSecurity().model, unknown });
}

/**
 * Starts a container from XML text: of a transient domain, or of the inactive stored one of that name and
 * uuid, whose stored definition does not change.
 *
 * @throws DefinitionError; TslxcError OPERATION_FAILED when name or uuid belong to another domain,
 * OPERATION_INVALID when it is active; and as `launch`.
 */
export async function createDomain(
  session: Session,
  xml: string,
  options: CreateOptions,
): Promise<Identity> {
  await turn();
  const parsed = parseGiven(session, options, (unknown) => takeIn(session, xml, unknown));
  const { definition } = parsed;
  await validate(session, { xml, definition }, options);
  const { name, uuid } = definition;
  session.store.path(name);
  let former: string | undefined;
  try {
    using _lock = await session.lock(name, options.signal);
    refusePending(session, name);
    const { state } = await settle(session, name, 'stay');
    const existing = readableUuid(session, name, state);
    if (existing === undefined || existing === uuid || parsed.uuid === 'generated') {
      transition('create', state.phase, name);
    }
    if (existing !== undefined && existing !== uuid) throw nameIsTaken(parsed, existing);
    if (existing !== undefined) await settleTrees(session, { name, uuid });
    using _uuid = await lockExplicit(session, parsed, options.signal);
    if (parsed.uuid === 'explicit') {
      former = await session.store.exclusive(() => checkUuidIsFree(session, definition));
    }
    const persistence = existing === undefined ? 'transient' : 'persistent';
    const onExited = (): void => reapInBackground(session, name);
    await launch(session, { definition, persistence, options, onExited });
  } catch (error) {
    throw fileError(error);
  }
  await reapFormer(session, { name, uuid }, former);
  return { name, uuid };
}

/** @throws TslxcError OPERATION_INVALID for the name of a transient domain that has ended and is to be started again. */
function refusePending(session: Session, name: string): void {
  if (session.store.has(name)) return;
  const state = readStateOrSkip(session, name);
  if (state !== undefined && isPending(session, state)) transition('create', 'running', name);
}

/** Cleans up a transient domain of another name that has ended and lost its uuid, so that no call finds it by that any more. */
async function reapFormer(
  session: Session,
  { name }: Identity,
  former: string | undefined,
): Promise<void> {
  if (former !== undefined && former !== name) await reapAll(session, [former]);
}

/** Parses the text again, if need be, until no other domain has one of the generated addresses. */
async function withUnusedMacs(session: Session, first: ParsedXml, xml: string): Promise<ParsedXml> {
  if (first.newMacs.length === 0) return first;
  const used = await session.store.addresses({ except: first.definition.name });
  let parsed = first;
  while (parsed.newMacs.some((mac) => used.has(mac))) parsed = takeIn(session, xml);
  return parsed;
}

/**
 * A text without `<uuid>` is a new definition of the domain that has the name. A definition that can't be read is replaced by any.
 */
function takeOverUuid(
  parsed: ParsedXml,
  existing: ReturnType<typeof holderOfName>,
): DomainDefinition {
  const { definition } = parsed;
  if (existing === undefined || existing.uuid === definition.uuid) return definition;
  if (parsed.uuid === 'generated') return withUuid(definition, existing.uuid, portId);
  if (existing.unreadable !== undefined) return definition;
  throw nameIsTaken(parsed, existing.uuid);
}

function nameIsTaken({ definition, uuid }: ParsedXml, existing: string): TslxcError {
  const { name } = definition;
  const other = uuid === 'explicit' ? `, not ${definition.uuid}` : '';
  const detail = `domain '${name}' already exists with uuid ${existing}${other}`;
  return new TslxcError('OPERATION_FAILED', detail, { domain: name });
}

/**
 * The lock of the uuid, which that of a name does not protect: another call may define it under another name. None for a uuid that was
 * just generated.
 */
async function lockExplicit(
  session: Session,
  { definition, uuid }: ParsedXml,
  signal?: AbortSignal,
): Promise<Disposable | undefined> {
  if (uuid === 'generated') return undefined;
  return lockUuid(session, { of: 'domain', uuid: definition.uuid }, signal);
}

/** Resolves to the ended domain that loses the uuid, if any. @throws TslxcError OPERATION_FAILED when another domain has it. */
async function checkUuidIsFree(
  session: Session,
  { name, uuid }: DomainDefinition,
): Promise<string | undefined> {
  const { domain: holder, ended } = await holdersOf(session, uuid);
  if (holder === undefined || holder === name) return ended;
  const detail = `domain '${holder}' is already defined with uuid ${uuid}`;
  throw new TslxcError('OPERATION_FAILED', detail, { domain: name });
}

/** The uuid of the domain that has the name now. A stored file that is not a valid definition has none. */
function readableUuid(session: Session, name: string, state: RunState): string | undefined {
  const holder = holderOfName(session, name, state);
  return holder?.unreadable === undefined ? holder?.uuid : undefined;
}
