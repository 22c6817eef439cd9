/** How soon the kernel kills this process when memory runs out: proc_pid_oom_score_adj(5). */
import { readFileSync, writeFileSync } from 'node:fs';

const own = '/proc/self/oom_score_adj';
const step = 100;

/**
 * Sets the score to `wanted`, or as near above it as this host allows: without CAP_SYS_RESOURCE, a process can't go below the score
 * that one which had it has set last. Never fails. Processes that are started later inherit it. `file`: the score's.
 */
export function setOomScore(wanted: number, file = own): void {
  try {
    const now = Number(readFileSync(file, 'latin1'));
    // A lower one is inherited from a process that is to be killed later, such as a monitor; any process may raise its own.
    for (let score = wanted; score < now || score === wanted; score += step) {
      if (isSet(score, file)) return;
    }
  } catch {
    // Without /proc, or as one that no score can be read of, it stays as it is.
  }
}

function isSet(score: number, file: string): boolean {
  try {
    writeFileSync(file, String(score));
    return true;
  } catch {
    return false;
  }
}
