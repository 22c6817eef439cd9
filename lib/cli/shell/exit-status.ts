/** Exit statuses by the shell's conventions. */
import { constants } from 'node:os';

/** Of a command that a signal ended: 128 and the signal's number. */
export function signalStatus(signal: NodeJS.Signals): number {
  return 128 + constants.signals[signal];
}
