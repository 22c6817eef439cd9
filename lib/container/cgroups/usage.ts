/** The two numbers that `dominfo` shows of a running container, without reading all the others. */
import { hostFacts } from '../../host/facts';
import type { StartRecord } from '../record/run-state';
import { cpuFromV1, cpuFromV2 } from '../statistics/cpu';
import { singleNumber } from '../statistics/parse';
import { cgroupFolders, filesOf } from '../statistics/read';

export interface Usage {
  readonly memoryBytes: number;
  readonly cpuNanoseconds: bigint;
}

/** `undefined` when the container has just ended. */
export function readUsage(start: StartRecord): Usage | undefined {
  const folders = cgroupFolders(start, hostFacts().cgroups);
  const unified = filesOf(folders.unified);
  const cpuacct = filesOf(folders.v1('cpuacct'));
  const memory = filesOf(folders.v1('memory'));
  const cpu = cpuacct ? cpuFromV1(cpuacct, undefined) : unified && cpuFromV2(unified);
  const usage = memory ? memory('memory.usage_in_bytes') : unified?.('memory.current');
  const memoryBytes = singleNumber(usage);
  if (cpu === undefined || memoryBytes === undefined) return undefined;
  return { memoryBytes, cpuNanoseconds: cpu.total };
}
