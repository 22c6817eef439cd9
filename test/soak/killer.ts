/** Ends processes of tslxc by SIGKILL: of each kind one after another, which and when as a seed says. */
import { setTimeout as sleep } from 'node:timers/promises';
import { initsOf } from '../support/world/container-traces';
import { hasEnded, listProcesses, readProcess } from '../support/process/processes';
import type { Random } from './random';
import { victimOf } from './victims';
import type { Victim, VictimKind } from './victims';

/** What is found in the list of processes; an init as the child of its monitor. */
export type FoundTarget = VictimKind | 'init';

/** A process that carries out orders of the storm, a run of a program, or the daemon. */
export type OwnTarget = 'caller' | 'command' | 'daemon';

export type Target = FoundTarget | OwnTarget;

interface Pace {
  /** Milliseconds from one kill to the search for the next: at least, and at most so many more. */
  readonly least: number;
  readonly more: number;
  /** At most so many milliseconds from the first sight of a process to its end, so that it dies at any moment of its life. */
  readonly life: number;
}

const paces: Readonly<Record<Target, Pace>> = {
  monitor: { least: 800, more: 2400, life: 0 },
  init: { least: 1000, more: 3000, life: 0 },
  restarter: { least: 0, more: 200, life: 30 },
  attendant: { least: 100, more: 800, life: 120 },
  keeper: { least: 2000, more: 4000, life: 0 },
  dnsmasq: { least: 1500, more: 3000, life: 0 },
  reaper: { least: 0, more: 1000, life: 500 },
  caller: { least: 3000, more: 5000, life: 0 },
  command: { least: 500, more: 2000, life: 400 },
  daemon: { least: 3000, more: 6000, life: 0 },
};

/** Milliseconds between two looks for a process that is not there yet, for which one list of processes is used again. */
const looks = { pause: 20, age: 15 };

export interface KillerParts {
  /** The choices for one kind. */
  readonly randomFor: (target: Target) => Random;
  /** When it stops, by `performance.now()`. */
  readonly until: number;
  /** What kills one of the storm's own processes, if there is one; `chance`, from 0 to below 1, tells which. */
  readonly killOwn: Readonly<Partial<Record<OwnTarget, (chance: number) => Promise<void>>>>;
  /** To be told before the signal is sent. */
  readonly onKill: (target: FoundTarget, name: string) => void;
}

/** Resolves when its time is over. */
export async function killOnAndOn(parts: KillerParts): Promise<void> {
  const sightings = new Sightings();
  const all = Object.keys(paces) as Target[];
  const targets = all.filter((target) => !isOwn(target) || target in parts.killOwn);
  await Promise.all(targets.map((target) => killKind(target, parts, sightings)));
}

async function killKind(target: Target, parts: KillerParts, sightings: Sightings): Promise<void> {
  const { randomFor, until, killOwn, onKill } = parts;
  const random = randomFor(target);
  const { least, more, life } = paces[target];
  for (;;) {
    await sleep(least + random.below(more));
    const [chance, age] = [random.next(), random.below(life + 1)];
    if (isOwn(target)) {
      await sleep(age);
      if (performance.now() >= until) return;
      await killOwn[target]?.(chance);
      continue;
    }
    const kind = target === 'init' ? 'monitor' : target;
    const chosen = await sightings.await(kind, chance, until);
    if (chosen === undefined) return;
    await sleep(age);
    if (!isStill(chosen)) continue;
    const pids = target === 'init' ? initsOf(chosen.name) : [chosen.pid];
    for (const pid of pids) {
      onKill(target, chosen.name);
      end(pid);
    }
  }
}

function isOwn(target: Target): target is OwnTarget {
  return target === 'caller' || target === 'command' || target === 'daemon';
}

interface Sighting extends Victim {
  readonly pid: number;
}

/** The processes that could be killed, as they were a moment ago. */
class Sightings {
  #found: readonly Sighting[] = [];
  #time = 0;

  /** Undefined when none came in time. */
  async await(kind: VictimKind, chance: number, until: number): Promise<Sighting | undefined> {
    while (performance.now() < until) {
      const found = this.#all().filter((one) => one.kind === kind);
      const chosen = found[Math.floor(chance * found.length)];
      if (chosen !== undefined) return chosen;
      await sleep(looks.pause);
    }
    return undefined;
  }

  #all(): readonly Sighting[] {
    if (performance.now() - this.#time < looks.age) return this.#found;
    this.#found = listProcesses().flatMap((pid) => {
      const victim = victimOf(readProcess(pid));
      return victim === undefined ? [] : [{ ...victim, pid }];
    });
    this.#time = performance.now();
    return this.#found;
  }
}

/** Whether it is there, and is what it was: a monitor becomes a reaper, and a restarter as well. */
function isStill({ pid, kind, name }: Sighting): boolean {
  const now = victimOf(readProcess(pid));
  return !hasEnded(pid) && now?.kind === kind && now.name === name;
}

function end(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    // It has ended by itself.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
