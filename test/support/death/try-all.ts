/** A sweep over points, some or all of them, with what came of each. */
import type { DeathSweep, Outcome } from './sweep';
import type { Victim } from './traced-package';

export interface SweepResult {
  /** Points tried by victim and outcome, for people: `monitor: 312 tried, 280 gone, 32 running`. */
  readonly lines: readonly string[];
  /** What went wrong, each with its point. */
  readonly faults: readonly string[];
  readonly tried: number;
}

/** `share` of all points are tried, evenly spread; 1 is all. */
export async function tryAll(
  sweep: DeathSweep,
  victims: readonly Victim[],
  share: number,
): Promise<SweepResult> {
  const calls = await sweep.record();
  const lines: string[] = [];
  const faults: string[] = [];
  let tried = 0;
  for (const victim of victims) {
    const numbers = calls[victim];
    expect(numbers.length).toBeGreaterThan(10);
    const outcomes: Record<Outcome, number> = { running: 0, gone: 0, unreached: 0 };
    const stride = 1 / share;
    // The last call is a common place to die, the first is the start of everything.
    for (let at = 1; at <= numbers.length; at += stride) {
      const index = Math.round(at);
      try {
        outcomes[await sweep.kill(victim, index)] += 1;
      } catch (error) {
        const words = error instanceof Error ? error.message : String(error);
        faults.push(`${victim} at call ${index} (number ${numbers[index - 1] ?? -1}): ${words}`);
        if (faults.length >= mostFaults) return { lines, faults, tried };
      }
      tried += 1;
    }
    const { gone, running, unreached } = outcomes;
    lines.push(
      `${victim}: ${gone + running} of ${numbers.length} points tried, ${gone} gone, ` +
        `${running} running, ${unreached} not reached`,
    );
  }
  for (const line of lines) process.stdout.write(`${line}\n`);
  return { lines, faults, tried };
}

const mostFaults = 5;
