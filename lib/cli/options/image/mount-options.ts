/**
 * Options of a container from an image about its file systems, with docker's names, checked as far as that needs neither the image
 * nor the host. Pure but for relative paths.
 */
import { posix } from 'node:path';
import { sharedMemory } from '../../../image/shared-memory';
import { absolutePath } from '../../../host/state/absolute-path';
import { isVolumeName, volumeNameRule } from '../../../storage/volume/volume-name';
import { present } from '../../../present';
import { checkCharacters, refusedValue } from '../values/refused-value';
import { readDockerKibibytes } from '../values/scaled-size';
import type { ImageDomain, MountSpec, Size } from '../../../index';
import type { Option, Options } from '../../shell/arguments';

const several = (name: string, help: string): Option => ({
  name,
  kind: 'string',
  repeatable: true,
  help: `${help}; may be repeated`,
});

export const mountOptions: readonly Option[] = [
  {
    ...several(
      'volume',
      'show a directory of the host or a named volume, which is made if it is missing: DIRECTORY:TARGET or NAME:TARGET, with :ro behind it for read-only',
    ),
    letter: 'v',
  },
  several(
    'mount',
    'the same in words: type=bind,source=DIRECTORY,target=TARGET, or type=volume,source=NAME,target=TARGET, with readonly; or type=tmpfs,target=TARGET, with tmpfs-size=SIZE',
  ),
  several(
    'tmpfs',
    'a file system in memory: TARGET, or TARGET:size=SIZE; by default as large as --memory',
  ),
  {
    name: 'shm-size',
    kind: 'string',
    help: 'size of /dev/shm, the shared memory of its programs; 64m by default',
  },
  { name: 'read-only', kind: 'flag', help: 'nothing of the image can be written' },
  {
    name: 'upper',
    kind: 'string',
    help: 'directory for what it writes, which stays; by default it goes with the domain',
    values: 'folder',
    mayBeEmpty: true,
  },
];

/** A mount, with the option and the word that name it. */
interface Typed {
  readonly option: string;
  readonly word: string;
  readonly mount: MountSpec;
}

/** @throws UsageError, CommandError for a value that can't be right. */
export function readMounts(
  options: Options,
  { memory = '1GiB' }: Pick<ImageDomain, 'memory'>,
): Pick<ImageDomain, 'mounts' | 'root'> {
  const read = (option: string, mountOf: (word: string) => MountSpec): Typed[] =>
    options.strings(option).map((word) => ({ option, word, mount: mountOf(word) }));
  const typed = [
    ...read('volume', volumeOf),
    ...read('mount', (word) => mountOf(word, memory)),
    ...read('tmpfs', (word) => tmpfsOf(word, memory)),
    ...sharedMemoryOf(options.string('shm-size')),
  ];
  checkTargets(typed);
  const upper = options.string('upper');
  const root = {
    ...(options.has('read-only') ? { readonly: true } : {}),
    ...(upper === undefined ? {} : { overlay: upperOf(upper) }),
  };
  return present({
    mounts: typed.length === 0 ? undefined : typed.map(({ mount }) => mount),
    root: Object.keys(root).length === 0 ? undefined : root,
  });
}

function checkTargets(typed: readonly Typed[]): void {
  const byTarget = new Map<string, string>();
  for (const { option, word, mount } of typed) {
    const target = posix.normalize(`${mount.target}/`);
    const other = byTarget.get(target);
    if (other !== undefined) throw refusedValue(word, option, `has the same target as '${other}'`);
    byTarget.set(target, word);
  }
}

/**
 * As with docker, what has no slash is the name of a volume, and `.` and `..` are directories. Whether a directory of the host is there is only
 * known when the container starts.
 */
function volumeOf(word: string): MountSpec {
  checkCharacters(word, 'volume');
  const [, source, target, way] = /^(.+):(\/[^:]*)(:r[ow])?$/.exec(word) ?? [];
  if (source === undefined || target === undefined) {
    const forms = 'is not DIRECTORY:TARGET or NAME:TARGET, with nothing, :ro or :rw behind it';
    throw refusedValue(word, 'volume', forms);
  }
  const typed = { word, option: 'volume' };
  checkTarget(target, typed);
  const common = { target, ...(way === ':ro' ? { readonly: true } : {}) };
  if (isDirectory(source)) return { source: absolutePath(source), ...common, recursive: true };
  return { type: 'volume', volume: namedVolumeOf(source, typed), ...common };
}

function isDirectory(source: string): boolean {
  return source.includes('/') || source === '.' || source === '..';
}

function namedVolumeOf(name: string, { word, option }: Omit<Typed, 'mount'>): string {
  if (isVolumeName(name)) return name;
  const rule = `has the source '${name}', which ${volumeNameRule}; a directory has a slash: ./${name}`;
  throw refusedValue(word, option, rule);
}

function checkTarget(target: string, { word, option }: Omit<Typed, 'mount'>): void {
  const parts = target.split('/').filter((part) => part !== '');
  if (!target.startsWith('/')) {
    throw refusedValue(word, option, 'has a target that is not an absolute path of the container');
  }
  if (parts.length === 0) {
    throw refusedValue(word, option, "has the target '/', where the image is");
  }
  if (parts.includes('.') || parts.includes('..')) {
    throw refusedValue(word, option, "has a target with '.' or '..' in it: write it without");
  }
}

/** docker's names of the same key. */
const keyNames: Readonly<Record<string, string>> = {
  src: 'source',
  dst: 'target',
  destination: 'target',
  ro: 'readonly',
};

