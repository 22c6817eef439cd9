/** Shows which parts of a definition have no effect. */
import type { Warning } from '../../index';
import type { Output } from './output';

/** Shows warnings about parts of the definition; other warnings are for logs and events. */
export function warningOf(output: Output): (warning: Warning) => void {
  return ({ element, message }) => {
    if (element !== undefined) output.warning(message);
  };
}
