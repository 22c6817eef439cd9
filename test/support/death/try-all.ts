/** A sweep over system calls, some or all of them, with what came of each. */
import type { Outcome } from './sweep';
import type { Calls, Victim } from './traced-package';

/** Something that is done again and again, each time with another death in it. */
export interface Sweep {
  readonly victims: readonly Victim[];
  /** The system calls when no process is killed. */
  record(): Promise<Calls>;
  /** @throws Error when what it leaves is neither one thing nor the other. */
  kill(victim: Victim, index: number): Promise<Outcome>;
}

export interface SweepResult {
  /** What went wrong, each with its point. */
  readonly faults: readonly string[];
  readonly tried: number;
}

/** Which of the system calls of each process, counted from 0: every `stride`th from `offset` on. */
export interface Choice {
  readonly stride: (calls: number) => number;
  readonly offset: number;
}

/** After so many the rest says nothing new. */
const mostFaults = 5;

export async function tryAll(sweep: Sweep, choice: Choice): Promise<SweepResult> {
  const calls = await sweep.record();
  const faults: string[] = [];
  let tried = 0;
  for (const victim of sweep.victims) {
    const numbers = calls[victim];
    expect(numbers.length).toBeGreaterThan(5);
    const outcomes: Record<Outcome, number> = { running: 0, gone: 0, unreached: 0 };
    for (const index of indices(numbers.length, choice)) {
      if (faults.length >= mostFaults) break;
      const at = { victim, index: index + 1, number: numbers[index] ?? -1 };
      const outcome = await tryOne(sweep, at);
      if (typeof outcome === 'object') faults.push(outcome.fault);
      else outcomes[outcome] += 1;
      tried += 1;
    }
    const { gone, running, unreached } = outcomes;
    process.stdout.write(
      `${victim}: ${gone + running} of ${numbers.length} system calls tried: ${gone} gone, ` +
        `${running} running; ${unreached} not reached\n`,
    );
  }
  return { faults, tried };
}

async function tryOne(
  sweep: Sweep,
  { victim, index, number }: { victim: Victim; index: number; number: number },
): Promise<Outcome | { readonly fault: string }> {
  try {
    return await sweep.kill(victim, index);
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error);
    return { fault: `${victim} killed at its call ${index} (number ${number}): ${words}` };
  }
}

function indices(count: number, { stride, offset }: Choice): number[] {
  const step = Math.max(1, stride(count));
  const chosen: number[] = [];
  for (let at = offset; at < count; at += step) chosen.push(Math.floor(at));
  return chosen;
}
