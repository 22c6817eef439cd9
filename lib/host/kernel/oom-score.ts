/** How soon the kernel kills this process when memory runs out: proc_pid_oom_score_adj(5). */
import { readFileSync, writeFileSync } from 'node:fs';

const file = '/proc/self/oom_score_adj';
const step = 100;

/**
 * Lowers the score to `wanted`, or as far as this host allows: without CAP_SYS_RESOURCE, a process can't go below the score that one
 * which had it has set last. Never fails, and never raises it. Processes that are started later inherit it.
 */
export function lowerOomScore(wanted: number): void {
  try {
    const now = Number(readFileSync(file, 'latin1'));
    for (let score = wanted; score < now; score += step) {
      if (isSet(score)) return;
    }
  } catch {
    // Without /proc, or as one that no score can be read of, it stays as it is.
  }
}

function isSet(score: number): boolean {
  try {
    writeFileSync(file, String(score));
    return true;
  } catch {
    return false;
  }
}
