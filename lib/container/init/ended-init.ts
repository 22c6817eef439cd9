/** Why nothing can be asked of an init that has ended, in the same words whatever was to be asked. */
import { TslxcError } from '../../errors';
import type { RunState } from '../record/run-state';

/** `state` is the domain's now: between two lives of init it runs, as every list says. */
export function initHasEnded(state: RunState, domain: string, cause?: unknown): TslxcError {
  const detail =
    state.phase === 'running'
      ? 'init has ended: the domain is being rebooted, or goes off'
      : 'domain is not running';
  return new TslxcError('OPERATION_INVALID', detail, { domain, cause });
}
