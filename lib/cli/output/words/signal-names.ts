/** Signals by number and by name. Pure. */
import { constants } from 'node:os';

// glibc reserves two of the kernel's real-time signals (32 and 33): signal(7).
const firstRealTime = 34;
const lastRealTime = 64;

/** `SIGSEGV` for 11; `SIGRTMIN+3` for 37. */
export function signalName(number: number): string {
  if (number >= firstRealTime && number <= lastRealTime) {
    return number === firstRealTime ? 'SIGRTMIN' : `SIGRTMIN+${String(number - firstRealTime)}`;
  }
  // SIGIOT, SIGPOLL and SIGUNUSED are aliases: Node lists the usual name first.
  const found = Object.entries(constants.signals).find(([, value]) => value === number);
  return found === undefined ? String(number) : found[0];
}

/** Accepts what virsh accepts: `15`, `term`, `SIGTERM`, `rtmin+4`. A number need not be a valid signal. */
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
