/** Replaces the request for an id map with the ids that the driver has chosen. */
import type { DomainDefinition, IdRange } from '../definition';
import type { XmlElement } from '../xml/element';
import { wordOf } from '../xml/reading';

/**
 * Ranges are allocated from the ids 1879048192 to 2147352575, which "Users, Groups, UIDs and GIDs on systemd
 * Systems" lists as unused. They are above the ids of systemd-nspawn, far above those that useradd(8), LXD and
 * Incus take from subuid(5), and below those that are negative in programs with signed ids.
 */
export const allocatable = { first: 0x70000000, count: 0x7ffe0000 - 0x70000000 } as const;

/** The number of ids unless a definition asks for another: most programs expect to have all 16-bit ids. */
export const usualIds = 65536;

/** The definition with an `<idmap>` to the host ids from `first` on in place of the request. */
export function withAllocatedIds(definition: DomainDefinition, first: number): DomainDefinition {
  const { idAllocation, ...extension } = definition.extension;
  if (idAllocation === undefined) return definition;
  const { count, position, byLevel } = idAllocation;
  const ranges: readonly IdRange[] = [{ start: 0, target: first, count, position }];
  return {
    ...definition,
    extension,
    idMap: { uids: ranges, gids: ranges, position, ...(byLevel && { byLevel }) },
    metadata: definition.metadata.flatMap(withoutRequest),
  };
}

function withoutRequest(element: XmlElement): XmlElement[] {
  if (wordOf(element) !== 'tslxc:container') return [element];
  const children = element.children.filter(
    (child) => typeof child === 'string' || wordOf(child) !== 'tslxc:idmap',
  );
  const isEmpty = children.every((child) => typeof child === 'string');
  return isEmpty ? [] : [{ ...element, children }];
}
