/** The labelling of a start by AppArmor. */
import { sharesRoot } from '../../domain/filesystem-lookup';
import { TslxcError } from '../../errors';
import { hiddenDirectories } from '../../host/state-paths';
import type { StatePaths } from '../../host/state-paths';
import { compileProfile } from '../../plan/apparmor-profile';
import { securityFacts } from '../../plan/security';
import { assignAppArmor } from './apparmor';
import type { AssignedSecurity } from './assigned';
import type { LabelledStart, Labelling } from './labelling';
import { checkEntry, profileMode, recordedProfiles } from './profile';
import { checkDeviceLabels } from './sources';

/** @throws as claimLabelling; nothing is taken. */
export function claimAppArmor(start: LabelledStart): Labelling {
  const labelling = foreseeAppArmor(start);
  const { profile, security } = labelling;
  // One of our own is not there yet.
  if (profile === undefined) checkEntry(security.label);
  else checkFree(start.paths, profile.name);
  return labelling;
}

/** By the UUID alone: a copy of the definition may run in another root of tslxc, and would lose its profile. */
function checkFree(paths: StatePaths, name: string): void {
  if (profileMode(name) === undefined || recordedProfiles(paths).includes(name)) return;
  const detail = `the AppArmor profile ${name} is loaded already, and not by this root of tslxc: the domain's UUID is another's too`;
  throw new TslxcError('RESOURCE_BUSY', detail, { step: 'choose an AppArmor profile' });
}

export function foreseeAppArmor(start: LabelledStart): Labelling {
  const { paths, definition, asked, hardening } = start;
  checkDeviceLabels(definition, 'apparmor');
  const { label, generated, accepted } = assignAppArmor(asked, definition.uuid);
  const { type, relabel } = asked;
  const security: AssignedSecurity = {
    type,
    model: 'apparmor',
    label,
    accepted,
    relabel,
    // Nothing on disk is labelled; libvirt shows the same text.
    ...(relabel ? { imageLabel: label } : {}),
  };
  const facts = securityFacts(security);
  if (generated === undefined) return { security, facts, sources: [], undo: [] };
  const { name } = generated;
  const hidden = sharesRoot(definition) ? hiddenDirectories(paths) : [];
  return {
    security,
    facts,
    sources: [],
    profile: { name, text: compileProfile(definition, { ...generated, hidden, hardening }) },
    undo: [{ undo: 'unloadProfile', root: paths.root, profile: name }],
  };
}
