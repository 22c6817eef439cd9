/**
 * The level of a domain, and what it comes down to. `isolated` adds no way of its own: it is the confinement of `hardened`, and, for a
 * domain with a root of its own, the request for ids that any definition can make (`<tslxc:idmap allocate='auto'/>`). Pure.
 */
import type { DomainDefinition } from '../definition';
import type { Confinement, Hardening } from '../../hardening';
import { withExtensionElement } from '../elements/extension/extension-change';
import { hasOwnIds } from '../filesystem/access-mode';
import { rootOf, sharesRoot } from '../filesystem/lookup';
import { unsupportedIn } from '../filesystem/without-effect';
import { isRefused, type UnsupportedElement } from '../xml/unsupported';
import { usualIds } from './allocated-ids';

/**
 * The domain's own level, or else `ofOthers`, that of the domains which set none; without its ids, if the domain asks for those of the
 * host.
 */
export function hardeningOf(
  { extension }: Pick<DomainDefinition, 'extension'>,
  ofOthers: Hardening,
): Hardening {
  const { hardening, hostIds } = extension;
  return hardening ?? (hostIds === true ? confinementAt(ofOthers) : ofOthers);
}

/** How a domain of that level is confined, apart from its ids. */
export function confinementAt(level: Hardening): Confinement {
  return level === 'isolated' ? 'hardened' : level;
}

/** How the domain is confined, apart from its ids. */
export function confinementOf(
  definition: Pick<DomainDefinition, 'extension'>,
  ofOthers: Hardening,
): Confinement {
  return confinementAt(hardeningOf(definition, ofOthers));
}

/** The definition that a start carries out: with a request for ids if its level gives it some. The same object each time. */
export function atLevel(definition: DomainDefinition, ofOthers: Hardening): DomainDefinition {
  return hardeningOf(definition, ofOthers) === 'isolated' ? isolated(definition) : definition;
}

// Definitions are immutable. What is known of one, for instance that it may start, is kept by the object.
const isolatedOnes = new WeakMap<DomainDefinition, DomainDefinition>();

/** The definition with a request for ids, if it has a root of its own and leaves the ids open. */
export function isolated(definition: DomainDefinition): DomainDefinition {
  if (hasOwnIds(definition) || sharesRoot(definition)) return definition;
  const known = isolatedOnes.get(definition) ?? withRequest(definition);
  isolatedOnes.set(definition, known);
  return known;
}

function withRequest(definition: DomainDefinition): DomainDefinition {
  const position = rootOf(definition)?.position ?? { line: 1, column: 1 };
  const { extension } = definition;
  const idAllocation = { count: usualIds, position, byLevel: true } as const;
  const asked = withExtensionElement(definition, {
    name: 'idmap',
    attributes: { allocate: 'auto', count: String(usualIds) },
  });
  const next = { ...asked, extension: { ...extension, idAllocation } };
  return { ...next, unsupported: unsupportedIn(next, definition, withWayBack) };
}

/** What a start refuses only because of the ids says how to start without. */
function withWayBack(one: UnsupportedElement): UnsupportedElement {
  if (!isRefused(one)) return one;
  const { words, why } = one;
  return words === undefined
    ? { ...one, why: `${why}; ${wayBackWords}` }
    : { ...one, words: `${words}; ${wayBackWords}` };
}

/**
 * The end of a message about what ids of its own prevent: how a domain that has them by its level does without. Empty for one that asks
 * for ids itself.
 */
export function wayBack({
  idMap,
  extension,
}: Pick<DomainDefinition, 'idMap' | 'extension'>): string {
  const isByLevel = (idMap ?? extension.idAllocation)?.byLevel === true;
  return isByLevel ? `; ${wayBackWords}` : '';
}

/** The same as a clause. */
export const wayBackWords =
  "it has ids of its own by the level isolated: <tslxc:hardening level='hardened'/> starts this domain without";
