/** The labelling of a start by AppArmor. */
import { createHash } from 'node:crypto';
import { sharesRoot } from '../../../domain/filesystem/lookup';
import { TslxcError } from '../../../errors';
import { realRoot } from '../../../host/state/real-root';
import { hiddenDirectories } from '../../../host/state/state-paths';
import type { StatePaths } from '../../../host/state/state-paths';
import { compileProfile, profileName } from '../../../plan/security/apparmor-profile';
import { securityFacts } from '../../../plan/security/labels';
import { assignAppArmor } from './apparmor';
import type { AssignedSecurity } from '../assigned';
import type { LabelledStart, Labelling } from '../labelled-start';
import { checkEntry, profileMode, recordedProfiles } from './profile';
import { checkDeviceLabels } from '../relabel/sources';

/** @throws as claimLabelling; nothing is taken. */
export function claimAppArmor(start: LabelledStart): Labelling {
  const labelling = previewAppArmor(start);
  const { profile, security } = labelling;
  // A profile that is made for the domain is not loaded yet.
  if (profile === undefined) checkEntry(security.label);
  else checkFree(start.paths, profile.name);
  return labelling;
}

/** A loaded profile that this root has no record of belongs to another program. */
function checkFree(paths: StatePaths, name: string): void {
  if (profileMode(name) === undefined || recordedProfiles(paths).includes(name)) return;
  const detail = `the AppArmor profile ${name} is loaded already, and not by this root of tslxc`;
  throw new TslxcError('RESOURCE_BUSY', detail, { step: 'choose an AppArmor profile' });
}

/** A key for the names of profiles; undefined for the usual root. */
function keyOf(root: string): string | undefined {
  const real = realRoot(root);
  return real === '/' ? undefined : createHash('sha256').update(real).digest('hex').slice(0, 8);
}

export function previewAppArmor(start: LabelledStart): Labelling {
  const { paths, definition, asked, hardening } = start;
  checkDeviceLabels(definition, 'apparmor');
  const name = profileName(definition.uuid, keyOf(paths.root));
  const { label, generated, accepted } = assignAppArmor(asked, name);
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
  const hidden = sharesRoot(definition) ? hiddenDirectories(paths) : [];
  return {
    security,
    facts,
    sources: [],
    profile: { name, text: compileProfile(definition, { ...generated, hidden, hardening }) },
    undo: [{ undo: 'unloadProfile', root: paths.root, profile: name }],
  };
}
