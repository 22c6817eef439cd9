/** Finds leftovers on this host: what belongs to no domain and no network any more. Only reads; needs root. */
import { readContainerCgroups } from '../../container/cgroups/container-cgroups';
import type { OwnedCgroup, PartitionCgroup } from '../../container/cgroups/container-cgroups';
import { readOwnLeaves } from '../../container/cgroups/own-leaves';
import { isDomainLocked } from '../../container/record/locks';
import { runNames } from '../../container/record/run-state';
import { native } from '../../host/native';
import { ifInstalled } from '../../host/program';
import { readCgroupLayout } from '../../host/kernel/cgroup-layout';
import { mountsWithin } from '../../host/kernel/mount-table';
import { abandonedDrafts } from '../../host/trees/draft';
import { imagePaths } from '../../image/store/image-paths';
import { listNftChains } from '../../network/firewall/nft';
import type { StatePaths } from '../../host/state/state-paths';
import { ok, warn } from './check';
import type { HostCheck } from './check';
import { checkProcesses } from './leftover-processes';
import { allCatalogues } from '../snapshots/catalogue';
import { readKnownState } from '../lookup/known-state';
import type { KnownState } from '../lookup/known-state';
import { isNewer } from '../../host/state/record-format';
import { damageOf, runStateIfAny } from '../lookup/readable-state';
import { fileError } from '../../host/state/file-error';

/** What can't be looked at is unknown, and no leftover: what is named as one may be killed. */
export async function checkLeftovers(paths: StatePaths): Promise<HostCheck[]> {
  try {
    return await leftoversOf(paths);
  } catch (error) {
    const { message } = fileError(error, 'look for leftovers');
    const found = `it is unknown whether anything is left over: ${message}`;
    return [warn('leftover.unknown', found, 'mend that, then tslxc doctor again')];
  }
}

async function leftoversOf(paths: StatePaths): Promise<HostCheck[]> {
  const { containers, partitions } = readContainerCgroups();
  const known = readKnownState(paths.root, containers);
  const found = [
    ...checkEnded(paths),
    ...checkProcesses(),
    ...(known.isWhole ? await checkUnnamed({ containers, partitions }, known) : []),
    ...checkMounts(paths),
    ...checkChanges(paths),
    ...checkDrafts(paths),
  ];
  return found.length === 0 ? [ok('leftover', `none of ${known.roots.join(', ')}`)] : found;
}

/** What no record names. Nothing is said of it while a record is damaged: it may be what that one names. */
async function checkUnnamed(
  { containers, partitions }: ReturnType<typeof readContainerCgroups>,
  known: KnownState,
): Promise<HostCheck[]> {
  return [
    ...checkCgroups(containers, known),
    ...checkLeaves(known),
    ...checkPartitions(partitions, known),
    ...(await checkLinks(known)),
    ...(await checkTables(known)),
  ];
}

/** Changes of trees whose caller was killed. A caller that is still at work holds the lock of the domain. */
function checkChanges(paths: StatePaths): HostCheck[] {
  return allCatalogues(paths).flatMap(({ name, change }): HostCheck[] => {
    if (change === undefined || isDomainLocked(paths, name)) return [];
    const found = `a ${change.kind} of '${name}' was left half done`;
    const which = change.kind === 'clone' ? 'of any domain' : name;
    return [warn('leftover.trees', found, `tslxc snapshot-list ${which} ends it`)];
  });
}

/** What a pull that was killed had downloaded and unpacked: as much as an image, perhaps. */
function checkDrafts(paths: StatePaths): HostCheck[] {
  return abandonedDrafts(imagePaths(paths)).map((folder) => {
    const found = `${folder} is of a pull that was killed`;
    return warn('leftover.draft', found, 'the next tslxc pull, rmi or run removes it');
  });
}

function checkEnded(paths: StatePaths): HostCheck[] {
  return runNames(paths).flatMap((name): HostCheck[] => {
    const state = runStateIfAny(paths, name);
    if (state === undefined) return unreadable(paths, name);
    if (state.phase !== 'ended') return [];
    const found = `'${name}' has ended, and is not cleaned up yet`;
    return [warn('leftover.domain', found, 'tslxc list --all')];
  });
}

