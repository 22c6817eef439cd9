/** Init of an LXC configuration: `<os>` with its arguments, environment, directory, user and architecture. Pure. */
import { valueError, type Entry, numberOf } from '../entry';
import type { Scene } from '../scene';
import { node, type PrintableElement } from '../../xml/print';

/** LXC's default of lxc.init.cmd. */
const usualInit = '/sbin/init';

/** Names of architectures in lxc.arch for which the kernel has other names. */
const kernelNames: ReadonlyMap<string, string> = new Map([
  ...['x86', 'i386', 'i486', 'i586', 'athlon'].map((name) => [name, 'i686'] as const),
  ['amd64', 'x86_64'],
  ['arm64', 'aarch64'],
  ...['arm', 'armel', 'armhf'].map((name) => [name, 'armv7l'] as const),
  ['powerpc', 'ppc'],
  ['powerpc64', 'ppc64'],
  ['ppc64el', 'ppc64le'],
]);

/** The 32-bit architecture that a kernel of each 64-bit architecture can also run. */
const siblings: ReadonlyMap<string, string> = new Map([
  ['x86_64', 'i686'],
  ['aarch64', 'armv7l'],
  ['ppc64', 'ppc'],
]);

/** `<os>`. @throws TslxcError CONF_SYNTAX. */
export function convertInit(scene: Scene): PrintableElement {
  const [init = usualInit, ...initArguments] = commandOf(scene);
  return node('os', {}, [
    node('type', { arch: archOf(scene) }, ['exe']),
    text('init', init),
    ...initArguments.map((argument) => text('initarg', argument)),
    ...environmentOf(scene),
    ...directoryOf(scene),
    ...identityOf(scene),
  ]);
}

function text(name: string, content: string): PrintableElement {
  return node(name, {}, [content]);
}

function commandOf({ settings, report }: Scene): string[] {
  const entry = settings.take('lxc.init.cmd');
  if (entry === undefined) return [];
  const words = splitCommand(entry);
  const [program = ''] = words;
  if (!program.startsWith('/')) {
    report.tell(entry, 'init needs the absolute path that it has in the container');
  }
  // An empty argument can't be expressed as an element.
  if (words.includes('')) report.tell(entry, 'empty arguments are left out');
  return words.filter((word) => word !== '');
}

/** As in LXC, words are separated by spaces outside of quotes. */
function splitCommand(entry: Entry): string[] {
  const words: string[] = [];
  let word: string | undefined;
  let quote = '';
  for (const character of entry.value) {
    if (quote === '' && character === ' ') {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else if (quote === '' && (character === '"' || character === "'")) {
      quote = character;
      word ??= '';
    } else if (character === quote) {
      quote = '';
    } else {
      word = `${word ?? ''}${character}`;
    }
  }
  if (quote !== '') throw valueError(entry, `${quote} is not closed`);
  return word === undefined ? words : [...words, word];
}

/** Undefined if it is the host's own architecture, or is left out. */
function archOf({ settings, host, report }: Scene): string | undefined {
  const entry = settings.take('lxc.arch');
  if (entry === undefined) return undefined;
  const { value } = entry;
  if (value === 'linux64') return undefined;
  const sibling = siblings.get(host.arch);
  const arch = value === 'linux32' ? sibling : (kernelNames.get(value) ?? value);
  if (arch === host.arch) return undefined;
  if (arch !== undefined && arch === sibling) return arch;
  report.tell(entry, `this host (${host.arch}) has no containers of that architecture`);
  return undefined;
}

function environmentOf({ settings, report }: Scene): PrintableElement[] {
  const variables = new Map<string, string>();
  // Variables of the second key are for init only; those of the first are for hook scripts as well.
  const entries = ['lxc.environment', 'lxc.environment.runtime'].flatMap((key) =>
    settings.takeAll(key),
  );
  for (const entry of entries) {
    const equals = entry.value.indexOf('=');
    const [name, value] = [entry.value.slice(0, equals), entry.value.slice(equals + 1)];
    if (equals < 0) {
      report.tell(
        entry,
        'has the value that lxc-start finds in its own environment; write NAME=VALUE',
      );
    } else if (name === '' || value === '') {
      report.tell(entry, 'a variable needs a name and a value');
    } else {
      variables.set(name, value);
    }
  }
  return [...variables].map(([name, value]) => node('initenv', { name }, [value]));
}

function directoryOf({ settings }: Scene): PrintableElement[] {
  const entry = settings.take('lxc.init.cwd');
  return entry === undefined ? [] : [text('initdir', entry.value)];
}

/** Without a gid of its own, init has group 0, regardless of its user. */
function identityOf({ settings }: Scene): PrintableElement[] {
  const [uid, gid] = [settings.take('lxc.init.uid'), settings.take('lxc.init.gid')];
  const [user, group] = [uid, gid].map((entry) => (entry === undefined ? 0 : numberOf(entry)));
  if (user === 0 && group === 0) return [];
  return [text('inituser', String(user)), text('initgroup', String(group))];
}
