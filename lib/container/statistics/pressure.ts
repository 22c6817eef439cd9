/** Pressure stall information of a cgroup: of the v2 tree, also where v1 hierarchies have the controllers. Pure. */
import { present } from '../../present';
import type { Files } from './parse';
import type { Pressure, PressureLine, PressureStatistics } from './types';

const nanosecondsInMicrosecond = 1000n;

export function pressureFrom(unified: Files): PressureStatistics | undefined {
  const found = present({
    cpu: parsePressure(unified('cpu.pressure')),
    memory: parsePressure(unified('memory.pressure')),
    io: parsePressure(unified('io.pressure')),
  });
  return Object.keys(found).length === 0 ? undefined : found;
}

const numbers = 'avg10=([\\d.]+) avg60=([\\d.]+) avg300=([\\d.]+) total=(\\d+)';
const forms = {
  some: new RegExp(`^some ${numbers}$`, 'm'),
  full: new RegExp(`^full ${numbers}$`, 'm'),
};

/** Lines of `some avg10=0.00 avg60=0.00 avg300=0.00 total=0`. */
export function parsePressure(text: string | undefined): Pressure | undefined {
  const some = parseLine(text, 'some');
  return some && present({ some, full: parseLine(text, 'full') });
}

function parseLine(text = '', which: 'some' | 'full'): PressureLine | undefined {
  const [, average10, average60, average300, total] = forms[which].exec(text) ?? [];
  if (total === undefined) return undefined;
  return {
    average10: Number(average10),
    average60: Number(average60),
    average300: Number(average300),
    total: BigInt(total) * nanosecondsInMicrosecond,
  };
}
