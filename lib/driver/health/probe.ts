/** One check of a container's health. */
import type { Lookers } from '../../container/looks/looks';
import type { HealthCheck } from '../../domain/definition';
import { TslxcError } from '../../errors';
import type { Identity } from '../../host/state/definitions/definition-store';
import { printable } from '../../printable';
import { collectOutput } from '../exec/command-output';
import { execCommand } from '../exec/exec';
import type { Session } from '../session/session';
import { saysNothing } from './says-nothing';

/** Bytes. A command that writes more is ended: only the last line of its output is used. */
const maxBuffer = 64 * 1024;
const longestWord = 200;

export interface Probe {
  readonly check: HealthCheck;
  /** The processes that look things up in the container's root. */
  readonly lookers: Lookers;
  readonly signal: AbortSignal;
}

/** A check that could not be made, for a reason that is not the container's. */
export class Unchecked {
  readonly cause: TslxcError;

  constructor(cause: TslxcError) {
    this.cause = cause;
  }
}

/** Why the check failed, or could not be made; undefined when the container is healthy. */
export async function probe(
  session: Session,
  identity: Identity,
  { check, lookers, signal }: Probe,
): Promise<string | Unchecked | undefined> {
  try {
    if ('port' in check.probe) return await listens(session, identity, check.probe.port);
    const { argv } = check.probe;
    const { timeout } = check;
    const options = { stdin: 'ignore', timeout, signal } as const;
    const command = await execCommand(session, identity, { argv, options, lookers });
    const { code, stdout, stderr } = await collectOutput<string>(command, {
      encoding: 'utf8',
      maxBuffer,
      domain: identity.name,
    });
    if (code === 0) return undefined;
    const said = lastLine(stderr) || lastLine(stdout);
    return `it exited with ${code}${said === '' ? '' : `: ${said}`}`;
  } catch (error) {
    if (!TslxcError.is(error)) throw error;
    return (await saysNothing(session, identity, error)) ? new Unchecked(error) : error.message;
  }
}

async function listens(
  session: Session,
  { name }: Identity,
  port: number,
): Promise<string | undefined> {
  const state = session.containers.readRunState(session.paths, name);
  const found =
    state.phase === 'running'
      ? await session.containers.network.listeningInside(state.running)
      : undefined;
  const isListening = found?.some((one) => one.port === port) === true;
  return isListening ? undefined : `no process listens at port ${port}`;
}

function lastLine(text: string): string {
  return printable(text.trimEnd().split('\n').at(-1) ?? '').slice(0, longestWord);
}
