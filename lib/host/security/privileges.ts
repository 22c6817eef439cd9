/** The privileges that this process can give a container: its monitor, executed as root, has the bounding set. */
import { readFileSync } from 'node:fs';

export interface Privileges {
  /** Bit n is capability n of linux/capability.h. */
  readonly boundingSet: bigint;
  /** By resource (`nofile`); all bits set means no limit. Raising one needs CAP_SYS_RESOURCE in the first user namespace. */
  readonly hardLimits: Readonly<Record<string, bigint>>;
  /** proc_pid_oom_score_adj(5). */
  readonly oomScoreAdjust: number;
}

/** The names in proc_pid_limits(5). */
const titles = {
  cpu: 'Max cpu time',
  fsize: 'Max file size',
  data: 'Max data size',
  stack: 'Max stack size',
  core: 'Max core file size',
  rss: 'Max resident set',
  nproc: 'Max processes',
  nofile: 'Max open files',
  memlock: 'Max locked memory',
  as: 'Max address space',
  locks: 'Max file locks',
  sigpending: 'Max pending signals',
  msgqueue: 'Max msgqueue size',
  nice: 'Max nice priority',
  rtprio: 'Max realtime priority',
  rttime: 'Max realtime timeout',
} as const;

const unlimited = (1n << 64n) - 1n;

export function readPrivileges(): Privileges {
  const status = readFileSync('/proc/self/status', 'latin1');
  return {
    boundingSet: BigInt(`0x${/^CapBnd:\s*([0-9a-f]+)$/m.exec(status)?.[1] ?? '0'}`),
    hardLimits: parseHardLimits(readFileSync('/proc/self/limits', 'latin1')),
    oomScoreAdjust: Number(readFileSync('/proc/self/oom_score_adj', 'latin1')),
  };
}

/** `text` is that of the kernel: each line has a title, the soft limit, the hard limit and the unit. */
export function parseHardLimits(text: string): Privileges['hardLimits'] {
  const lines = text.split('\n');
  const limits = Object.entries(titles).map(([name, title]) => {
    const line = lines.find((candidate) => candidate.startsWith(`${title}  `));
    const [, hard = 'unlimited'] = line?.slice(title.length).trim().split(/ +/) ?? [];
    return [name, hard === 'unlimited' ? unlimited : BigInt(hard)] as const;
  });
  return Object.fromEntries(limits);
}
