/** Everything that is looked up and decided before a start touches the host. Reads, never writes. */
import { statSync } from 'node:fs';
import type {
  DomainDefinition,
  FilesystemDefinition,
  Hardening,
  IdMap,
} from '../domain/definition';
import { SyscallError, TslxcError } from '../errors';
import { hostFacts } from '../host/facts';
import { hiddenDirectories, runPaths } from '../host/state-paths';
import type { StatePaths } from '../host/state-paths';
import { planCgroups } from '../plan/cgroups';
import type { CgroupPlan } from '../plan/cgroups';
import { compilePlan } from '../plan/compile';
import { hostId } from '../plan/id-map';
import type { Plan } from '../plan/operation';
import type { Identity } from '../plan/process';
import { otherFilesystems, rootOf, sharesRoot } from '../plan/rootfs';
import type { SourceKind } from '../plan/rootfs';
import { resolveIdentity } from './accounts';
import { failActions, failpoints } from './failpoints';
import type { ArmedFailpoint } from './failpoints';
import { foreseeIds } from './id-allocation';
import { borrowedPaths } from './mount-target';
import type { Found, TargetKind } from './mount-target';
import { checkPrivateRoot, isReachable, ownersOfRoot } from './private-root';
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
  const { paths } = input;
  // A start has claimed its ids before; a plan that is only looked at names them.
  const definition = foreseeIds(paths, input.definition);
  const facts = hostFacts();
  const cgroups = planCgroups(definition, facts.cgroups, paths.root);
  const sources = sourceKinds(definition);
  checkPrivateRoot(definition);
  const targets = sharesRoot(definition) ? neededTargets(definition, sources) : [];
  const user = `${paths.root}:${definition.name}`;
  const plan = compilePlan(definition, {
    sources,
    hidden: hiddenFrom(definition, paths),
    ownersOfRoot: ownersOfRoot(definition),
    boot: facts.boot,
    runDirectory: runPaths(paths, definition.name).directory,
    cgroups,
    hardening: definition.extension.hardening ?? input.hardening,
    arch: facts.arch,
    privileges: facts.privileges,
    maskedHardware: facts.thermalThrottle,
    identity: mappedIdentity(definition),
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

/** What the container's root can't reach needs no cover, and could not be covered by it. */
function hiddenFrom({ idMap }: DomainDefinition, paths: StatePaths): string[] {
  const hidden = hiddenDirectories(paths);
  return idMap === undefined ? hidden : hidden.filter((path) => isReachable(path, idMap));
}

/** Who init is; an id that the container doesn't have is an error before anything is done. */
function mappedIdentity(definition: DomainDefinition): Identity {
  const { os, idMap } = definition;
  const identity = resolveIdentity(os, rootOf(definition)?.source ?? '/');
  if (idMap === undefined) return identity;
  const check = (ranges: IdMap['uids'], id: number, element: string): void => {
    if (hostId(ranges, id) !== undefined) return;
    throw new TslxcError(
      'CONFIG_UNSUPPORTED',
      `<idmap> does not map the id ${id} of <${element}>`,
      {
        step: 'resolve the user of init',
        element: `domain/os/${element}`,
      },
    );
  };
  check(idMap.uids, identity.uid, 'inituser');
  for (const gid of [identity.gid, ...identity.groups]) check(idMap.gids, gid, 'initgroup');
  return identity;
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
