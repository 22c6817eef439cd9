/**
 * Failpoints: where a test can end or stop this process, or make a step fail, in the order of a change of trees. Without
 * TSLXC_TREES_FAILPOINT, which has the form `NAME=ACTION`, each costs one comparison.
 */
import { TslxcError } from '../../errors';

export const treesFailpoints = [
  'trees:after-record',
  'trees:after-claim',
  'trees:after-place',
  'trees:after-copy',
  'trees:before-commit',
  'trees:after-commit',
  'trees:after-move',
  'trees:after-definition',
  'trees:after-discard',
  'trees:before-end',
] as const;

export type TreesFailpoint = (typeof treesFailpoints)[number];

export function reach(point: TreesFailpoint): void {
  const armed = process.env['TSLXC_TREES_FAILPOINT'];
  if (armed === undefined || armed === '') return;
  const [name = '', action = ''] = armed.split('=');
  const isKnown = treesFailpoints.some((known) => known === name);
  if (!isKnown || !['kill', 'stop', 'fail'].includes(action)) {
    throw new RangeError(`unknown failpoint '${armed}'`);
  }
  if (name !== point) return;
  if (action === 'fail') {
    throw new TslxcError('OPERATION_FAILED', `failpoint ${point}`, { step: point });
  }
  process.kill(process.pid, action === 'kill' ? 'SIGKILL' : 'SIGSTOP');
}
