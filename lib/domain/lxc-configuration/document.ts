/** The text of a definition with what is not carried over before it, in a comment. Pure. */
import { warningText, type Warning } from './report';
import { printable } from '../../printable';

export function documentText(domain: string, warnings: readonly Warning[]): string {
  return `${comment(warnings)}${domain}`;
}

function comment(warnings: readonly Warning[]): string {
  if (warnings.length === 0) return '';
  const lines = warnings.map((warning) => `  ${warningText(warning)}`);
  return `<!--\nNot carried over, or not as it is:\n${lines.map(commented).join('\n')}\n-->\n`;
}

/** Two hyphens would end the comment, or break it. */
function commented(text: string): string {
  return printable(text).replace(/-(?=-|$)/g, '- ');
}
