/** Each option of a container from an image, with values that can't be right: what is said names the option and the value. */
import {
  imageDomainOptions,
  readImageDomain,
} from '../../../../../lib/cli/options/image/image-domain';
import { parseArguments } from '../../../../../lib/cli/shell/arguments';
import { CommandError, UsageError } from '../../../../../lib/cli/shell/command-error';
import type { ImageDomain } from '../../../../../lib/index';

function read(words: readonly string[], cmd: readonly string[] = []): ImageDomain {
  const { options } = parseArguments('run', { options: imageDomainOptions }, words);
  return readImageDomain(options, { cmd, environment: {} });
}

function messageOf(given: readonly string[], cmd?: readonly string[]): string {
  try {
    read(given, cmd);
  } catch (error) {
    if (error instanceof UsageError || error instanceof CommandError) return error.message;
    throw error;
  }
  throw new Error(`${given.join(' ')} is taken`);
}

const control = 'a\x01';
const hasControl = 'has the character U+0001, which is not allowed';
const noUser = 'is not USER or USER:GROUP, names or numbers';
const noId = 'is out of range: ids are those from 0 to 4294967294';
const noSignal = 'must be a signal such as SIGQUIT, SIGRTMIN+3 or 3';
const noPort = 'is not a port such as 80/tcp, or ports such as 8000-8009';
const noCpus = 'is no number of CPUs, from 0.01 on, such as 1.5';
const noLimit = 'is not NAME=SOFT or NAME=SOFT:HARD, such as nofile=1024';
const noVolume = 'is not DIRECTORY:TARGET or NAME:TARGET, with nothing, :ro or :rw behind it';
const noName = (name: string): string =>
  `has the source '${name}', which can't be the name of a volume: letters, digits, '_', '.' and '-', with a letter or a digit as the first, 255 at most; a directory has a slash: ./${name}`;

