/** `accessmode` of `<filesystem>`: which ids own its files in the container. */
import type { DomainDefinition } from '../definition';
import { isSame } from '../xml/path';
import { attributeLocation } from '../xml/source-location';
import type { UnsupportedElement } from '../xml/unsupported';
import type { FilesystemDefinition } from './definition';
import { isHostRoot } from './lookup';
import { mappedByItself, modesWithIdMap, modesWithoutIdMap } from './vocabulary';

type Owned = Pick<DomainDefinition, 'filesystems' | 'idMap' | 'extension'>;

/** Whether the domain has an id map, or gets one when it starts. */
export function hasOwnIds({ idMap, extension }: Omit<Owned, 'filesystems'>): boolean {
  return idMap !== undefined || extension.idAllocation !== undefined;
}

/** Whether `accessmode='mapped'` gives its files the container's ids. */
export function isMapped(
  definition: Omit<Owned, 'filesystems'>,
  { accessMode, type }: FilesystemDefinition,
): boolean {
  return accessMode === 'mapped' && type !== 'ram' && type !== 'bind' && hasOwnIds(definition);
}

/** The access modes of the definition that are not carried out. */
export function accessModesWithoutEffect(definition: Owned): UnsupportedElement[] {
  return definition.filesystems.flatMap((filesystem) => {
    const { accessMode, position } = filesystem;
    if (accessMode !== 'mapped' && accessMode !== 'squash') return [];
    const standing = standingOf(definition, filesystem, accessMode);
    if (standing === undefined) return [];
    const place = attributeLocation({ path: 'domain/devices/filesystem', position }, 'accessmode');
    return [{ ...place, ...standing, value: accessMode }];
  });
}

function standingOf(
  definition: Owned,
  filesystem: FilesystemDefinition,
  mode: 'mapped' | 'squash',
): Pick<UnsupportedElement, 'start' | 'why'> | undefined {
  if (!hasOwnIds(definition)) return modesWithoutIdMap[mode];
  if (mode === 'squash') return modesWithIdMap.squash;
  return isMapped(definition, filesystem) || isShownHostRoot(filesystem)
    ? undefined
    : mappedByItself;
}

/** Whether the host's root is mounted as the container's. Mode `mapped` is then refused, since the container's root would own it. */
export function isShownHostRoot(filesystem: FilesystemDefinition): boolean {
  return isSame(filesystem.target, '/') && isHostRoot(filesystem);
}
