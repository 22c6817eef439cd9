/** Splits the text of an LXC configuration, lxc.container.conf(5), into entries. Pure. */
import { configurationError, type Entry } from './entry';
import type { Report } from './report';

/** Comments and blank lines have no entry. @throws TslxcError CONF_SYNTAX for an `lxc.` line without a `=`. */
export function parseEntries(text: string, file: string, report: Report): Entry[] {
  return text.split('\n').flatMap((whole, index): Entry[] => {
    const line = whole.trim();
    const place = { file, line: index + 1 };
    if (line === '' || line.startsWith('#')) return [];
    if (!line.startsWith('lxc.')) {
      report.warn(place, `${line}: not a key of LXC, which ignores the line`);
      return [];
    }
    const equals = line.indexOf('=');
    if (equals < 0) throw configurationError(place, `'${line}' has no '='`);
    const key = line.slice(0, equals).trim();
    return [{ key, written: key, value: unquoted(line.slice(equals + 1).trim()), place }];
  });
}

/** Removes quotes, if they enclose the whole value. */
function unquoted(value: string): string {
  const [first] = value;
  const isQuoted = first === "'" || first === '"';
  return isQuoted && value.length > 1 && value.endsWith(first) ? value.slice(1, -1) : value;
}
