/**
 * (definition, facts) → the plan of a command in a running container. The operations that confined the container's init
 * confine the command too. Pure.
 */
import type { DomainDefinition } from '../domain/definition';
import { keptCapabilities } from './security/capabilities';
import {
  planKeyring,
  planNoNewPrivileges,
  planOutsideScore,
  planResourceLimits,
  planSystemCallFilter,
  type ConfinementFacts,
} from './security/confinement';
import { killSignal, namespaceFlags } from './constants';
import { hasUserNamespace } from './process/id-map';
import type { Operation } from './operation';
import type { CommandPlan } from './plan';
import { planEntry, planMemoryPolicy, planPersonality } from './process/process';
import type { Identity } from './process/process';
import { labelHeader, planExecLabel } from './security/labels';
import type { SecurityFacts } from './security/labels';

/** What the kernel reports of init now: it may have dropped more rights since its start, which the command must lack. */
export interface InitState {
  readonly boundingSet: bigint;
  readonly noNewPrivileges: boolean;
  /** `tasks` of the cgroup that init is in, in each v1 hierarchy. */
  readonly tasks: readonly string[];
  /** Its v2 directory, or ''. */
  readonly unified: string;
}

export interface CommandFacts extends ConfinementFacts {
  readonly init: InitState;
  readonly attendantTasks: readonly string[];
  readonly identity: Identity;
  readonly argv: readonly string[];
  readonly environment: readonly string[];
  readonly directory: string;
  readonly terminal: boolean;
  /** The label that the command executes with. Default: that of its caller. */
  readonly security?: SecurityFacts;
  /** Milliseconds. */
  readonly deadline: number;
}

export function compileCommand(definition: DomainDefinition, facts: CommandFacts): CommandPlan {
  const { init } = facts;
  const joined = init.tasks.map((path, index) => ({ file: `tasks${index}`, path }));
  return {
    header: {
      namespaces: joinedNamespaces(definition),
      unifiedCgroup: init.unified,
      attendantTasks: facts.attendantTasks,
      deadline: facts.deadline,
      terminal: facts.terminal ? 1 : 0,
      ...labelHeader(facts.security),
      argv: facts.argv,
      environment: facts.environment,
    },
    outside: [
      ...joined.flatMap(({ file, path }): Operation[] => [
        { op: 'openFile', file, path },
        { op: 'writeFile', file, text: '0' },
      ]),
      ...planOutsideScore(facts),
      ...planKeyring(facts),
      ...planExecLabel(facts.security),
    ],
    inside: [
      ...planEntry(definition),
      ...planPersonality(definition, facts),
      ...planMemoryPolicy(definition),
      ...planConfinement(definition, facts),
    ],
    command: [
      { op: 'newSession', umask: 0o022 },
      { op: 'resetSignals' },
      { op: 'setParentDeathSignal', signal: killSignal },
    ],
  };
}

/** All namespaces of init. Joining one that init shares with the host has no effect. */
function joinedNamespaces(definition: DomainDefinition): number {
  const { user, ...others } = namespaceFlags;
  const own = Object.values(others).reduce((flags, flag) => flags | flag, 0);
  // The kernel refuses to enter the user namespace that the process is already in (setns(2)).
  return hasUserNamespace(definition) ? own | user : own;
}

/** The order is that of init's start: the bounding set before the ids, the ids before CAP_SETUID is dropped. */
function planConfinement(definition: DomainDefinition, facts: CommandFacts): Operation[] {
  const { identity, init } = facts;
  const keep = keptCapabilities(definition, facts.hardening) & init.boundingSet;
  const asked = planNoNewPrivileges(definition, facts);
  return [
    ...planResourceLimits(definition, facts),
    ...planSystemCallFilter(definition, facts),
    { op: 'limitBoundingSet', keep },
    { op: 'setIds', uid: identity.uid, gid: identity.gid, groups: identity.groups },
    { op: 'setCapabilities', keep },
    ...(asked.length === 0 && init.noNewPrivileges
      ? [{ op: 'setNoNewPrivileges' } as const]
      : asked),
    { op: 'enterDirectory', path: facts.directory },
  ];
}
