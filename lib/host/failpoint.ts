/**
 * Failpoints: where a test can end or stop this process, or make a step fail, between two changes of what is on disk. Each kind of
 * work has a variable of its own for them, `NAME=ACTION`; without it a point costs one comparison.
 */
import { TslxcError } from '../errors';

export interface Failpoints<Name extends string> {
  /** The variable of the environment that arms one of them. */
  readonly variable: string;
  readonly names: readonly Name[];
  readonly actions: readonly FailpointAction[];
}

export type FailpointAction = 'kill' | 'stop' | 'fail';

/** Does what is armed for this point. Throws RangeError if an unknown point or action is armed. */
export function reachPoint<Name extends string>(
  { variable, names, actions }: Failpoints<Name>,
  point: Name,
): void {
  const armed = process.env[variable];
  if (armed === undefined || armed === '') return;
  const [name, wanted] = armed.split('=');
  const action = actions.find((known) => known === wanted);
  if (!names.some((known) => known === name) || action === undefined) {
    throw new RangeError(`unknown failpoint '${armed}'`);
  }
  if (name !== point) return;
  if (action === 'fail') {
    throw new TslxcError('OPERATION_FAILED', `failpoint ${point}`, { step: point });
  }
  process.kill(process.pid, action === 'kill' ? 'SIGKILL' : 'SIGSTOP');
}
