/** How far the labelling of a large tree is, for whoever waits for a start: on stderr, and only when it takes its time. */
import type { LabelProgress } from '../../container/security/relabel/label-walk';
import type { Output } from './output';

/** Milliseconds between two lines; what is over before says nothing. */
const pause = 1000;

export function labelProgress(output: Output): (progress: LabelProgress) => void {
  let last = performance.now();
  return ({ path, inodes }) => {
    if (output.verbosity === 'quiet' || performance.now() - last < pause) return;
    last = performance.now();
    output.note(`labelling ${path}: ${inodes} files so far`);
  };
}
