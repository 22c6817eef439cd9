/** The container's first process: its arguments, environment, identity and capabilities. Pure. */
import { isBinding } from '../../domain/tuning/numa-tuning';
import { numbersOfSet } from '../../domain/xml/number-set';
import type { DomainDefinition } from '../../domain/definition';
import { keptCapabilities } from '../security/capabilities';
import {
  planNoNewPrivileges,
  planResourceLimits,
  planSystemCallFilter,
  type ConfinementFacts,
} from '../security/confinement';
import { killSignal } from '../constants';
import { hasUserNamespace } from './id-map';
import { sharesNamespace } from './namespaces';
import type { Operation } from '../operation';

/** The ids of init, looked up in the container's own account databases. */
export interface Identity {
  readonly uid: number;
  readonly gid: number;
  readonly groups: readonly number[];
}

export const rootIdentity: Identity = { uid: 0, gid: 0, groups: [] };

const longestHostname = 64;

export function planEnvironment(definition: DomainDefinition, passed: number): string[] {
  const { name, uuid, os, consoles } = definition;
  const environment = new Map([
    ['PATH', '/bin:/sbin'],
    ['TERM', 'linux'],
    ['container', 'lxc-libvirt'],
    ['HOME', '/'],
    ['container_uuid', uuid],
  ]);
  if (consoles.length > 1) {
    environment.set(
      'container_ttys',
      consoles
        .slice(1)
        .map((_, index) => `pts/${index + 1}`)
        .join(' '),
    );
  }
  environment.set('LIBVIRT_LXC_UUID', uuid);
  environment.set('LIBVIRT_LXC_NAME', name);
  if (os.commandLine !== undefined) environment.set('LIBVIRT_LXC_CMDLINE', os.commandLine);
  if (passed > 0) {
    // sd_listen_fds(3): init is process 1, and its descriptors begin at 3.
    environment.set('LISTEN_PID', '1');
    environment.set('LISTEN_FDS', String(passed));
  }
  for (const variable of os.initEnvironment) environment.set(variable.name, variable.value);
  return [...environment].map(([variable, value]) => `${variable}=${value}`);
}

/** Takes the ids of the container's root, which init does not have at first in a new user namespace. */
export function planEntry(definition: DomainDefinition): Operation[] {
  return hasUserNamespace(definition) ? [{ op: 'setIds', uid: 0, gid: 0, groups: [] }] : [];
}

/** PER_LINUX32 of linux/personality.h: uname(2) reports the 32-bit architecture. */
const linux32 = 0x0008;

/** Makes programs take a 64-bit kernel for a 32-bit one, if that is what `<type arch>` says. */
export function planPersonality(
  { os }: Pick<DomainDefinition, 'os'>,
  { arch }: Pick<ConfinementFacts, 'arch'>,
): Operation[] {
  return os.arch === arch ? [] : [{ op: 'setPersonality', persona: linux32 }];
}

/** MPOL_PREFERRED, MPOL_INTERLEAVE and MPOL_PREFERRED_MANY of linux/mempolicy.h. */
const memoryPolicies = { preferred: 1, interleave: 3, preferredMany: 5 } as const;

/** The nodes that memory comes from, in the modes that are set for each process, and not by a cgroup. */
export function planMemoryPolicy({
  numaTuning,
}: Pick<DomainDefinition, 'numaTuning'>): Operation[] {
  if (numaTuning?.nodeset === undefined || isBinding(numaTuning.mode)) return [];
  const nodes = numbersOfSet(numaTuning.nodeset);
  // Several need Linux 5.15, as in libvirt.
  const preferred = nodes.length === 1 ? 'preferred' : 'preferredMany';
  const mode = memoryPolicies[numaTuning.mode === 'interleave' ? 'interleave' : preferred];
  return [{ op: 'setMemoryPolicy', mode, nodes }];
}

/** The last operations before exec; their order matters, since changes of ids and capabilities clear the death signal. */
export function planProcess(
  definition: DomainDefinition,
  identity: Identity,
  facts: ConfinementFacts,
): Operation[] {
  const { initDirectory } = definition.os;
  const keep = keptCapabilities(definition, facts.hardening);
  return [
    // The host name of a shared UTS namespace is not changed, unlike in libvirt.
    ...(sharesNamespace(definition, 'uts')
      ? []
      : [{ op: 'setHostname', name: hostname(definition.name) } as const]),
    // Raising a hard limit needs CAP_SYS_RESOURCE, and installing a filter CAP_SYS_ADMIN.
    ...planResourceLimits(definition, facts),
    ...planSystemCallFilter(definition, facts),
    // The bounding set first, since CAP_SETPCAP is lost with the ids. The ids before CAP_SETUID is dropped.
    { op: 'limitBoundingSet', keep },
    { op: 'setIds', uid: identity.uid, gid: identity.gid, groups: identity.groups },
    { op: 'setCapabilities', keep },
    ...planNoNewPrivileges(definition, facts),
    ...(initDirectory === undefined
      ? []
      : [{ op: 'changeDirectory', path: initDirectory } as const]),
    { op: 'resetSignals' },
    { op: 'setParentDeathSignal', signal: killSignal },
  ];
}

/** The domain's name without the characters that a host name can't have, as in libvirt. */
export function hostname(domain: string): string {
  return domain
    .replace(/[^A-Za-z0-9-]/g, '')
    .replace(/^-/, '')
    .slice(0, longestHostname);
}
