// Markdown of the documents that scripts make from tables of the sources.
'use strict';

/** Text that Markdown shows as it is, in a cell of a table too. */
function prose(text) {
  return text.replace(/[\\|*<>[\]_]/g, '\\$&');
}

function code(text) {
  return `\`${text.replaceAll('|', '\\|')}\``;
}

function table(head, rows) {
  const line = (cells) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)];
}

module.exports = { code, prose, table };
