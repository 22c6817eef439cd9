/** The text of a definition, preceded by a comment that lists what was not carried over. Pure. */
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

/** Separates adjacent hyphens, which would end the comment or make it invalid. */
function commented(text: string): string {
  return printable(text).replace(/-(?=-|$)/g, '- ');
}
