/** The options before the verb, and which URI is meant. */
import { chooseUri, parseGlobals } from '../../../../lib/cli/shell/globals';

test.each<[string, object, string]>([
  ['list', {}, 'list'],
  ['-q list --all', { verbosity: 'quiet' }, 'list --all'],
  ['-qr list', { verbosity: 'quiet', access: 'read-only' }, 'list'],
  ['-c lxc:/// list', { uri: 'lxc:///' }, 'list'],
  ['-clxc:/// list', { uri: 'lxc:///' }, 'list'],
  ['-qc lxc:/// list', { uri: 'lxc:///', verbosity: 'quiet' }, 'list'],
  ['--connect lxc:/// list', { uri: 'lxc:///' }, 'list'],
  ['--connect=lxc:/// list', { uri: 'lxc:///' }, 'list'],
  ['--conn lxc:/// list', { uri: 'lxc:///' }, 'list'],
  ['--root /tmp/x -e ^x list', { root: '/tmp/x', escape: '^x' }, 'list'],
  ['-d 0 -l log list', { debug: 0, logFile: 'log' }, 'list'],
  ['--readonly --quiet list', { access: 'read-only', verbosity: 'quiet' }, 'list'],
  ['-t list', { timing: 'shown' }, 'list'],
  ['-k 5 -K 3 list', {}, 'list'],
  ['--keepalive-interval=0 list', {}, 'list'],
  ['-- list', {}, 'list'],
  ['start -q', {}, 'start -q'],
])('%s', (line, globals, words) => {
  const parsed = parseGlobals(line.split(' '));
  expect(parsed.globals).toEqual({
    verbosity: 'normal',
    access: 'read-write',
    escape: '^]',
    timing: 'untold',
    ...globals,
  });
  expect(parsed.words.join(' ')).toBe(words);
});

test.each<[string, string]>([
  ['-z list', "unsupported option '-z'. See --help."],
  ['--bogus list', "unsupported option '--bogus'. See --help."],
  ['--constructor list', "unsupported option '--constructor'. See --help."],
  ['--r list', "unsupported option '--r'. See --help."],
  ['--quiet=1 list', "unsupported option '--quiet=1'. See --help."],
  ['-c', "option '-c' requires an argument"],
  ['--connect', "option '--connect' requires an argument"],
  ['-d x list', 'option -d takes a numeric argument'],
  ['-d  list', 'option -d takes a numeric argument'],
  ['-d 99999999999 list', 'option -d takes a numeric argument'],
  ['-k x list', 'Invalid value for option -k'],
  ['-K -1 list', 'option -K requires a positive integer argument'],
  ['--keepalive-count=a list', 'Invalid value for option --keepalive-count'],
  ['-e ab list', "Invalid string 'ab' for escape sequence"],
  ['-e ^ list', "Invalid string '^' for escape sequence"],
  ['-e é list', "Invalid string 'é' for escape sequence"],
])('%s is refused: %s', (line, message) => {
  expect(() => parseGlobals(line.split(' '))).toThrow(message);
});

test.each(['5', '-1', '9'])('-d %s is told of, and has no effect', (level) => {
  const { globals, ignored } = parseGlobals(['-d', level, 'list']);
  expect(ignored).toBe(`ignoring debug level ${level} out of range [0-4]`);
  expect(globals.debug).toBeUndefined();
  expect(parseGlobals(['-d', '4', 'list']).ignored).toBeUndefined();
});

test.each(['-v', '--version', '--vers'])('%s asks for the version', (option) => {
  expect(parseGlobals([option]).wants).toBe('version');
});

test.each(['-V', '-qV', '--version=long'])('%s asks for the long version', (option) => {
  expect(parseGlobals([option]).wants).toBe('long-version');
});

interface Choice {
  readonly given?: string;
  readonly own?: string;
  readonly libvirt?: string;
  readonly uri: string;
  readonly note?: 'noted';
}

const choices: readonly Choice[] = [
  { uri: 'lxc:///' },
  { given: 'qemu:///system', own: 'lxc:///', uri: 'qemu:///system' },
  { own: 'lxc:///system', uri: 'lxc:///system' },
  { own: 'qemu:///system', uri: 'qemu:///system' },
  { own: 'lxc:///', libvirt: 'qemu:///system', uri: 'lxc:///' },
  { own: '', libvirt: '', uri: 'lxc:///' },
  { libvirt: 'lxc:///system', uri: 'lxc:///system' },
  { libvirt: 'lxc+ssh://far/', uri: 'lxc+ssh://far/' },
  { libvirt: 'qemu:///system', uri: 'lxc:///', note: 'noted' },
  { libvirt: 'lxcx:///', uri: 'lxc:///', note: 'noted' },
];

test.each(choices)('%j', ({ given, own, libvirt, uri, note }) => {
  const environment = { TSLXC_DEFAULT_URI: own, LIBVIRT_DEFAULT_URI: libvirt };
  const choice = chooseUri(given === undefined ? {} : { uri: given }, environment);
  expect(choice.uri).toBe(uri);
  expect(choice.note === undefined).toBe(note === undefined);
});