const mountKeys = {
  bind: ['type', 'source', 'target', 'readonly', 'bind-propagation'],
  volume: ['type', 'source', 'target', 'readonly'],
  tmpfs: ['type', 'target', 'readonly', 'tmpfs-size', 'tmpfs-mode'],
} as const;

const propagations = ['private', 'slave', 'shared'] as const;

function mountOf(word: string, memory: Size): MountSpec {
  checkCharacters(word, 'mount');
  const refused = (why: string): Error => refusedValue(word, 'mount', why);
  const given = new Map<string, string>();
  for (const part of fieldsOf(word)) {
    const [, typed = '', value = 'true'] = /^([^=]*)(?:=(.*))?$/s.exec(part) ?? [];
    const name = typed.toLowerCase();
    const key = keyNames[name] ?? name;
    if (given.has(key)) throw refused(`has '${key}' twice`);
    given.set(key, value);
  }
  const type = given.get('type')?.toLowerCase() ?? 'volume';
  if (type !== 'bind' && type !== 'volume' && type !== 'tmpfs') {
    throw refused(`has the type '${type}': bind, volume and tmpfs are known`);
  }
  const stray = [...given.keys()].find((key) => !mountKeys[type].some((known) => known === key));
  if (stray !== undefined) {
    throw refused(`has '${stray}': type=${type} takes ${mountKeys[type].slice(1).join(', ')}`);
  }
  const target = given.get('target');
  if (target === undefined) throw refused('has no target=TARGET');
  checkTarget(target, { word, option: 'mount' });
  const readonly = readonlyOf(given.get('readonly'));
  if (readonly === 'unknown') throw refused('has a readonly that is neither true nor false');
  const common = { target, ...(readonly ? { readonly } : {}) };
  if (type === 'tmpfs') {
    if (!/^0?1777$/.test(given.get('tmpfs-mode') ?? '1777')) {
      throw refused('has a tmpfs-mode other than 1777, which it has in any case');
    }
    const size = given.get('tmpfs-size');
    const typed = { word, option: 'mount' };
    return { type: 'ram', ...common, size: size === undefined ? memory : sizeOf(size, typed) };
  }
  const dir = given.get('source') ?? '';
  if (type === 'volume') {
    if (dir === '') throw refused('has no source=NAME: a volume without a name is not made');
    return { type, volume: namedVolumeOf(dir, { word, option: 'mount' }), ...common };
  }
  if (dir === '') throw refused('has no source=DIRECTORY');
  const source = absolutePath(dir);
  const propagation = given.get('bind-propagation')?.replace(/^r(?=private|slave|shared)/, '');
  const known = propagations.find((one) => one === propagation);
  if (known === undefined && propagation !== undefined) {
    throw refused(`has an unknown bind-propagation: ${propagations.join(', ')}`);
  }
  return { source, ...common, recursive: true, ...present({ propagation: known }) };
}

/** Comma-separated values, of which one in quotes may have commas, and quotes that are written twice (RFC 4180). */
function fieldsOf(word: string): string[] {
  const fields = [...word.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"(?=,|$)|([^,]*))/g)];
  return fields.map(([, quoted, plain = '']) => quoted?.replaceAll('""', '"') ?? plain);
}

/** As docker reads truth. */
function readonlyOf(value = 'false'): boolean | 'unknown' {
  if (/^(1|t|T|true|True|TRUE)$/.test(value)) return true;
  return /^(0|f|F|false|False|FALSE)$/.test(value) ? false : 'unknown';
}

/** What tmpfs(5) and mount(8) call what such a file system is in any case. */
const givenOptions = ['nosuid', 'nodev', 'exec', 'mode=1777', 'mode=01777'];

const accesses = ['ro', 'rw'];

function tmpfsOf(word: string, memory: Size): MountSpec {
  checkCharacters(word, 'tmpfs');
  const [target = '', words = ''] = splitOnce(word, ':');
  checkTarget(target, { word, option: 'tmpfs' });
  const asked = words === '' ? [] : words.split(',');
  const sizes = asked.filter((one) => one.startsWith('size='));
  const other = asked.find(
    (one) => !sizes.includes(one) && !accesses.includes(one) && !givenOptions.includes(one),
  );
  if (other !== undefined) {
    throw refusedValue(word, 'tmpfs', `has the option '${other}': size=SIZE and ro are known`);
  }
  const access = asked.filter((one) => accesses.includes(one)).at(-1);
  const readonly = access === 'ro' ? { readonly: true } : {};
  const size = sizes.at(-1)?.slice('size='.length);
  const typed = { word, option: 'tmpfs' };
  const most = size === undefined ? memory : sizeOf(size, typed);
  return { type: 'ram', target, ...readonly, size: most };
}

function sharedMemoryOf(word: string | undefined): Typed[] {
  if (word === undefined) return [];
  const typed = { word, option: 'shm-size' };
  return [{ ...typed, mount: { ...sharedMemory, size: sizeOf(word, typed) } }];
}

function splitOnce(word: string, separator: string): readonly string[] {
  const at = word.indexOf(separator);
  return at < 0 ? [word] : [word.slice(0, at), word.slice(at + 1)];
}

function sizeOf(given: string, { word, option }: Omit<Typed, 'mount'>): Size {
  const kibibytes = readDockerKibibytes(given, option);
  if (kibibytes > 0) return `${kibibytes}KiB`;
  throw refusedValue(word, option, 'has no room: its size is 0');
}

/** `''` would be the directory that the user happens to be in, whose files the container would then have in its root. */
function upperOf(word: string): string {
  checkCharacters(word, 'upper');
  if (word !== '') return absolutePath(word);
  throw refusedValue(word, 'upper', 'names no directory');
}
