/** The error for a request to an init that has ended, in the same words for every request. */
import { TslxcError } from '../../errors';
import type { RunState } from '../record/run-state';

/** `state` is the domain's state now: between two lives of init the domain is running, as every list says. */
export function initHasEnded(state: RunState, domain: string, cause?: unknown): TslxcError {
  const detail =
    state.phase === 'running'
      ? 'init has ended: the domain is being rebooted, or goes off'
      : 'domain is not running';
  return new TslxcError('OPERATION_INVALID', detail, { domain, cause });
}
