/** `Domain.waitFor`: which condition is requested, and which access it needs. */
import type { ExitRecord } from '../../container/record/exit-record';
import { TslxcError } from '../../errors';
import type { Identity } from '../../host/state/definitions/definition-store';
import type { Session } from '../session/session';
import type { HealthInfo } from '../health/health';
import type { DomainState } from '../types';
import { waitForAddress } from './address-wait';
import { waitForCommand } from './command-wait';
import { waitForHealth } from './health-wait';
import { waitForOutput, waitForPort } from './inside-waits';
import { waitForExit, waitForState } from './state-waits';
import type { ListeningPort, WaitOptions } from './types';

/** What a wait resolves to: an address, a port, a match, an end, a state or a health; undefined for a command. */
export type WaitResult =
  string | ListeningPort | RegExpExecArray | ExitRecord | DomainState | HealthInfo | undefined;

const conditionNames = ['address', 'port', 'console', 'exec', 'exit', 'state', 'healthy'] as const;

/** Attaching to a console and running a command need more than read access. */
export function accessForWait(options: WaitOptions): 'read' | 'write' {
  return 'console' in options || 'exec' in options ? 'write' : 'read';
}

/** @throws TslxcError INVALID_ARG for none or several conditions; and as the wait for the one. */
export async function waitForCondition(
  session: Session,
  identity: Identity,
  options: WaitOptions,
): Promise<WaitResult> {
  const conditions = conditionNames.filter((name) => name in options);
  if (conditions.length !== 1) {
    throw new TslxcError('INVALID_ARG', `wait for one of ${conditionNames.join(', ')}`);
  }
  if ('address' in options) return waitForAddress(session, identity, options);
  if ('port' in options) return waitForPort(session, identity, options);
  if ('console' in options) return waitForOutput(session, identity, options);
  if ('exec' in options) return waitForCommand(session, identity, options);
  if ('exit' in options) return waitForExit(session, identity, options);
  if ('healthy' in options) return waitForHealth(session, identity, options);
  return waitForState(session, identity, options);
}
