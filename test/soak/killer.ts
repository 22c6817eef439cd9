/** Ends processes of tslxc by SIGKILL, one after another, which and when as a seed says. */
import { setTimeout as sleep } from 'node:timers/promises';
import { listProcesses, readProcess } from '../support/process/processes';
import type { Random } from './random';
import { victimOf } from './victims';
import type { Victim, VictimKind } from './victims';

/** A kind whose processes are found in the list, a process of a storm that carries out orders, or a run of the command. */
export type Target = VictimKind | 'caller' | 'command';

const weights: Readonly<Record<Target, number>> = {
  monitor: 20,
  restarter: 6,
  attendant: 12,
  keeper: 5,
  dnsmasq: 6,
  reaper: 10,
  caller: 5,
  command: 16,
};

/** Milliseconds between two kills, and those that a process that lives shortly is waited for. */
const pace = { least: 150, more: 500, wait: 600, look: 40 };

export interface KillerParts {
  readonly random: Random;
  /** When it stops, by `performance.now()`. */
  readonly until: number;
  /** Kills one of the driver's own processes; false if there is none. */
  readonly killOwn: (target: 'caller' | 'command') => Promise<boolean>;
  /** To be told before the signal is sent. */
  readonly onKill: (victim: Victim) => void;
}

/** Resolves when its time is over. */
export async function killOnAndOn({ random, until, killOwn, onKill }: KillerParts): Promise<void> {
  for (;;) {
    await sleep(pace.least + random.below(pace.more));
    if (performance.now() >= until) return;
    const target = random.weighted(weights);
    const chance = random.next();
    if (target === 'caller' || target === 'command') await killOwn(target);
    else await killOne(target, chance, onKill);
  }
}

async function killOne(
  kind: VictimKind,
  chance: number,
  onKill: (victim: Victim) => void,
): Promise<void> {
  const deadline = performance.now() + pace.wait;
  while (performance.now() < deadline) {
    const found = listProcesses().flatMap((pid) => {
      const victim = victimOf(readProcess(pid));
      return victim?.kind === kind ? [{ pid, victim }] : [];
    });
    const chosen = found[Math.floor(chance * found.length)];
    if (chosen !== undefined) {
      onKill(chosen.victim);
      end(chosen.pid);
      return;
    }
    await sleep(pace.look);
  }
}

function end(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    // It has ended by itself.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
