/** The labelling of a start by AppArmor. */
import { sharesRoot } from '../../domain/filesystem-lookup';
import { hiddenDirectories } from '../../host/state-paths';
import { compileProfile } from '../../plan/apparmor-profile';
import { securityFacts } from '../../plan/security';
import { assignAppArmor } from './apparmor';
import type { AssignedSecurity } from './assigned';
import type { LabelledStart, Labelling } from './labelling';
import { checkEntry } from './profile';
import { checkDeviceLabels } from './sources';

/** @throws as claimLabelling; nothing is taken. */
export function claimAppArmor(start: LabelledStart): Labelling {
  const labelling = foreseeAppArmor(start);
  // One of our own is not there yet, and nothing is in the way of what is unconfined.
  if (labelling.profile === undefined) checkEntry(labelling.security.label);
  return labelling;
}

export function foreseeAppArmor(start: LabelledStart): Labelling {
  const { paths, definition, asked, hardening } = start;
  checkDeviceLabels(definition, 'apparmor');
  const { label, imageLabel, generated, accepted } = assignAppArmor(asked, definition.uuid);
  const { type, relabel } = asked;
  const security: AssignedSecurity = {
    type,
    model: 'apparmor',
    label,
    accepted,
    relabel,
    ...(relabel ? { imageLabel } : {}),
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
