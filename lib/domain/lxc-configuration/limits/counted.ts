/** Limits of processes and of huge pages: `<tslxc:pids>` and `<tslxc:hugepages>`. Pure. */
import { bytesOf, cgroupValue, chosen, count, kibibytes } from './cgroup-values';
import { valueError, type Entry } from '../entry';
import type { Scene } from '../scene';
import { mostProcesses } from '../../tuning/counted-limits';
import { node, type PrintableElement } from '../../xml/print';

/** Elements of `<tslxc:container>`. @throws TslxcError CONF_SYNTAX. */
export function convertCountedLimits(scene: Scene): PrintableElement[] {
  const processes = chosen(
    scene,
    cgroupValue(scene, 'lxc.cgroup.pids.max', processCount),
    cgroupValue(scene, 'lxc.cgroup2.pids.max', processCount),
  );
  const max = processes === undefined ? undefined : String(Math.min(processes, mostProcesses));
  return [...(max === undefined ? [] : [node('tslxc:pids', { max })]), ...hugepageLimits(scene)];
}

function processCount(entry: Entry): number | undefined {
  const value = count(entry);
  if (value === 0) throw valueError(entry, 'a container has at least one process');
  return value;
}

const sizePattern = /^lxc\.cgroup2?\.hugetlb\.(\d{1,4})([KMG])B\.(limit_in_bytes|max)$/;

function hugepageLimits(scene: Scene): PrintableElement[] {
  const { settings } = scene;
  const entries = settings.rest().filter(({ key }) => sizePattern.test(key));
  const sizes = new Map(entries.map(({ key }) => [pageOf(key), key] as const));
  return [...sizes.keys()].flatMap((page) => {
    const max = chosen(
      scene,
      cgroupValue(scene, `lxc.cgroup.hugetlb.${page}.limit_in_bytes`, kibibytes),
      cgroupValue(scene, `lxc.cgroup2.hugetlb.${page}.max`, kibibytes),
    );
    if (max === undefined) return [];
    const size = String((bytesOf(page.replace(/B$/, '')) ?? 0n) / 1024n);
    return [node('tslxc:hugepages', { size, max: String(max) })];
  });
}

/** The page size in a key, such as `2MB`. */
function pageOf(key: string): string {
  const [, digits = '', letter = ''] = sizePattern.exec(key) ?? [];
  return `${digits}${letter}B`;
}
