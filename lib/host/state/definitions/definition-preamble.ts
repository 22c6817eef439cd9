/** What the file of a definition begins with: how it is changed. */

interface Written {
  /** What is stored: `domain`. */
  readonly kind: string;
  /** The command that stores an edited copy: `tslxc define`. */
  readonly command: string;
}

export function withPreamble(written: Written, text: string): string {
  return preamble(written) + text;
}

/** The text as it was given to `withPreamble`; that of a file without one as it is. */
export function withoutPreamble(written: Written, text: string): string {
  const first = preamble(written);
  return text.startsWith(first) ? text.slice(first.length) : text;
}

function preamble({ kind, command }: Written): string {
  return `<!--
This file is written by tslxc and always replaced as a whole: comments are lost, and
changes may be. To change the ${kind}, give an edited copy to: ${command} FILE
-->

`;
}
