/** The ranges of the parameters of CPU time, and what is said of a value beyond one. Pure. */

/** The values that the kernel accepts; for `quota`, also any negative number. */
export const cpuRanges = {
  shares: [2, 262_144],
  global_period: [1000, 1_000_000],
  global_quota: [1000, 17_592_186_044_415],
  period: [1000, 1_000_000],
  quota: [1000, 17_592_186_044_415],
} as const;

export type CpuElement = keyof typeof cpuRanges;

/** The parameters that can be changed while a container runs. */
export type CpuParameter = 'shares' | 'period' | 'quota';

/** The same, by the names that libvirt's clients and virsh have for them: `VIR_DOMAIN_SCHEDULER_CPU_SHARES` and so on. */
export const schedulerParameters = {
  cpu_shares: 'shares',
  vcpu_period: 'period',
  vcpu_quota: 'quota',
} as const satisfies Readonly<Record<string, CpuParameter>>;

/**
 * Why `value` is invalid for this parameter of a running container or of its definition; undefined if it is valid. In the words of
 * libvirt's cgroups (src/util/vircgroupv1.c), with the value as it was given: one that a client has sent may have 64 bits.
 */
export function cpuParameterFault(name: CpuParameter, value: number | bigint): string | undefined {
  if (isInRange(name, value)) return undefined;
  const [least, most] = cpuRanges[name];
  return name === 'shares'
    ? sharesFault(value)
    : `cfs_${name} '${value}' must be in range (${least}, ${most})`;
}

export function sharesFault(value: number | bigint): string {
  return `shares '${value}' must be in range [${cpuRanges.shares.join(', ')}]`;
}

export function isInRange(name: CpuElement, value: number | bigint): boolean {
  const [least, most] = cpuRanges[name];
  return (value >= least && value <= most) || (mayBeUnlimited(name) && value < 0);
}

export function mayBeUnlimited(name: CpuElement): boolean {
  return name === 'quota' || name === 'global_quota';
}
