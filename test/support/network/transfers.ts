/** How long transfers take that are shaped, and those that are not. */
import { eventually } from '../time/eventually';

/** Seconds of 5000 KiB without anything that shapes them. */
const fast = 0.5;

/** Twenty percent either way. */
export function expectSeconds(measured: number, wanted: number): void {
  expect(measured).toBeGreaterThan(wanted * 0.8);
  expect(measured).toBeLessThan(wanted * 1.2);
}

/** Expects a transfer of 5000 KiB at most to be fast: what is shaped is so in no try, and what is not where it has a processor. */
export function expectFast(transfer: () => Promise<number>): Promise<void> {
  return eventually(async () => expect(await transfer()).toBeLessThan(fast));
}
