/** (definition, facts) → the text of a domain's AppArmor profile, for apparmor_parser(8). Pure. */
import type { DomainDefinition, Hardening } from '../../domain/definition';
import { sharesRoot } from '../../domain/filesystem/lookup';
import { kernelFileRules, ownFileRules } from './apparmor-files';
import { mountRules } from './apparmor-mounts';
import { quoted } from './apparmor-patterns';

export interface ProfileFacts {
  /** As `profileName` gives it. */
  readonly name: string;
  readonly hardening: Hardening;
  /** Directories of tslxc that a container on the shared root must not see. */
  readonly hidden: readonly string[];
  /** The profile that this one is stacked with: their processes are the container's too. */
  readonly base?: string;
}

const ownPrefix = 'tslxc-';

/**
 * Not libvirt's own name for it: its daemon may run beside us, and removes what it takes for its own. Of another root than `/`
 * with `rootKey`, which is that root's alone: it may have a copy of the domain.
 */
export function profileName(uuid: string, rootKey?: string): string {
  return `${ownPrefix}${uuid}${rootKey === undefined ? '' : `.${rootKey}`}`;
}

/** Whether a profile, or one of a stack, is made for a domain: it goes with that. */
export function isOwnProfile(label: string): boolean {
  return label.split('//&').some((name) => name.startsWith(ownPrefix));
}

/**
 * All is allowed but what reaches out of the container: a list of denials for files, and of what is allowed for mounts,
 * signals and tracing. There is no rule for a change of the profile, so that nothing inside leaves it.
 *
 * The rules are of AppArmor 3.0, which Debian has had since 12: what later ones mediate besides is left alone.
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
    // With these the container's root could load a profile that allows it more.
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

/** A stack is asked for as a whole, and for each of its profiles. */
function peerNames(name: string, base: string | undefined): string[] {
  if (base === undefined) return [name];
  // Profiles may be named after paths, with blanks in them.
  return [name, quoted(base), `${name}//&**`, `**//&${name}`];
}
