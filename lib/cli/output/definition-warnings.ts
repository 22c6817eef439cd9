/** Shows which parts of a definition have no effect. */
import type { Warning } from '../../index';
import type { Output } from './output';

/**
 * Shows warnings about parts of the definition; other warnings are for logs and events. `inWords`: what is said of a text that the
 * command has built, if it has.
 */
export function warningOf(
  output: Output,
  inWords: (warning: Warning) => string = ({ message }) => message,
): (warning: Warning) => void {
  return (warning) => {
    if (warning.element !== undefined) output.warning(inWords(warning));
  };
}
