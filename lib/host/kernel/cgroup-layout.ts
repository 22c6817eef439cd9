/** The cgroup hierarchies that this host has mounted: v1, v2, or both (hybrid). */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { unescapeMountPath } from './mount-table';
import { readAttribute } from '../node/attribute';

/** A v1 hierarchy. */
export interface CgroupHierarchy {
  /** Its controllers, or `name=systemd` for a hierarchy that has a name instead. */
  readonly controllers: readonly string[];
  readonly mount: string;
}

export interface CgroupLayout {
  readonly hierarchies: readonly CgroupHierarchy[];
  /** The v2 tree with its controllers (often none on a hybrid host). */
  readonly unified?: UnifiedTree;
  /** The available CPUs and memory nodes: a new v1 cpuset is empty and accepts no task until it has some. */
  readonly cpuset?: Cpuset;
  /** Files for weights of block devices in directories below the root, which depend on the kernel's schedulers. */
  readonly weightFiles?: readonly string[];
}

export interface UnifiedTree {
  readonly mount: string;
  readonly controllers: readonly string[];
  /**
   * Set without the mount option `nsdelegate`: a container can then write to the root of its cgroup namespace, and so
   * lift its limits.
   */
  readonly limits?: 'liftable';
}

export interface Cpuset {
  readonly cpus: string;
  readonly mems: string;
}

/** Mount options of a v1 hierarchy that name no controller (cgroups(7)). */
const plainOptions = new Set([
  'rw',
  'ro',
  'xattr',
  'noprefix',
  'clone_children',
  'cpuset_v2_mode',
  'favordynmods',
  'nofavordynmods',
]);

export function readCgroupLayout(): CgroupLayout {
  const layout = parseCgroupLayout(readFileSync('/proc/self/mountinfo', 'utf8'));
  const unified = layout.unified && readUnified(layout.unified);
  const { hierarchies } = layout;
  const cpuset = readCpuset({ hierarchies, ...(unified ? { unified } : {}) }, '');
  return {
    hierarchies,
    ...(unified ? { unified } : {}),
    ...(cpuset ? { cpuset } : {}),
  };
}

/** Where the hierarchies are mounted: those of v1, then that of v2. */
export function cgroupMounts(): string[] {
  const { hierarchies, unified } = readCgroupLayout();
  return [...hierarchies.map(({ mount }) => mount), ...(unified ? [unified.mount] : [])];
}

/** CPUs and memory nodes of a folder of containers, or of its nearest existing parent. */
export function readCpuset(
  { hierarchies, unified }: CgroupLayout,
  folder: string,
): Cpuset | undefined {
  const v1 = hierarchies.find(({ controllers }) => controllers.includes('cpuset'));
  const v2 = unified?.controllers.includes('cpuset') === true ? unified : undefined;
  const mount = v1?.mount ?? v2?.mount;
  if (mount === undefined) return undefined;
  const names = v1
    ? ['cpuset.cpus', 'cpuset.mems']
    : ['cpuset.cpus.effective', 'cpuset.mems.effective'];
  const parts = folder.split('/');
  for (let length = parts.length; length >= 0; length--) {
    const [cpus, mems] = names.map((name) =>
      readWord(join(mount, ...parts.slice(0, length), name)),
    );
    if (cpus && mems) return { cpus, mems };
  }
  return undefined;
}

function readUnified({ mount, limits }: UnifiedTree): UnifiedTree {
  const controllers = words(readFileSync(join(mount, 'cgroup.controllers'), 'latin1'));
  return { mount, controllers, ...(limits && controllers.length > 0 ? { limits } : {}) };
}

/** The layout with the files for weights. They are looked up when needed, since a scheduler may be loaded later. */
export function withWeightFiles(layout: CgroupLayout): CgroupLayout {
  return { ...layout, weightFiles: findWeightFiles(layout) };
}

/**
 * The files of any directory below the root, which itself has none. If there is no such directory yet, those of kernels
 * since 5.0.
 */
function findWeightFiles({ hierarchies, unified }: CgroupLayout): string[] {
  const v1 = hierarchies.find(({ controllers }) => controllers.includes('blkio'));
  const mount = v1?.mount ?? unified?.mount;
  if (mount === undefined) return [];
  const names = v1 ? ['blkio.bfq.weight', 'blkio.weight'] : ['io.weight', 'io.bfq.weight'];
  const governed = v1 ? 'blkio.reset_stats' : 'io.stat';
  const directories = readdirSync(mount, { withFileTypes: true }).filter(
    (one) => one.isDirectory() && existsSync(join(mount, one.name, governed)),
  );
  const found = new Set(
    directories.flatMap(({ name }) => names.filter((file) => existsSync(join(mount, name, file)))),
  );
  if (directories.length === 0) return names.slice(0, 1);
  return names.filter((name) => found.has(name));
}

function readWord(path: string): string {
  return readAttribute(path) ?? '';
}

/** The layout from the text of /proc/PID/mountinfo (proc(5)). The first mount of each hierarchy counts. */
export function parseCgroupLayout(mountinfo: string): CgroupLayout {
  const hierarchies: CgroupHierarchy[] = [];
  let unified: CgroupLayout['unified'];
  for (const line of mountinfo.split('\n')) {
    const [before, after] = line.split(' - ');
    if (before === undefined || after === undefined) continue;
    const mount = unescapeMountPath(before.split(' ')[4] ?? '');
    const [type, , options = ''] = after.split(' ');
    if (type === 'cgroup2') unified ??= parseUnified(mount, options);
    if (type !== 'cgroup') continue;
    const controllers = options.split(',').filter((option) => !isPlain(option));
    const known = hierarchies.some((other) => other.controllers.join() === controllers.join());
    if (!known && controllers.length > 0) hierarchies.push({ controllers, mount });
  }
  return { hierarchies, ...(unified ? { unified } : {}) };
}

function isPlain(option: string): boolean {
  return plainOptions.has(option) || option.startsWith('release_agent=');
}

function parseUnified(mount: string, options: string): UnifiedTree {
  const isDelegated = options.split(',').includes('nsdelegate');
  return { mount, controllers: [], ...(isDelegated ? {} : { limits: 'liftable' }) };
}

function words(text: string): string[] {
  return text.split(/\s+/).filter((word) => word !== '');
}
