/** The failpoints of a change of trees, in order; TSLXC_TREES_FAILPOINT arms one. */
import { reachPoint } from '../../host/failpoint';

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
  reachPoint(
    {
      variable: 'TSLXC_TREES_FAILPOINT',
      names: treesFailpoints,
      actions: ['kill', 'stop', 'fail'],
    },
    point,
  );
}
