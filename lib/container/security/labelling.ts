/**
 * The label of one start, whatever the model: claimed before anything else is looked up, applied when what is borrowed
 * is on record, given back by the undo steps of that record.
 */
import { confinementOf } from '../../domain/namespaces/level';
import { chosenLabel } from '../../domain/security/chosen-label';
import { hostSecurity } from '../../host/security/driver';
import { readSettings, visibleSettings } from '../../host/settings';
import type { HostSettings } from '../../host/settings';
import type { StatePaths } from '../../host/state/state-paths';
import type { Looks } from '../looks/looks';
import type { LabelledDomain, LabelledStart, Labelling } from './labelled-start';
import { claimAppArmor, previewAppArmor } from './apparmor/labelling';
import { releaseRange } from './selinux/categories';
import { checkEntry, loadProfile } from './apparmor/profile';
import { relabelSources } from './relabel/relabel';
import type { SkippedSource } from './relabel/relabel';
import type { WalkOptions } from './relabel/label-walk';
import { claimSelinux, previewSelinux } from './selinux/labelling';

/**
 * Chooses the label of a start, and claims what has to be unique in it; undefined for a container without a label. The
 * caller holds the domain's lock.
 *
 * @throws DefinitionError for a label that is not available, TslxcError for settings that can't be read,
 * OPERATION_TIMEOUT for a source that does not answer, OPERATION_ABORTED; nothing is claimed then.
 */
export async function claimLabelling(
  what: LabelledDomain,
  looks: Looks,
): Promise<Labelling | undefined> {
  const start = lookUp(what, readSettings(what.paths));
  switch (start?.host.model) {
    case 'selinux':
      return await claimSelinux({ ...start, host: start.host }, looks);
    case 'apparmor':
      return claimAppArmor(start);
    default:
      return undefined;
  }
}

/** The same as far as can be said without claiming anything, for any user. */
export function previewLabelling(what: LabelledDomain): Labelling | undefined {
  const start = lookUp(what, visibleSettings(what.paths));
  switch (start?.host.model) {
    case 'selinux':
      return previewSelinux({ ...start, host: start.host });
    case 'apparmor':
      return previewAppArmor(start);
    default:
      return undefined;
  }
}

function lookUp(what: LabelledDomain, settings: HostSettings): LabelledStart | undefined {
  const { paths, definition } = what;
  const host = hostSecurity(settings);
  const asked = chosenLabel(definition, host.model, settings);
  if (asked === undefined) return undefined;
  // A label of the type 'none' would not have been chosen.
  const type = asked.type === 'static' ? 'static' : 'dynamic';
  const hardening = confinementOf(definition, what.hardening);
  return { paths, definition, hardening, host, asked: { ...asked, type } };
}

/**
 * Labels what the container uses, or loads its profile. What this does is on record before, as `undo`. Resolves with
 * the sources that could not be labelled, and may be skipped.
 */
export async function applyLabelling(
  { security, sources, force = false, profile }: Labelling,
  request: WalkOptions & { readonly paths: StatePaths; readonly user: string },
): Promise<readonly SkippedSource[]> {
  if (profile !== undefined) {
    await loadProfile(request.paths, profile.name, profile.text);
    checkEntry(security.label);
  }
  return await relabelSources({ ...request, sources, force });
}

/** Gives back the claims of a start that failed before they were on record. */
export async function giveUpLabelling({ undo }: Labelling): Promise<void> {
  for (const one of undo) if (one.undo === 'releaseCategories') await releaseRange(one);
}