function unreadable(paths: StatePaths, name: string): HostCheck[] {
  const error = damageOf(paths, name);
  if (isNewer(error)) {
    const advice = `tslxc destroy ${name}, with that version`;
    return [warn('leftover.domain', `of '${name}': ${error.message}`, advice)];
  }
  const advice = `tslxc domstate --reason ${name} names the file; tslxc destroy ${name} ends what runs`;
  return [warn('leftover.domain', `a record of '${name}' is damaged`, advice)];
}

function checkCgroups(cgroups: readonly OwnedCgroup[], known: KnownState): HostCheck[] {
  return cgroups
    .filter(({ path }) => !known.cgroups.has(path))
    .map(({ path, owner }) => {
      const isSeen = known.roots.includes(owner);
      const whose = owner === '' ? 'of an unknown owner' : `of the tslxc root ${owner}`;
      const remedy = `end what runs in it, then find ${path} -depth -type d -exec rmdir {} +`;
      // Its root may be one of another mount namespace, where its domain runs.
      const advice = isSeen ? remedy : `if no process uses that root any more: ${remedy}`;
      return warn('leftover.cgroup', `${path}, ${whose}, belongs to no running domain`, advice);
    });
}

/** In hierarchies that are mounted nowhere. */
function checkLeaves(known: KnownState): HostCheck[] {
  return readOwnLeaves(readCgroupLayout().hierarchies)
    .filter(({ cgroup }) => !known.leaves.has(cgroup))
    .map(({ hierarchy, cgroup, owner }) => {
      const whose = owner === '' ? 'of an unknown owner' : `of the tslxc root ${owner}`;
      const found = `/${cgroup} of the unmounted hierarchy ${hierarchy}, ${whose}, belongs to no running domain`;
      const advice =
        owner === ''
          ? `mount ${hierarchy}, and rmdir ${cgroup} there`
          : `TSLXC_ROOT=${owner} tslxc purge`;
      return warn('leftover.cgroup', found, advice);
    });
}

/** Partitions without containers. One that holds leftover containers is removed with the last of them, by the advice for those. */
function checkPartitions(partitions: readonly PartitionCgroup[], known: KnownState): HostCheck[] {
  return partitions
    .filter(({ path, containers }) => containers.length === 0 && !known.partitions.has(path))
    .map(({ path }) => {
      const found = `${path} was made for containers, and holds none`;
      return warn('leftover.partition', found, `rmdir ${path}, or tslxc purge`);
    });
}

async function checkLinks(known: KnownState): Promise<HostCheck[]> {
  const links = await native().listLinks();
  return links
    .filter(({ name, kind }) => kind === 'veth' && /^vnet\d+$/.test(name) && !known.links.has(name))
    .map(({ name }) =>
      warn(
        'leftover.link',
        `interface ${name} belongs to no running domain`,
        `if it is not libvirt’s either: ip link delete ${name}`,
      ),
    );
}

async function checkTables(known: KnownState): Promise<HostCheck[]> {
  // Without nft, nothing of tslxc has made a table.
  const chains = (await ifInstalled(listNftChains('look for leftovers'))) ?? [];
  const tables = [...new Set(chains.map(({ family, table }) => `${family} ${table}`))];
  return tables.flatMap((table): HostCheck[] => {
    const forwards = /^inet (tslxc_forward_20_.+)$/.exec(table)?.[1];
    if (forwards !== undefined && known.forwards.has(forwards)) return [];
    const filter = /^bridge (tslxc_.+)$/.exec(table)?.[1];
    if (filter !== undefined) return known.filters.has(filter) ? [] : [unknownFilter(table)];
    const bridge = / tslxc_(.+)$/.exec(table)?.[1];
    if (bridge === undefined || known.bridges.has(bridge)) return [];
    const found = `nft table ${table} belongs to no network`;
    return [warn('leftover.table', found, `nft delete table ${table}`)];
  });
}

function unknownFilter(table: string): HostCheck {
  const found = `nft table ${table} belongs to no interface of a running domain`;
  return warn('leftover.table', found, `nft delete table ${table}`);
}

/** Nothing of tslxc is ever mounted below its own state. */
function checkMounts({ run }: StatePaths): HostCheck[] {
  return mountsWithin(run)
    .filter((path) => path !== run)
    .map((path) => warn('leftover.mount', `something is mounted at ${path}`, `umount ${path}`));
}
