/** (definition, facts) → the text of a domain's AppArmor profile, for apparmor_parser(8). Pure. */
import type { DomainDefinition } from '../../domain/definition';
import type { Confinement } from '../../hardening';
import { sharesRoot } from '../../domain/filesystem/lookup';
import { kernelFileRules, ownFileRules } from './apparmor-files';
import { mountRules } from './apparmor-mounts';
import { quoted } from './apparmor-patterns';

export interface ProfileFacts {
  /** As `profileName` gives it. */
  readonly name: string;
  readonly hardening: Confinement;
  /** Directories of tslxc that a container on the shared root must not see. */
  readonly hidden: readonly string[];
  /** The profile that this one is stacked with: processes under it belong to the container too. */
  readonly base?: string;
}

const ownPrefix = 'tslxc-';

/**
 * The name of a domain's profile. It differs from libvirt's, whose daemon may run too and would remove a profile that it
 * takes for its own. Under a root other than `/` it includes `rootKey`, since that root may have a copy of the domain.
 */
export function profileName(uuid: string, rootKey?: string): string {
  return `${ownPrefix}${uuid}${rootKey === undefined ? '' : `.${rootKey}`}`;
}

/** Whether a profile, or one in a stack, was made for a domain, and is removed with it. */
export function isOwnProfile(label: string): boolean {
  return label.split('//&').some((name) => name.startsWith(ownPrefix));
}

/**
 * Allows everything that does not reach out of the container: files by a list of denials; mounts, signals and tracing by
 * a list of what is allowed. No rule allows a change of the profile, so no process in the container can leave it.
 *
 * The rules are those of AppArmor 3.0, which Debian has since version 12. What later versions also mediate is not
 * restricted.
 */
export function compileProfile(definition: DomainDefinition, facts: ProfileFacts): string {
  const { name, base, hardening } = facts;
  const hidden = sharesRoot(definition) ? facts.hidden : [];
  const peers = peerNames(name, base);
  const rules = [
    'file,',
    'network,',
    'unix,',
    'dbus,',
    'capability,',
    // With these the container's root could load a profile that allows more.
    'deny capability mac_admin mac_override,',
    'signal (receive),',
    ...peers.map((peer) => `signal (send) peer=${peer},`),
    'ptrace (readby, tracedby),',
    ...peers.map((peer) => `ptrace (read, trace) peer=${peer},`),
    ...mountRules(definition, hidden),
    ...kernelFileRules(hardening),
    ...ownFileRules(definition, hidden),
  ];
  return [
    'abi <abi/3.0>,',
    `profile ${name} flags=(attach_disconnected, mediate_deleted) {`,
    ...rules.map((rule) => `  ${rule}`),
    '}',
    '',
  ].join('\n');
}

/** The kernel checks a stack as a whole, and each of its profiles. */
function peerNames(name: string, base: string | undefined): string[] {
  if (base === undefined) return [name];
  // The name of a profile may be a path with spaces.
  return [name, quoted(base), `${name}//&**`, `**//&${name}`];
}
