/** Title, description and metadata of a virtual network: in the running network, and in the stored definition. */
import { metadataOf, withMetadata } from '../../domain/elements/metadata';
import type { MetadataContent } from '../../domain/elements/metadata';
import { TslxcError } from '../../errors';
import type { Identity } from '../../host/state/definitions/definition-store';
import { changeNetwork, lookedAt } from './change';
import type { Which } from './change';
import type { Session } from '../session/session';

type TextName = 'title' | 'description';

/** @throws TslxcError OPERATION_INVALID for `live` when it is not active, for `inactive` of a transient one; NO_NETWORK. */
export async function getNetworkText(
  session: Session,
  identity: Identity,
  { of, which }: { readonly of: TextName; readonly which: Which },
): Promise<string | undefined> {
  return (await lookedAt(session, identity, which))[of];
}

/** Without the namespace; undefined when there is none. @throws as `getNetworkText`. */
export async function getNetworkMetadata(
  session: Session,
  identity: Identity,
  { uri, which }: { readonly uri: string; readonly which: Which },
): Promise<string | undefined> {
  return metadataOf(await lookedAt(session, identity, which), uri);
}

/** An empty text removes it. @throws as `changeNetwork`; TslxcError XML_ERROR for a title of several lines. */
export async function setNetworkText(
  session: Session,
  identity: Identity,
  what: { readonly of: TextName; readonly text: string | undefined; readonly which: Which },
): Promise<void> {
  const { of, text = '', which } = what;
  if (of === 'title' && text.includes('\n')) {
    throw new TslxcError('XML_ERROR', "Network title can't contain newlines");
  }
  await changeNetwork(session, {
    identity,
    which,
    change: (definition) => {
      const { [of]: _former, ...rest } = definition;
      return text === '' ? rest : { ...rest, [of]: text };
    },
    news: { detail: of },
  });
}

/** @throws TslxcError INVALID_ARG for an empty URI; XML_ERROR; DefinitionError; and as `changeNetwork`. */
export async function setNetworkMetadata(
  session: Session,
  identity: Identity,
  what: {
    readonly uri: string;
    readonly content: MetadataContent | undefined;
    readonly which: Which;
  },
): Promise<void> {
  const { uri, content, which } = what;
  await changeNetwork(session, {
    identity,
    which,
    change: (definition) => withMetadata(definition, uri, content),
    news: { detail: 'element', uri },
  });
}
