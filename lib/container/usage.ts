/** What a running container uses, from its cgroups. */
import { readFileSync } from 'node:fs';
import { hostFacts } from '../host/facts';
import { containerFolder } from '../plan/cgroup-names';

export interface Usage {
  readonly memoryBytes: number;
  readonly cpuNanoseconds: bigint;
}

/** `undefined` when the domain has no cgroups. */
export function readUsage(domain: Parameters<typeof containerFolder>[0]): Usage | undefined {
  const folder = containerFolder(domain);
  const { hierarchies, unified } = hostFacts().cgroups;
  const v1 = (controller: string): string | undefined => {
    const found = hierarchies.find(({ controllers }) => controllers.includes(controller));
    return found && `${found.mount}/${folder}`;
  };
  const v2 = `${unified?.mount ?? ''}/${folder}`;
  try {
    const memory = v1('memory');
    const cpu = v1('cpuacct');
    return {
      memoryBytes: Number(
        read(memory ? `${memory}/memory.usage_in_bytes` : `${v2}/memory.current`),
      ),
      cpuNanoseconds: cpu
        ? BigInt(read(`${cpu}/cpuacct.usage`))
        : 1000n * microseconds(read(`${v2}/cpu.stat`)),
    };
  } catch {
    return undefined;
  }
}

/** `usage_usec` of cpu.stat (cgroup-v2.rst). */
function microseconds(stat: string): bigint {
  return BigInt(/^usage_usec (\d+)$/m.exec(stat)?.[1] ?? '0');
}

function read(path: string): string {
  return readFileSync(path, 'latin1').trim();
}
