/** Paths in the language of AppArmor's rules (apparmor.d(5)): as they are, and all but some of a folder. Pure. */

/** What doesn't mean itself within quotes, or might not. */
const special = /[^A-Za-z0-9_./ +:=~%\u0080-\u{10ffff}-]/gu;

/**
 * A path in quotes. A character that could have a meaning of its own is any one character: so a rule that denies
 * denies a little more, and none can be closed from within.
 */
export function quoted(path: string, tail = ''): string {
  return `"${path.replaceAll(special, '?')}${tail}"`;
}

/**
 * One component of a path that is none of `names`; with a `*` behind it, a name stands for all that begin so. The
 * language has no negation of words, so this goes by the first character that differs.
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
