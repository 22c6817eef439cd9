/** `Domain.waitFor`: which condition is requested, and which access it needs. */
import type { ExitRecord } from '../../container/record/exit-record';
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

/** Attaching to a console and running a command need more than read access. */
export function accessForWait(options: WaitOptions): 'read' | 'write' {
  return options.console !== undefined || options.exec !== undefined ? 'write' : 'read';
}

/** @throws TslxcError as the wait for the condition. */
export async function waitForCondition(
  session: Session,
  identity: Identity,
  options: WaitOptions,
): Promise<WaitResult> {
  if (options.address !== undefined) return waitForAddress(session, identity, options);
  if (options.port !== undefined) return waitForPort(session, identity, options);
  if (options.console !== undefined) return waitForOutput(session, identity, options);
  if (options.exec !== undefined) return waitForCommand(session, identity, options);
  if (options.exit !== undefined) return waitForExit(session, identity, options);
  if (options.healthy !== undefined) return waitForHealth(session, identity, options);
  return waitForState(session, identity, options);
}
