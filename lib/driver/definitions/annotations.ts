/** Title, description and metadata of a domain: in the running container, and in the stored definition. */
import type { StartRecord } from '../../container/record/run-state';
import type { DomainDefinition } from '../../domain/definition';
import { formatDomain } from '../../domain/format';
import { isExtension, metadataOf, withMetadata } from '../../domain/elements/metadata';
import type { MetadataContent } from '../../domain/elements/metadata';
import { TslxcError } from '../../errors';
import type { Identity } from '../../host/state/definitions/definition-store';
import { requireRunning, runningDefinition } from './definitions';
import { storedDefinition, targetsOf } from './domain-change';
import { checkSame, currentState } from '../lookup/lookup';
import { settle } from '../lifecycle/reaper';
import type { SettledState } from '../session/containers';
import type { Session } from '../session/session';
import { settleTrees } from '../snapshots/changes';
import type { AnnotationOptions, DomainEvent } from '../types';

type Which = AnnotationOptions['which'];

/** @throws TslxcError OPERATION_INVALID for `live` when nothing runs, for `inactive` of a transient domain; NO_DOMAIN. */
export async function getText(
  session: Session,
  identity: Identity,
  { of, which }: { readonly of: 'title' | 'description'; readonly which: Which },
): Promise<string | undefined> {
  return (await annotated(session, identity, which))[of];
}

/** Without the namespace; undefined when there is none. @throws as `getText`. */
export async function getMetadata(
  session: Session,
  identity: Identity,
  { uri, which }: { readonly uri: string; readonly which: Which },
): Promise<string | undefined> {
  return metadataOf(await annotated(session, identity, which), uri);
}

/** An empty text removes it. @throws as `annotate`. */
export async function setText(
  session: Session,
  identity: Identity,
  what: {
    readonly of: 'title' | 'description';
    readonly text: string | undefined;
    readonly which: Which;
  },
): Promise<void> {
  const { of, text = '', which } = what;
  if (of === 'title' && text.includes('\n')) {
    throw new TslxcError('XML_ERROR', "Domain title can't contain newlines");
  }
  await annotate(session, identity, {
    which,
    news: { detail: of },
    change: (definition) => {
      const { [of]: _former, ...rest } = definition;
      return text === '' ? rest : { ...rest, [of]: text };
    },
  });
}

/**
 * @throws TslxcError INVALID_ARG for an empty URI; XML_ERROR; OPERATION_UNSUPPORTED for tslxc's own elements in the running
 * container; DefinitionError; and as `annotate`.
 */
export async function setMetadata(
  session: Session,
  identity: Identity,
  what: {
    readonly uri: string;
    readonly content: MetadataContent | undefined;
    readonly which: Which;
  },
): Promise<void> {
  const { uri, content, which } = what;
  await annotate(session, identity, {
    which,
    news: { detail: 'element', uri },
    change: (definition) => withMetadata(definition, uri, content),
    checkLive: () => {
      if (!isExtension(uri)) return;
      const detail = `what '${uri}' says of a container counts from its next start`;
      throw new TslxcError('OPERATION_UNSUPPORTED', detail, { domain: identity.name });
    },
  });
}

interface Annotation {
  readonly which: Which;
  readonly news: Pick<DomainEvent, 'uri'> & {
    readonly detail: Extract<DomainEvent, { event: 'metadata-change' }>['detail'];
  };
  readonly change: (definition: DomainDefinition) => DomainDefinition;
  readonly checkLive?: () => void;
}

/**
 * Takes the domain's lock. With `both`, the stored definition is checked first, then the running container is changed, then the
 * definition is stored. If storing it fails, the running container has changed all the same, and that is announced.
 *
 * @throws TslxcError OPERATION_INVALID for `live` when nothing runs, and for `inactive` of a transient domain; NO_DOMAIN;
 * SyscallError.
 */
async function annotate(
  session: Session,
  identity: Identity,
  { which, news, change, checkLive }: Annotation,
): Promise<void> {
  const { name, uuid } = identity;
  await session.locked(name, async () => {
    const { state } = await settle(session, name, 'carryOut');
    checkSame(session, identity, state);
    await settleTrees(session, identity);
    const targets = targetsOf(which, state);
    if (targets.live) requireRunning(state, 'annotate', identity);
    const definition = targets.stored ? storedDefinition(session, identity) : undefined;
    if (targets.live) checkLive?.();
    const next = definition === undefined ? undefined : checked(session, change(definition));
    if (targets.live && state.phase !== 'off') changeRunning(session, state, change);
    const tell = (): Promise<void> =>
      session.announce({ event: 'metadata-change', ...news, domain: name, uuid });
    try {
      if (next !== undefined) await session.store.exclusive(() => session.store.write(next));
    } catch (error) {
      if (targets.live) await tell();
      throw error;
    }
    await tell();
  });
}

function changeRunning(
  session: Session,
  state: Exclude<SettledState, { phase: 'off' }>,
  change: Annotation['change'],
): void {
  const definition = checked(session, change(runningDefinition(session, state)));
  const next: StartRecord = { ...state.start, xml: formatDomain(definition) };
  session.containers.replaceStart(session.paths, next);
}

/** Parsed again before it is stored, because tslxc's own metadata says how the container is made. */
function checked(session: Session, definition: DomainDefinition): DomainDefinition {
  return session.parse(formatDomain(definition)).definition;
}

async function annotated(
  session: Session,
  identity: Identity,
  which: Which,
): Promise<DomainDefinition> {
  const state = await currentState(session, identity);
  if (which === 'live' || which === 'both') requireRunning(state, 'look', identity);
  if (which !== 'inactive' && state.phase === 'running') return runningDefinition(session, state);
  return storedDefinition(session, identity);
}
