/** Paths in AppArmor's rules (apparmor.d(5)): a path itself, and all but some names in a folder. Pure. */

/** Characters that have, or might have, a special meaning within quotes. */
const special = /[^A-Za-z0-9_./ +:=~%\u0080-\u{10ffff}-]/gu;

/**
 * A path in quotes. A character that could have a special meaning is replaced by `?`, any one character: so a rule that
 * denies may deny a little more, and no path can end its rule.
 */
export function quoted(path: string, tail = ''): string {
  return `"${path.replaceAll(special, '?')}${tail}"`;
}

/**
 * One component of a path that is none of `names`. A name that ends with `*` stands for all that begin like it. The
 * language can't negate a word, so the pattern lists each first character that differs.
 */
export function otherThan(names: readonly string[]): string {
  return `{${others('', names).join(',')}}`;
}

function others(begin: string, names: readonly string[]): string[] {
  const here = names.filter((name) => name.startsWith(begin) && name !== begin);
  if (here.includes(`${begin}*`)) return [];
  const next = [...new Set(here.map((name) => name.charAt(begin.length)))].sort();
  const ends = begin === '' || names.includes(begin) ? [] : [begin];
  const differs = `${begin}[^/${next.join('')}]*`;
  return [...ends, differs, ...next.flatMap((one) => others(begin + one, names))];
}
