/** Shares of the CPUs, and time on them: `<cputune>`. Also the number of CPUs in `<vcpu>`, which limits nothing. */
import { cpuParameterFault, type CpuParameter } from '../../domain/tuning/cpu-ranges';
import type { DomainDefinition } from '../../domain/definition';
import { TslxcError } from '../../errors';
import {
  changeCpu,
  defaultCpu,
  readCpu,
  strictestTime,
  type CpuLimits,
} from '../../plan/limits/cpu-limits';
import type { CpuTuningChange, CpuTuningInfo, VcpuChange, VcpuCount } from './types';
import { changeLimit, checkWhole, lookAtLimit, nowhere, type LimitQuery } from './live-limits';
import { present } from '../../present';

export async function getCpuTuning(query: LimitQuery): Promise<CpuTuningInfo> {
  return lookAtLimit(query, {
    live: ({ definition, place, read }) =>
      infoOf(readCpu(place('cpu'), read, definition.cpuTuning?.shares)),
    stored: ({ cpuTuning }) => infoOf({ ...defaultCpu, ...cpuTuning }),
  });
}

/** @throws TslxcError INVALID_ARG for a value out of its range; and as `changeLimit`. */
export async function setCpuTuning(query: LimitQuery, change: CpuTuningChange): Promise<void> {
  const { shares, period, quota } = change;
  const wanted = present({
    shares,
    period,
    quota: quota === 'unlimited' ? -1 : quota,
  });
  for (const [name, value] of Object.entries(wanted)) checkParameter(name as CpuParameter, value);
  const changed = (definition: DomainDefinition): DomainDefinition => ({
    ...definition,
    cpuTuning: { position: nowhere, ...definition.cpuTuning, ...wanted },
  });
  await changeLimit(query, {
    stored: changed,
    live: ({ definition, place, read }) => {
      const at = place('cpu');
      const current = readCpu(at, read, undefined);
      const isTime = wanted.period !== undefined || wanted.quota !== undefined;
      const time = isTime ? { period: current.period, quota: current.quota } : {};
      const { globalPeriod, globalQuota } = definition.cpuTuning ?? {};
      const global = isTime ? present({ globalPeriod, globalQuota }) : {};
      const writes = changeCpu(at, strictestTime({ ...time, ...wanted, ...global }));
      return { writes, definition: changed(definition) };
    },
  });
}

export async function getVcpus(query: LimitQuery): Promise<VcpuCount> {
  const countOf = ({ vcpu }: DomainDefinition): VcpuCount => ({
    maximum: vcpu.count,
    current: vcpu.current ?? vcpu.count,
  });
  return lookAtLimit(query, { live: ({ definition }) => countOf(definition), stored: countOf });
}

/** @throws TslxcError INVALID_ARG for more than the maximum; and as `changeLimit`. */
export async function setVcpus(query: LimitQuery, change: VcpuChange): Promise<void> {
  const most = 2 ** 31 - 1;
  for (const [name, count] of Object.entries(present(change))) {
    checkWhole({ what: 'the number of vcpus', element: `change.${name}` }, count, [1, most]);
  }
  const changed = (definition: DomainDefinition): DomainDefinition => {
    const { current: before, ...rest } = definition.vcpu;
    const count = change.maximum ?? definition.vcpu.count;
    const current = change.current ?? Math.min(before ?? definition.vcpu.count, count);
    if (current > count) {
      const detail = `requested vcpus is greater than max allowable vcpus for the domain: ${current} > ${count}`;
      throw new TslxcError('INVALID_ARG', detail, { domain: definition.name });
    }
    const vcpu = { ...rest, count, ...(current === count ? {} : { current }) };
    return { ...definition, vcpu };
  };
  await changeLimit(query, {
    stored: changed,
    live: ({ definition }) => ({ writes: [], definition: changed(definition) }),
  });
}

function infoOf({ shares, period, quota }: CpuLimits): CpuTuningInfo {
  return { shares, period, quota: quota < 0 ? 'unlimited' : quota };
}

function checkParameter(name: CpuParameter, value: number): void {
  const fault = Number.isInteger(value)
    ? cpuParameterFault(name, value)
    : `'${String(value)}' is not a whole number for ${name}`;
  if (fault === undefined) return;
  throw new TslxcError('INVALID_ARG', fault, { element: `change.${name}` });
}
