/** The hooks of virtual networks. All but those of ports are called under the network's lock. */
import type { NetworkDefinition } from '../../network/definition/definition';
import { formatNetwork } from '../../network/definition/format';
import { formatNetworkPort } from '../../network/definition/port';
import type { PortDefinition } from '../../network/definition/port';
import type { Session } from '../session/session';
import { readNetworkMark, removeNetworkMark, writeNetworkMark } from './network-mark';
import { findScripts, runScripts } from './scripts';

/** What the scripts are told about a network: they may refuse it at `start` and `started`, and a port at `port-created`. */
export type NetworkOperation =
  'start' | 'started' | 'stopped' | 'updated' | 'port-created' | 'port-deleted';

/** What a hook is about. */
export interface HookSubject {
  readonly network: NetworkDefinition;
  /** For the operations about ports. */
  readonly port?: PortDefinition;
  /** Of the caller: the script is killed when it fires. */
  readonly signal?: AbortSignal | undefined;
}

const refusing: readonly NetworkOperation[] = ['start', 'started', 'port-created'];

/**
 * Calls the scripts, if there are any, for an operation on a network or on one of its ports.
 *
 * @throws as `runScripts`, for what a script may refuse; other failures are logged.
 */
export async function networkHook(
  session: Session,
  operation: NetworkOperation,
  about: HookSubject,
): Promise<void> {
  const { network, signal } = about;
  await call(session, { operation, name: network.name, input: () => hookData(about), signal });
}

/** To be called before `start`, or before the network's end: from then on `stopped` is sure to be called, by this process or the next. */
export function expectEnd(session: Session, network: NetworkDefinition): void {
  const { name } = network;
  try {
    if (hasNetworkHooks(session)) writeNetworkMark(session, name, hookData({ network }));
  } catch (error) {
    // Unreadable settings must not hold up an end; at a start, the call of `start` reports them.
    session.logger.warn({ err: error, network: name }, 'its end hooks may not be called');
  }
}

/** Calls `stopped` for a network that is off, if that has not been done yet. */
export async function announceEnd(session: Session, name: string): Promise<void> {
  const input = readNetworkMark(session, name);
  if (input === undefined) return;
  await call(session, { operation: 'stopped', name, input: () => input });
  removeNetworkMark(session, name);
}

/** Whether there are scripts for networks. @throws as `readSettings`. */
export function hasNetworkHooks(session: Session): boolean {
  return findScripts(session, 'network').paths.length > 0;
}

interface Call {
  readonly operation: NetworkOperation;
  readonly name: string;
  readonly input: () => string;
  readonly signal?: AbortSignal | undefined;
}

async function call(session: Session, { operation, name, input, signal }: Call): Promise<void> {
  try {
    const scripts = findScripts(session, 'network');
    if (scripts.paths.length === 0) return;
    const phase = operation === 'stopped' ? 'end' : 'begin';
    const told = { object: name, operation, phase, input: input(), signal } as const;
    await runScripts(session, scripts, told);
  } catch (error) {
    if (refusing.includes(operation)) throw error;
    session.logger.warn({ err: error, network: name }, 'a hook has failed');
  }
}

function hookData({ network, port }: HookSubject): string {
  const parts = [formatNetwork(network), ...(port === undefined ? [] : [formatNetworkPort(port)])];
  const lines = parts.join('').trimEnd().split('\n');
  return ['<hookData>', ...lines.map((line) => `  ${line}`), '</hookData>', ''].join('\n');
}
