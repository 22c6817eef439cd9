/** Shows what has no effect of a definition. */
import type { Warning } from '../../index';
import type { Output } from './output';

/** Shows a warning that is about a part of the definition; the others are for logs and events. */
export function warningOf(output: Output): (warning: Warning) => void {
  return ({ element, message }) => {
    if (element !== undefined) output.warning(message);
  };
}
