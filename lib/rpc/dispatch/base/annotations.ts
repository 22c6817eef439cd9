/** Titles, descriptions and metadata of domains and networks. */
import type { MetadataContent } from '../../../domain/elements/metadata';
import type { WhichOption } from '../../../driver/types';
import { WireError } from './wire-error';

/** What has them: a domain or a network. */
interface Annotated {
  getTitle(which: WhichOption): Promise<string | undefined>;
  setTitle(title: string | undefined, which: WhichOption): Promise<void>;
  getDescription(which: WhichOption): Promise<string | undefined>;
  setDescription(description: string | undefined, which: WhichOption): Promise<void>;
  getMetadata(uri: string, which: WhichOption): Promise<string | undefined>;
  setMetadata(uri: string, content: MetadataContent | undefined, which: WhichOption): Promise<void>;
}

/** virDomainMetadataType and virNetworkMetadataType. */
export const metadataTypes = { description: 0, title: 1, element: 2 } as const;

interface Asked extends WhichOption {
  readonly type: number;
  readonly uri: string | undefined;
}

/** @throws WireError of the code `missing` when there is none. */
export async function readAnnotation(
  annotated: Annotated,
  {
    type,
    uri,
    missing,
    ...which
  }: Asked & { readonly missing: 'NO_DOMAIN_METADATA' | 'NO_NETWORK_METADATA' },
): Promise<string> {
  const found = await readOne(annotated, { type, uri }, which);
  if (found !== undefined && found !== '') return found;
  throw new WireError(missing, 'Requested metadata element is not present');
}

function readOne(
  annotated: Annotated,
  { type, uri }: Pick<Asked, 'type' | 'uri'>,
  which: WhichOption,
): Promise<string | undefined> {
  switch (type) {
    case metadataTypes.description:
      return annotated.getDescription(which);
    case metadataTypes.title:
      return annotated.getTitle(which);
    case metadataTypes.element:
      return annotated.getMetadata(required(uri, 'uri'), which);
    default:
      throw unknownType();
  }
}

interface Change extends Asked {
  readonly metadata: string | undefined;
  readonly key: string | undefined;
}

/** Sets it, or removes it if `metadata` is undefined. */
export function writeAnnotation(
  annotated: Annotated,
  { type, uri, metadata, key, ...which }: Change,
): Promise<void> {
  switch (type) {
    case metadataTypes.description:
      return annotated.setDescription(metadata, which);
    case metadataTypes.title:
      return annotated.setTitle(metadata, which);
    case metadataTypes.element: {
      const content =
        metadata === undefined ? undefined : { key: required(key, 'key'), xml: metadata };
      return annotated.setMetadata(required(uri, 'uri'), content, which);
    }
    default:
      throw unknownType();
  }
}

function required(text: string | undefined, name: string): string {
  if (text !== undefined) return text;
  throw new WireError('INVALID_ARG', `${name} must not be NULL`);
}

function unknownType(): WireError {
  return new WireError('INVALID_ARG', 'unknown metadata type');
}
