/** A line of lxc.mount.entry or of lxc.mount.fstab, fstab(5), with the options that LXC adds. Pure. */
import { valueError, type Entry } from '../entry';
import { sanitizePath } from '../../filesystem/filesystem';

export interface MountEntry {
  readonly source: string;
  /** As written: relative to the container's root, or absolute. */
  readonly target: string;
  readonly type: string;
  readonly options: readonly string[];
  readonly entry: Entry;
}

/** @throws TslxcError CONF_SYNTAX for a line without a target. */
export function parseMountEntry(entry: Entry): MountEntry {
  const fields = entry.value.split(/[ \t]+/).map(unescaped);
  const [source = '', target = '', type = 'none', options = ''] = fields;
  if (target === '') throw valueError(entry, 'not a line of fstab(5)');
  const words = options.split(',').filter((option) => option !== '');
  return { source: withoutEnd(source), target: withoutEnd(target), type, options: words, entry };
}

/** getmntent(3): blanks and backslashes are written as three octal digits. */
function unescaped(field: string): string {
  return field.replace(/\\([0-7]{3})/g, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 8)),
  );
}

function withoutEnd(path: string): string {
  return path.includes('/') ? sanitizePath(path) : path;
}

/** What follows `NAME=`; undefined if there is no such option. */
export function optionValue({ options }: MountEntry, name: string): string | undefined {
  const found = options.find((option) => option.startsWith(`${name}=`));
  return found?.slice(name.length + 1);
}

export function hasOption({ options }: MountEntry, ...names: readonly string[]): boolean {
  return options.some((option) => names.includes(option));
}

/** Options that are carried out, or that make no difference. */
const known = [
  ...['defaults', 'rw', 'ro', 'bind', 'rbind', 'optional', 'relative', 'loop', 'auto', 'noauto'],
  ...['private', 'rprivate', 'slave', 'rslave', 'shared', 'rshared', 'create=dir', 'create=file'],
  ...['suid', 'dev', 'exec', 'async', 'nofail', 'idmap=container'],
];

/** The options that a `<filesystem>` can't express; options that match `also` are known for this kind of file system. */
export function unknownOptions({ options }: MountEntry, also: RegExp): string[] {
  return options.filter((option) => !known.includes(option) && !also.test(option));
}