/** The option, its bad value, and what is said behind them. */
const refused: readonly (readonly [string, string, string])[] = [
  ['name', 'a/b', "can't be the name of a domain: name a/b cannot contain '/'"],
  ['name', '..', "can't be the name of a domain: name cannot be '..'"],
  ['name', '', "can't be the name of a domain: name is empty"],
  ['name', 'a'.repeat(231), "can't be the name of a domain: name is longer than 230 bytes"],
  ['name', control, hasControl],
  ['entrypoint', '', 'needs a command after the image, to run in its place'],
  ['entrypoint', control, hasControl],
  ['env', '', 'is not NAME=VALUE'],
  ['env', '=a', 'is not NAME=VALUE'],
  ['env', `A=${control}`, hasControl],
  ['user', '', 'names no user'],
  ['user', ':', noUser],
  ['user', 'alice:', noUser],
  ['user', '1:2:3', noUser],
  ['user', '4294967295', noId],
  ['user', '0:4294967295', noId],
  ['user', control, hasControl],
  ['workdir', 'tmp', 'is not an absolute path of the container'],
  ['workdir', '', 'is not an absolute path of the container'],
  ['workdir', `/${control}`, hasControl],
  ['stop-signal', 'NOSUCH', noSignal],
  ['stop-signal', '', noSignal],
  ['stop-signal', '65', noSignal],
  ['expose', 'http', noPort],
  ['expose', '', noPort],
  ['expose', '65536', noPort],
  ['volume', '/srv', noVolume],
  ['volume', '/srv:data', noVolume],
  ['volume', 'da ta:/data', noName('da ta')],
  ['volume', '.data:/data', noName('.data')],
  ['volume', `${'d'.repeat(256)}:/data`, noName('d'.repeat(256))],
  ['volume', '/srv:/', "has the target '/', where the image is"],
  ['volume', '/srv://', "has the target '/', where the image is"],
  ['volume', '/srv:/a/../b', "has a target with '.' or '..' in it: write it without"],
  ['volume', `/srv:/${control}`, hasControl],
  ['memory', '1', 'is 1 KiB, too little to start a container'],
  ['memory', '65536', 'is 64 KiB, too little to start a container'],
  ['cpus', '.', noCpus],
  ['cpus', '0.001', noCpus],
  ['cpus', 'two', noCpus],
  ['cpus', '-1', noCpus],
  ['cpuset-cpus', '0;1', 'is no list of CPUs, such as 0-2,4'],
  ['ulimit', 'nofile', noLimit],
  ['ulimit', 'nofile=x', noLimit],
  ['ulimit', 'nofile=1:2:3', noLimit],
  ['ulimit', 'nofiles=1', "names no limit; did you mean 'nofile'?"],
  ['health-cmd', control, hasControl],
  ['health-interval', '30', 'is no time, such as 30s, 1m30s or 500ms'],
  ['health-timeout', '1d', 'is no time, such as 30s, 1m30s or 500ms'],
  ['health-start-period', '1s1', 'is no time, such as 30s, 1m30s or 500ms'],
  ['restart', 'never', 'is not no, on-failure, on-failure:MAX, always or unless-stopped'],
  ['restart', 'on-failure:x', 'is not no, on-failure, on-failure:MAX, always or unless-stopped'],
  ['cap-add', 'NET_ADMN', "is no capability; did you mean 'net_admin'?"],
  ['cap-drop', '', 'is no capability'],
  ['device', 'fuse', 'is not a device below /dev, such as /dev/fuse'],
  ['device', '/dev/null:/dev/zero', 'has another path in the container'],
  ['device', '/dev/null:/dev/null:r', 'has an access other than rwm'],
  ['device', '/dev/no-such-device', 'is not there on this host'],
  ['device', '/dev/pts', 'is no device on this host'],
  ['security-opt', 'seccomp=unconfined', 'is not no-new-privileges'],
  ['tmpfs', 'tmp', 'has a target that is not an absolute path of the container'],
  ['tmpfs', '/tmp:noexec', "has the option 'noexec': size=SIZE and ro are known"],
  ['shm-size', '0', 'has no room: its size is 0'],
  ['tmpfs', '/tmp:size=0', 'has no room: its size is 0'],
  ['mount', 'type=nfs,target=/x', "has the type 'nfs': bind, volume and tmpfs are known"],
  ['mount', 'type=volume,target=/x', 'has no source=NAME: a volume without a name is not made'],
  ['mount', 'dst=/x', 'has no source=NAME: a volume without a name is not made'],
  [
    'mount',
    'type=volume,src=/a,dst=/x',
    "has the source '/a', which can't be the name of a volume",
  ],
  [
    'mount',
    'type=volume,src=a,dst=/x,volume-nocopy',
    "has 'volume-nocopy': type=volume takes source, target, readonly",
  ],
  [
    'mount',
    'type=volume,src=a,dst=/x,bind-propagation=slave',
    "has 'bind-propagation': type=volume takes source",
  ],
  ['mount', 'type=bind,source=/srv', 'has no target=TARGET'],
  ['mount', 'type=bind,target=/x', 'has no source=DIRECTORY'],
  ['mount', 'type=tmpfs,target=/x,tmpfs-size=0', 'has no room: its size is 0'],
  ['mount', 'type=tmpfs,target=/x,tmpfs-mode=700', 'has a tmpfs-mode other than 1777'],
  ['device', '/dev/null:/dev/null:rwm:x', 'is not DEVICE, DEVICE:rwm or DEVICE:DEVICE:rwm'],
  ['device', '/dev/null:r', 'has an access other than rwm'],
  ['device', '/dev/stdin', 'is a link on this host: name what it leads to'],
  ['security-opt', 'no-new-privileges:true:foo', 'is not no-new-privileges'],
  ['mount', 'type=bind,src=/a,source=/b,dst=/x', "has 'source' twice"],
  ['mount', 'type=bind,src=/a,dst=/x,tmpfs-size=1m', "has 'tmpfs-size': type=bind takes source"],
  ['mount', 'type=bind,src=/a,dst=/x,ro=maybe', 'has a readonly that is neither true nor false'],
  ['mac-address', '52:54', 'is no Ethernet address, such as 52:54:00:12:34:56'],
  ['network', '', 'is not none, host, or the name of a virtual network'],
  ['network', control, hasControl],
  ['publish', 'web', 'publishes no port: it is HOST:CONTAINER'],
  ['publish', '0:80', 'publishes no port: ports are those from 1 to 65535'],
  ['upper', '', 'names no directory'],
  ['upper', `/${control}`, hasControl],
];

