/** The hooks of virtual networks. Under the network's lock, but for those of ports. */
import type { NetworkDefinition } from '../../network/definition/definition';
import { formatNetwork } from '../../network/definition/format';
import { formatNetworkPort } from '../../network/definition/port';
import type { PortDefinition } from '../../network/definition/port';
import type { Session } from '../session/session';
import { readNetworkMark, removeNetworkMark, writeNetworkMark } from './network-mark';
import { findScripts, runScripts } from './scripts';

/** What is told of a network: `start` and `started` may refuse it, `port-created` its port. */
export type NetworkOperation =
  'start' | 'started' | 'stopped' | 'updated' | 'port-created' | 'port-deleted';

/** What a script is told of. */
export interface HookSubject {
  readonly network: NetworkDefinition;
  /** The port that it is about. */
  readonly port?: PortDefinition;
  /** Of the caller: the script is killed when it fires. */
  readonly signal?: AbortSignal | undefined;
}

const refusing: readonly NetworkOperation[] = ['start', 'started', 'port-created'];

/**
 * Tells the scripts, if there are any, of a network, and of its port, if it is about one.
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

/** Before `start` or an end of it: `stopped` is called in every case after that, by this process or by the next one. */
export function expectEnd(session: Session, network: NetworkDefinition): void {
  const { name } = network;
  try {
    if (hasNetworkHooks(session)) writeNetworkMark(session, name, hookData({ network }));
  } catch (error) {
    // An end is not held up by settings that can't be read, and `start` tells of them.
    session.logger.warn({ err: error, network: name }, 'the hooks of its end may not be called');
  }
}

/** Calls `stopped` of a network that is off, if that is still to be done. */
export async function tellOfEnd(session: Session, name: string): Promise<void> {
  const input = readNetworkMark(session, name);
  if (input === undefined) return;
  await call(session, { operation: 'stopped', name, input: () => input });
  removeNetworkMark(session, name);
}

/** Whether any script is told of networks. @throws as `readSettings`. */
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
