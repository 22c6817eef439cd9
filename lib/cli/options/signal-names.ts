/** Signals by number or name, as virsh takes them: `15`, `term`, `SIGTERM`, `rtmin+4`. Pure. */
import { constants } from 'node:os';

const firstRealTime = 34;
const lastRealTime = 64;

/** Undefined for what is neither. A number is not checked for what the kernel knows. */
export function signalNumber(word: string): number | undefined {
  if (/^\d{1,9}$/.test(word)) return Number(word);
  const name = word.toUpperCase().replace(/^SIG[_-]?/, '');
  if (name === 'NOP') return 0;
  const realTime = /^(?:RTMIN\+?(\d{1,2})?|RT(\d{1,2}))$/.exec(name);
  if (realTime) {
    const number = firstRealTime + Number(realTime[1] ?? realTime[2] ?? 0);
    return number <= lastRealTime ? number : undefined;
  }
  return Object.entries(constants.signals).find(([known]) => known === `SIG${name}`)?.[1];
}