test.each(refused)('--%s %j is refused by its name and as it was typed', (name, value, why) => {
  const shown = value.replace('\x01', '\\x01');
  expect(messageOf([`--${name}`, value])).toContain(`'${shown}' for <${name}> option ${why}`);
});

const sizes = ['memory', 'memory-reservation', 'memory-swap'];
const numbers = [
  ...['blkio-weight', 'cpu-period', 'cpu-quota', 'cpu-shares', 'health-retries', 'pids-limit'],
];

test.each(sizes)('a --%s that is no size is refused', (name) => {
  expect(messageOf([`--${name}`, 'much'])).toBe(
    `Scaled numeric value 'much' for <${name}> option is malformed or out of range`,
  );
});

test.each(numbers)('a --%s that is no number is refused', (name) => {
  expect(messageOf([`--${name}`, 'many'])).toBe(
    `Numeric value 'many' for <${name}> option is malformed or out of range`,
  );
});

test('a choice and a file are refused in words of their own', () => {
  expect(messageOf(['--env-file', '/no/such/file'])).toBe(
    "Failed to open file '/no/such/file': No such file or directory",
  );
  expect(messageOf(['--ids', 'some'])).toBe("--ids is one of auto, host, not 'some'");
});

test('the table has every option that takes a value', () => {
  const taking = imageDomainOptions.filter(({ kind }) => kind !== 'flag').map(({ name }) => name);
  const tried = [...refused.map(([name]) => name), ...sizes, ...numbers, 'ids', 'env-file'];
  expect([...new Set(tried)].sort()).toEqual(taking.sort());
});

test('two that want the same are refused, by the second', () => {
  expect(messageOf(['-v', '/a:/x', '-v', '/b:/x/'])).toBe(
    "'/b:/x/' for <volume> option has the same target as '/a:/x'",
  );
  expect(messageOf(['-p', '80:80', '-p', '127.0.0.1:70-80:81-91'])).toBe(
    "'127.0.0.1:70-80:81-91' for <publish> option has a port of the host that '80:80' has already",
  );
  expect(messageOf(['-p', '0.0.0.0:80:80', '-p', '127.0.0.1:80:81'])).toBe(
    "'127.0.0.1:80:81' for <publish> option has a port of the host that '0.0.0.0:80:80' has already",
  );
});

test.each([
  ['0.0.0.0:80:80', '[::]:80:80'],
  ['80:80', '80:80/udp'],
  ['80:80', '81:80'],
  ['127.0.0.1:80:80', '127.0.0.2:80:80'],
])('%s and %s are published together', (...ports) => {
  expect(read(ports.flatMap((port) => ['-p', port])).interfaces).toHaveLength(1);
});

test('ports that lead nowhere are refused by the first', () => {
  expect(messageOf(['-p', '81:80', '--network', 'none'])).toContain(
    "'81:80' for <publish> option leads nowhere: no port can be published: with the network 'none'",
  );
});

test('a word of the command is refused too', () => {
  expect(messageOf([], ['sh', '-c', ''])).toContain("'' for <command> option is empty");
  expect(messageOf([], ['sh', control])).toContain(`'a\\x01' for <command> option ${hasControl}`);
});

test('an empty entry point is one that is not there: the first word of the command is the program', () => {
  expect(read(['--entrypoint', ''], ['sh', '-c', 'id'])).toEqual({
    init: 'sh',
    args: ['-c', 'id'],
  });
  expect(read(['--entrypoint='], ['id'])).toEqual({ init: 'id', args: [] });
});
