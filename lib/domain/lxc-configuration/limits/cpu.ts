/** CPU time, CPUs and NUMA nodes: `<vcpu>`, `<cputune>` and `<numatune>`. Pure. */
import { cgroupValue, chosen, count, type Found, type Reader } from './cgroup-values';
import { valueError, wordsOf, type Entry } from '../entry';
import type { Scene } from '../scene';
import { canonicalNumberSet, missingNumbers } from '../../xml/number-set';
import { node, type PrintableElement } from '../../xml/print';

export interface CpuParts {
  readonly vcpu: PrintableElement;
  /** `<cputune>`, or nothing. */
  readonly tuning: readonly PrintableElement[];
  /** `<numatune>`, or nothing. */
  readonly nodes: readonly PrintableElement[];
}

/** @throws TslxcError CONF_SYNTAX. */
export function convertCpu(scene: Scene): CpuParts {
  const cpus = bothSets(scene, 'cpuset.cpus');
  const nodes = bothSets(scene, 'cpuset.mems');
  const number = cpus === undefined ? scene.host.cpus : missingNumbers(cpus, '').length;
  const tuning = tuningElements(scene);
  return {
    vcpu: node('vcpu', { cpuset: cpus }, [String(number)]),
    tuning: tuning.length === 0 ? [] : [node('cputune', {}, tuning)],
    nodes: nodes === undefined ? [] : [node('numatune', {}, [strictNodes(nodes)])],
  };
}

function strictNodes(nodeset: string): PrintableElement {
  return node('memory', { mode: 'strict', nodeset });
}

function bothSets(scene: Scene, file: string): string | undefined {
  const set: Reader<string> = (entry) => {
    const numbers = canonicalNumberSet(entry.value);
    if (numbers === undefined) throw valueError(entry, 'not a set of numbers, such as 0-3,5');
    return numbers;
  };
  return chosen(
    scene,
    cgroupValue(scene, `lxc.cgroup.${file}`, set),
    cgroupValue(scene, `lxc.cgroup2.${file}`, set),
  );
}

function tuningElements(scene: Scene): PrintableElement[] {
  const legacy = (file: string) => cgroupValue(scene, `lxc.cgroup.cpu.${file}`, count);
  const bandwidth = scene.settings.take('lxc.cgroup2.cpu.max');
  const [quota, period] = bandwidth === undefined ? [] : bandwidthOf(bandwidth);
  const shares = chosen(
    scene,
    legacy('shares'),
    cgroupValue(scene, 'lxc.cgroup2.cpu.weight', sharesOfWeight),
  );
  const parts = {
    shares,
    period: chosen(scene, legacy('cfs_period_us'), period),
    quota: chosen(scene, legacy('cfs_quota_us'), quota),
  };
  return Object.entries(parts).flatMap(([name, value]) =>
    value === undefined ? [] : [node(name, {}, [String(value)])],
  );
}

/** Converts in the ratio of the kernel's defaults: a weight of 100 is 1024 shares. */
function sharesOfWeight(entry: Entry): number | undefined {
  const weight = count(entry);
  return weight === undefined ? undefined : Math.max(2, Math.round((weight * 1024) / 100));
}

/** The quota and the period, in microseconds, of `50000 100000`; the quota `max` means no limit. */
function bandwidthOf(entry: Entry): (Found<number> | undefined)[] {
  const words = wordsOf(entry);
  if (words.length > 2) throw valueError(entry, 'not of the form QUOTA PERIOD');
  return words.map((value) => {
    const found = count({ ...entry, value });
    return found === undefined ? undefined : { value: found, entry };
  });
}
