/**
 * What a purge removes and what it leaves, as it is listed before and as it is carried out: what is not in the plan is not
 * removed. Only reads.
 */
import { networkStateIfAny, runningNames } from '../../network/lifecycle/state';
import { readPoolState, recordedPools } from '../../storage/pool/state';
import { present } from '../../present';
import { runStateIfAny } from '../lookup/readable-state';
import type { Session } from '../session/session';
import { treesOfAbandoned } from '../snapshots/abandoned';
import { allCatalogues, type Catalogue } from '../snapshots/catalogue';
import { planCgroups } from './cgroups';
import { purgeableFiles } from './files';
import type { PurgeItem } from './item';
import { placeOf, planVolumes } from './volumes';
import { planWritten } from './written';

export interface PurgePlan {
  readonly catalogues: readonly Catalogue[];
  /** Trees that go when the changes that they belong to are ended. */
  readonly unfinished: readonly PurgeItem[];
  readonly domains: readonly PurgeItem[];
  readonly networks: readonly PurgeItem[];
  readonly pools: readonly PurgeItem[];
  /** Of containers, that no record names. */
  readonly cgroups: readonly PurgeItem[];
  /** The same in hierarchies that are mounted nowhere. */
  readonly leaves: readonly PurgeItem[];
  readonly partitions: readonly PurgeItem[];
  readonly files: readonly PurgeItem[];
  /** What containers have written, snapshots, and volumes, below those files. */
  readonly written: readonly PurgeItem[];
  /** The cgroups that all containers of the host share. */
  readonly shared: readonly PurgeItem[];
  readonly kept: readonly PurgeItem[];
}

export function planPurge(session: Session): PurgePlan {
  const { paths } = session;
  const catalogues = allCatalogues(paths);
  const domains = domainNames(session);
  const unfinished = treesOfAbandoned(session, catalogues);
  const cgroups = planCgroups(paths);
  const pools = poolNames(session).map((name) => placeOf(session, name));
  const { written, unreadable } = planWritten(session, { domains, catalogues, unfinished });
  return {
    catalogues,
    unfinished: unfinished.map((path) => item('unfinished', path)),
    domains: domains.map((name) => ({
      ...stateful('domain', name, runStateIfAny(paths, name)?.phase),
      ...present({ unreadable: unreadable.get(name) }),
    })),
    networks: networkNames(session).map((name) =>
      stateful('network', name, networkStateIfAny(paths, name)?.phase),
    ),
    pools: pools.map(({ name, unreadable: why }) => ({
      ...stateful('pool', name, readPoolState(paths, name).phase),
      ...present({ unreadable: why }),
    })),
    cgroups: cgroups.containers.map((path) => item('cgroup', path)),
    leaves: cgroups.leaves.map((path) => item('cgroup', path)),
    partitions: cgroups.partitions.map((path) => item('partition', path)),
    files: purgeableFiles(paths).map((path) => item('files', path)),
    written: [...written.filter(({ fate }) => fate === 'remove'), ...planVolumes(session, pools)],
    shared: cgroups.shared.map((path) => item('cgroup', path)),
    kept: written.filter(({ fate }) => fate === 'keep'),
  };
}

/** In the order in which a purge deals with them. */
export function itemsOf(plan: PurgePlan): PurgeItem[] {
  return [
    ...plan.unfinished,
    ...plan.domains,
    ...plan.networks,
    ...plan.pools,
    ...plan.cgroups,
    ...plan.leaves,
    ...plan.partitions,
    ...plan.files,
    ...plan.written,
    ...plan.shared,
    ...plan.kept,
  ];
}

function item(kind: PurgeItem['kind'], name: string): PurgeItem {
  return { kind, name, fate: 'remove' };
}

/** A state that can't be read may be that of something that runs. */
function stateful(kind: PurgeItem['kind'], name: string, phase: string | undefined): PurgeItem {
  return { ...item(kind, name), state: phase === 'off' ? 'off' : 'running' };
}

function domainNames({ containers, paths, store }: Session): string[] {
  return [...new Set([...store.names(), ...containers.runNames(paths)])].sort();
}

function networkNames({ paths, networks }: Session): string[] {
  return [...new Set([...networks.names(), ...runningNames(paths)])].sort();
}

function poolNames({ paths, pools }: Session): string[] {
  return [...new Set([...pools.names(), ...recordedPools(paths)])].sort();
}
