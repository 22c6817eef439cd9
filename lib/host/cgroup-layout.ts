/** Which cgroup hierarchies this host has mounted, and where: v1, v2, or both (hybrid). */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { unescapeMountPath } from './mount-table';

/** A v1 hierarchy. */
export interface CgroupHierarchy {
  /** Its controllers, or `name=systemd` and the like for one without. */
  readonly controllers: readonly string[];
  readonly mount: string;
}

export interface CgroupLayout {
  readonly hierarchies: readonly CgroupHierarchy[];
  /** The v2 tree, with the controllers that it governs (none on a hybrid host). */
  readonly unified?: { readonly mount: string; readonly controllers: readonly string[] };
  /** CPUs and memory nodes of the v1 cpuset root: a new v1 cpuset is empty and takes no task until it has some. */
  readonly cpuset?: { readonly cpus: string; readonly mems: string };
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
  const unified = layout.unified && {
    mount: layout.unified.mount,
    controllers: words(readFileSync(join(layout.unified.mount, 'cgroup.controllers'), 'latin1')),
  };
  const cpuset = layout.hierarchies.find(({ controllers }) => controllers.includes('cpuset'));
  return {
    hierarchies: layout.hierarchies,
    ...(unified ? { unified } : {}),
    ...(cpuset ? { cpuset: readCpuset(cpuset.mount) } : {}),
  };
}

/** The mounts alone, from the text of /proc/PID/mountinfo (proc(5)); the first mount of each hierarchy counts. */
export function parseCgroupLayout(mountinfo: string): CgroupLayout {
  const hierarchies: CgroupHierarchy[] = [];
  let unified: CgroupLayout['unified'];
  for (const line of mountinfo.split('\n')) {
    const [before, after] = line.split(' - ');
    if (before === undefined || after === undefined) continue;
    const mount = unescapeMountPath(before.split(' ')[4] ?? '');
    const [type, , options = ''] = after.split(' ');
    if (type === 'cgroup2') unified ??= { mount, controllers: [] };
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

function readCpuset(mount: string): { cpus: string; mems: string } {
  const read = (name: string): string => readFileSync(join(mount, name), 'latin1').trim();
  return { cpus: read('cpuset.cpus'), mems: read('cpuset.mems') };
}

function words(text: string): string[] {
  return text.split(/\s+/).filter((word) => word !== '');
}
