/**
 * What confines init and all processes that it starts, besides their capabilities: keyring, resource limits, the filter
 * of system calls, no_new_privs, and the score that decides which process is killed first when memory runs out. Pure.
 */
import type { DomainDefinition } from '../../domain/definition';
import type { Confinement } from '../../hardening';
import type { ResourceLimit } from '../../domain/elements/extension/resource-limits';
import {
  resourceNumbers,
  unlimited,
  type ResourceName,
} from '../../domain/elements/extension/resource-limits';
import { wayBack } from '../../domain/namespaces/level';
import { definitionError } from '../../domain/xml/source-location';
import type { Privileges } from '../../host/security/privileges';
import { capabilityNumbers } from '../../domain/elements/capability-numbers';
import { grantedCapabilities } from './capabilities';
import { hasUserNamespace } from '../process/id-map';
import type { Operation } from '../operation';
import { compileSeccomp } from './seccomp';

export interface ConfinementFacts {
  readonly hardening: Confinement;
  /** uname -m. */
  readonly arch: string;
  /** The namespaces of this kernel take ioctls of every type (`HostFacts`). */
  readonly nsfsIgnoresType?: boolean;
  readonly privileges: Privileges;
  /** Set with an AppArmor profile, because the new mount API would bypass its mount rules. */
  readonly deniesNewMountApi?: boolean;
}

interface DefaultLimit {
  readonly name: ResourceName;
  readonly soft: bigint;
  readonly hard: bigint;
}

/** The caller's own limits are no good default: Node raises its soft limit of open files. */
const defaultLimits: readonly DefaultLimit[] = [
  // A soft limit above 1024 breaks select(2). A program that doesn't use it can raise it to what systemd gives services.
  { name: 'nofile', soft: 1024n, hard: 524_288n },
  // One byte: do_coredump() of the kernel then executes no program of the host (core_pattern with a pipe), as it does
  // with every other limit, 0 included. The hard limit keeps a systemd inside from raising it.
  { name: 'core', soft: 1n, hard: 1n },
  { name: 'memlock', soft: 8_388_608n, hard: 8_388_608n },
];

/**
 * How many signals may be pending: half of what the host's root has. The kernel counts those of all its processes, and of all
 * containers without ids of their own; the other half is left for the host.
 */
function pendingSignals({ hardLimits: { sigpending = unlimited } }: Privileges): DefaultLimit[] {
  if (sigpending === unlimited) return [];
  const half = sigpending / 2n;
  return [{ name: 'sigpending', soft: half, hard: half }];
}

/** When memory runs out, the kernel must not choose a monitor first, since its container would end with it. */
const monitorScore = -999;
const initScore = 0;

/**
 * In the namespaces of the host: init gets the score of an ordinary process, whatever its caller's is.
 */
export function planOutsideScore({ privileges }: ConfinementFacts): Operation[] {
  const file = { op: 'openFile', file: 'oomScore', path: '/proc/self/oom_score_adj' } as const;
  // Without CAP_SYS_RESOURCE a score can't be lowered below the one that a privileged process has set.
  const settable = canRaise(privileges) || privileges.oomScoreAdjust <= initScore;
  if (!settable) return [];
  return [file, { op: 'writeFile', file: file.file, text: String(initScore) }];
}

/** After the clone, the monitor gets its own score. */
export function planMonitorScore({ privileges }: ConfinementFacts): Operation[] {
  if (!canRaise(privileges)) return [];
  return [{ op: 'writeFile', file: 'oomScore', text: String(monitorScore) }];
}

/**
 * While the process is still the host's root, so that its keyring counts against root's quota, and not against the
 * small one that all containers with the same id map share.
 */
export function planKeyring({ hardening }: ConfinementFacts): Operation[] {
  return hardening === 'hardened' ? [{ op: 'newSessionKeyring' }] : [];
}

/** @throws DefinitionError CONFIG_UNSUPPORTED for a limit that is higher than the caller can give. */
export function planResourceLimits(
  definition: DomainDefinition,
  facts: ConfinementFacts,
): Operation[] {
  const asked = definition.extension.resourceLimits ?? [];
  const isAsked = (name: ResourceName) => asked.some((limit) => limit.name === name);
  const ceiling = ceilings(definition, facts.privileges);
  const hardened = [...defaultLimits, ...pendingSignals(facts.privileges)];
  const defaults = facts.hardening === 'hardened' ? hardened : [];
  return [
    ...defaults
      .filter(({ name }) => !isAsked(name))
      .map(({ name, soft, hard }) =>
        limit(name, least(soft, ceiling(name)), least(hard, ceiling(name))),
      ),
    ...asked.map((one) => {
      checkCeiling(definition, one, ceiling(one.name));
      return limit(one.name, one.soft, one.hard);
    }),
  ];
}

/** While the process has CAP_SYS_ADMIN, which a filter needs without no_new_privs. Later operations must pass the filter. */
export function planSystemCallFilter(
  definition: DomainDefinition,
  { hardening, arch, nsfsIgnoresType = false, deniesNewMountApi = false }: ConfinementFacts,
): Operation[] {
  const granted = grantedCapabilities(definition);
  if (hardening === 'compat') {
    if (!deniesNewMountApi) return [];
    return [{ op: 'setSeccomp', program: compileSeccomp({ arch, granted, denies: 'mounts' }) }];
  }
  const denies = deniesNewMountApi ? 'hardened and mounts' : 'hardened';
  const program = compileSeccomp({ arch, granted, denies, nsfsIgnoresType });
  return [{ op: 'setSeccomp', program }];
}

/** Off by default, since sudo and ping need it off. On for a definition that asks for it or denies all capabilities. */
export function planNoNewPrivileges(
  { extension, features }: DomainDefinition,
  { hardening }: ConfinementFacts,
): Operation[] {
  const denied = hardening === 'hardened' && features.capabilities.policy === 'deny';
  return extension.noNewPrivileges || denied ? [{ op: 'setNoNewPrivileges' }] : [];
}

/** The highest limits that the kernel permits (else EPERM). CAP_SYS_RESOURCE of a user namespace does not raise them. */
function ceilings(
  definition: DomainDefinition,
  privileges: Privileges,
): (name: ResourceName) => bigint {
  if (canRaise(privileges) && !hasUserNamespace(definition)) return () => unlimited;
  return (name) => privileges.hardLimits[name] ?? unlimited;
}

function canRaise({ boundingSet }: Privileges): boolean {
  return ((boundingSet >> BigInt(capabilityNumbers.sys_resource)) & 1n) === 1n;
}

function checkCeiling(
  definition: DomainDefinition,
  { name, hard, position }: ResourceLimit,
  ceiling: bigint,
): void {
  if (hard <= ceiling) return;
  const detail = `hard limit ${words(hard)} of '${name}' is above the caller's own of ${words(ceiling)}`;
  throw definitionError('CONFIG_UNSUPPORTED', `${detail}${wayBack(definition)}`, {
    path: 'domain/metadata/tslxc:container/tslxc:rlimit',
    position,
  });
}

function words(value: bigint): string {
  return value === unlimited ? 'unlimited' : String(value);
}

function least(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}

function limit(name: ResourceName, soft: bigint, hard: bigint): Operation {
  return { op: 'setResourceLimit', resource: resourceNumbers[name], soft, hard };
}
