/** Which AppArmor label a domain's init executes with, by its `<seclabel>`. */
import { definitionError, type SourceLocation } from '../../../domain/xml/source-location';
import { isOwnProfile } from '../../../plan/security/apparmor-profile';
import type { AskedLabel } from '../assigned';
import { profileMode } from './profile';

export interface AppArmorAssignment {
  /** As the live XML shows it. */
  readonly label: string;
  /** The profile that is to be compiled and loaded before the start, and unloaded after the end. */
  readonly generated?: { readonly name: string; readonly base?: string };
  /** The forms in which the kernel may report it once init executes. */
  readonly accepted: readonly string[];
}

/** The modes in which another program may have loaded a profile. */
const modes = ['enforce', 'complain', 'kill', 'unconfined'];

/**
 * Dynamic: a profile of the domain's own. Dynamic with a base: that one, stacked with the given profile, so that only
 * what both allow is allowed; libvirt has no such form. Static: the given profile and nothing else.
 *
 * @param name of the profile that would be made
 * @throws DefinitionError XML_ERROR for a profile that is missing, not loaded, or made for a domain
 */
export function assignAppArmor(
  asked: Omit<AskedLabel, 'relabel'>,
  name: string,
  modeOf: (name: string) => string | undefined = profileMode,
): AppArmorAssignment {
  const place: SourceLocation = { path: 'domain/seclabel', position: asked.position };
  if (asked.type === 'static') {
    const label = requireLoaded(asked.label, { ...place, path: `${place.path}/label` }, modeOf);
    return assignment(label, [label], modes);
  }
  if (asked.baseLabel === undefined) {
    return { ...assignment(name, [name], ['enforce']), generated: { name } };
  }
  const basePlace = { ...place, path: `${place.path}/baselabel` };
  const base = requireLoaded(asked.baseLabel, basePlace, modeOf);
  const stack = `${base}//&${name}`;
  return {
    // The kernel puts the names of a stack in order.
    ...assignment(stack, [stack, `${name}//&${base}`], ['enforce', 'mixed']),
    generated: { name, base },
  };
}

function requireLoaded(
  label: string | undefined,
  place: SourceLocation,
  modeOf: (name: string) => string | undefined,
): string {
  if (label === undefined) throw definitionError('XML_ERROR', 'security label is missing', place);
  if (isOwnProfile(label)) {
    const detail = `Invalid security label '${label}': that is the profile of one domain, and goes with it`;
    throw definitionError('XML_ERROR', detail, place);
  }
  if (modeOf(label) === undefined) {
    const detail = `Invalid security label '${label}': no AppArmor profile of that name is loaded`;
    throw definitionError('XML_ERROR', detail, place);
  }
  return label;
}

function assignment(
  label: string,
  spellings: readonly string[],
  accepted: readonly string[],
): Omit<AppArmorAssignment, 'generated'> {
  return {
    label,
    accepted: spellings.flatMap((spelling) => accepted.map((mode) => `${spelling} (${mode})`)),
  };
}
