/** Everything that is looked up and decided before a start touches the host. Reads, never writes. */
import { statSync } from 'node:fs';
import type { DomainDefinition, FilesystemDefinition, Hardening } from '../domain/definition';
import { SyscallError } from '../errors';
import { hostFacts } from '../host/facts';
import { hiddenDirectories, runPaths } from '../host/state-paths';
import type { StatePaths } from '../host/state-paths';
import { planCgroups } from '../plan/cgroups';
import type { CgroupPlan } from '../plan/cgroups';
import { compilePlan } from '../plan/compile';
import type { Plan } from '../plan/operation';
import { otherFilesystems, rootOf, sharesRoot } from '../plan/rootfs';
import type { SourceKind } from '../plan/rootfs';
import { resolveIdentity } from './accounts';
import { failActions, failpoints } from './failpoints';
import type { ArmedFailpoint } from './failpoints';
import { borrowedPaths } from './mount-target';
import type { Found, TargetKind } from './mount-target';
import { reapCommand } from './reap-command';
import type { Undo } from './undo';

/** A mount target on the shared root that has to be claimed before it is used. */
export interface NeededTarget {
  readonly path: string;
  readonly kind: TargetKind;
  readonly found: Found;
}

export interface Preparation {
  readonly plan: Plan;
  readonly cgroups: CgroupPlan;
  readonly targets: readonly NeededTarget[];
  /** Who claims them. */
  readonly user: string;
  readonly undo: readonly Undo[];
}

export interface PreparationInput {
  readonly paths: StatePaths;
  readonly definition: DomainDefinition;
  /** Of the connection: the definition's own has precedence. */
  readonly hardening: Hardening;
  readonly startTimeout: number;
  readonly consoleDescriptors: number;
  readonly passDescriptors: number;
  readonly failpoint?: ArmedFailpoint;
}

export function prepare(input: PreparationInput): Preparation {
  const { paths, definition } = input;
  const facts = hostFacts();
  const cgroups = planCgroups(definition, facts.cgroups, paths.root);
  const sources = sourceKinds(definition);
  const targets = sharesRoot(definition) ? neededTargets(definition, sources) : [];
  const user = `${paths.root}:${definition.name}`;
  const plan = compilePlan(definition, {
    sources,
    hidden: hiddenDirectories(paths),
    boot: facts.boot,
    runDirectory: runPaths(paths, definition.name).directory,
    cgroups,
    hardening: definition.extension.hardening ?? input.hardening,
    arch: facts.arch,
    privileges: facts.privileges,
    maskedHardware: facts.thermalThrottle,
    identity: resolveIdentity(definition.os, rootOf(definition)?.source ?? '/'),
    reap: reapCommand(paths, definition.name),
    deadline: input.startTimeout,
    consoleDescriptors: input.consoleDescriptors,
    passDescriptors: input.passDescriptors,
    ...(input.failpoint ? { failpoint: positions(input.failpoint) } : {}),
  });
  const undo: Undo[] = [
    ...targets.map(({ path, found }) => ({ undo: 'releaseTarget', path, user, found }) as const),
    { undo: 'removeCgroups', paths: cgroups.directories, owner: paths.root },
  ];
  return { plan, cgroups, targets, user, undo };
}

/** A source that is not there is an error before anything is done. */
function sourceKinds(definition: DomainDefinition): Map<string, SourceKind> {
  const kinds = new Map<string, SourceKind>();
  for (const filesystem of definition.filesystems)
    kinds.set(filesystem.source, sourceKind(filesystem));
  return kinds;
}

function sourceKind({ source, target }: FilesystemDefinition): SourceKind {
  try {
    return statSync(source).isDirectory() ? 'directory' : 'file';
  } catch (error) {
    const { errno = 0, syscall = 'stat' } = error as NodeJS.ErrnoException;
    const step = `look up the source of the filesystem ${target}`;
    throw new SyscallError({ errno: -errno, syscall, path: source, step });
  }
}

function neededTargets(
  definition: DomainDefinition,
  sources: ReadonlyMap<string, SourceKind>,
): NeededTarget[] {
  const needed = new Map<string, NeededTarget>();
  for (const { source, target } of otherFilesystems(definition)) {
    for (const { path, found } of borrowedPaths(target)) {
      const kind = path === target && sources.get(source) === 'file' ? 'file' : 'directory';
      needed.set(path, { path, kind, found });
    }
  }
  return [...needed.values()];
}

function positions({ point, action }: ArmedFailpoint): { point: number; action: number } {
  return { point: failpoints.indexOf(point) + 1, action: failActions.indexOf(action) };
}
