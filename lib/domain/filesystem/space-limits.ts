/**
 * `<space_hard_limit>` and `<space_soft_limit>` of a `<filesystem>`: limits of the space that its files may take. For a tree of
 * the host they are project quotas, and only a user namespace keeps the container's root from lifting them. Pure.
 */
import type { DomainDefinition } from '../definition';
import { node, type PrintableElement } from '../xml/print';
import { childOf, readElement, type Reading, type ReadingSession } from '../xml/reading';
import { parseBytes } from '../xml/scaled-integer';
import type { UnsupportedElement } from '../xml/unsupported';
import type { NotCarriedOut } from '../xml/vocabulary';
import { hasOwnIds } from './access-mode';
import type { FilesystemDefinition, SpaceLimits } from './definition';
import { isHostRoot, overlayOf } from './lookup';
import { spaceLimits, spaceLimitVocabulary } from './vocabulary';

const names = { hard: 'space_hard_limit', soft: 'space_soft_limit' } as const;

/** A limit of 0 means no limit. @throws DefinitionError XML_ERROR or INVALID_ARG. */
export function parseSpaceLimits(
  filesystem: Reading,
  session: ReadingSession,
): { readonly space?: SpaceLimits } {
  const [hard, soft] = [names.hard, names.soft].map((name) => {
    const at = childOf(filesystem, name);
    if (at === undefined) return undefined;
    const { text, attributes } = readElement(at, spaceLimitVocabulary, session);
    const bytes = parseBytes({ text, unit: attributes.get('unit'), location: at });
    return bytes === 0 ? undefined : { bytes, position: at.position };
  });
  const position = hard?.position ?? soft?.position;
  if (position === undefined) return {};
  return {
    space: {
      ...(hard === undefined ? {} : { hard: hard.bytes }),
      ...(soft === undefined ? {} : { soft: soft.bytes }),
      position,
    },
  };
}

export function formatSpaceLimits({ space }: FilesystemDefinition): PrintableElement[] {
  return [...limit(names.hard, space?.hard), ...limit(names.soft, space?.soft)];
}

function limit(name: string, bytes: number | undefined): PrintableElement[] {
  return bytes === undefined ? [] : [node(name, { unit: 'bytes' }, [String(bytes)])];
}

type Limited = Pick<DomainDefinition, 'filesystems' | 'idMap' | 'extension'>;

/** The limits of the definition that are not carried out. */
export function limitsWithoutEffect(definition: Limited): UnsupportedElement[] {
  return definition.filesystems.flatMap((filesystem) => {
    const { space } = filesystem;
    if (space === undefined) return [];
    const standing = standingOf(definition, filesystem, space);
    if (standing === undefined) return [];
    const name = space.hard === undefined ? names.soft : names.hard;
    return [{ path: `domain/devices/filesystem/${name}`, position: space.position, ...standing }];
  });
}

function standingOf(
  definition: Limited,
  filesystem: FilesystemDefinition,
  space: SpaceLimits,
): NotCarriedOut | undefined {
  if (filesystem.readonly) return spaceLimits.ofReadonly;
  const isOverlay = overlayOf(definition, filesystem) !== undefined;
  if (!isOverlay) {
    switch (filesystem.type) {
      case 'bind':
        return spaceLimits.ofBind;
      case 'file':
      case 'block':
        return spaceLimits.ofImage;
      case 'ram':
        return isWithin(filesystem.usage, space) ? undefined : spaceLimits.ofRam;
      // What a volume is, and with it what holds, is found out by the start.
      case 'volume':
      case 'mount':
        break;
    }
  }
  if (!isOverlay && isHostRoot(filesystem)) return spaceLimits.ofHost;
  return hasOwnIds(definition) ? undefined : spaceLimits.withoutIdMap;
}

/** Whether a file system of `usage` KiB can never exceed the limits. */
function isWithin(usage: number, { hard = Infinity, soft = Infinity }: SpaceLimits): boolean {
  return usage * 1024 <= Math.min(hard, soft);
}

/** A directory tree of the host whose space is limited. */
export interface LimitedTree {
  /** For an overlay, the folder of its writable layer. */
  readonly path: string;
  readonly space: SpaceLimits;
}

/** The limited trees of a definition that may start. */
export function limitedTrees(definition: Limited): LimitedTree[] {
  return definition.filesystems.flatMap((filesystem) => {
    const { space, readonly } = filesystem;
    if (space === undefined || readonly) return [];
    const overlay = overlayOf(definition, filesystem);
    if (overlay !== undefined) return [{ path: overlay.upper, space }];
    return filesystem.type === 'mount' ? [{ path: filesystem.source, space }] : [];
  });
}
