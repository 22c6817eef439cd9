/** The hooks of virtual networks. Under the network's lock, but for those of ports. */
import type { NetworkDefinition } from '../../network/definition/definition';
import { formatNetwork } from '../../network/definition/format';
import { formatNetworkPort } from '../../network/definition/port';
import type { PortDefinition } from '../../network/definition/port';
import type { Session } from '../session/session';
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
  const { name } = network;
  try {
    const scripts = findScripts(session, 'network');
    if (scripts.paths.length === 0) return;
    const phase = operation === 'stopped' ? 'end' : 'begin';
    await runScripts(session, scripts, {
      object: name,
      operation,
      phase,
      input: hookData(about),
      signal,
    });
  } catch (error) {
    if (refusing.includes(operation)) throw error;
    session.logger.warn({ err: error, network: name }, 'a hook has failed');
  }
}

/** Whether any script is told of networks. */
export function hasNetworkHooks(session: Session): boolean {
  return findScripts(session, 'network').paths.length > 0;
}

function hookData({ network, port }: HookSubject): string {
  const parts = [formatNetwork(network), ...(port === undefined ? [] : [formatNetworkPort(port)])];
  const lines = parts.join('').trimEnd().split('\n');
  return ['<hookData>', ...lines.map((line) => `  ${line}`), '</hookData>', ''].join('\n');
}
