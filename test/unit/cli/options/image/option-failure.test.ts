/** What is said of a container from an image that did not start, whose definition the user has not seen. */
import { constants } from 'node:os';
import {
  imageDomainOptions,
  readImageDomain,
} from '../../../../../lib/cli/options/image/image-domain';
import { inTypedWords } from '../../../../../lib/cli/options/image/option-failure';
import { parseArguments } from '../../../../../lib/cli/shell/arguments';
import { errorLines } from '../../../../../lib/cli/shell/command-error';
import { SyscallError, TslxcError, type ErrorCode } from '../../../../../lib/errors';

/** What is shown when the words were typed and the start fails in that way. */
async function shown(words: string, error: Error): Promise<string> {
  const typed = words === '' ? [] : words.split(' ');
  const { options } = parseArguments('run', { options: imageDomainOptions }, typed);
  const domain = readImageDomain(options, { cmd: [], environment: {} });
  const failed = await inTypedWords({ options, domain }, () => Promise.reject(error)).catch(
    (caught: unknown) => caught,
  );
  return errorLines(failed).join('\n');
}

const { ENOENT, ENOTDIR, EINVAL } = constants.errno;

/** `call`: the system call and its path. */
function failedCall(errno: number, call: string, element?: string): SyscallError {
  const [syscall = '', path = ''] = call.split(' ');
  const at = element === undefined ? {} : { element };
  return new SyscallError({ errno, syscall, path, step: 'a step', ...at });
}

/** An error as it reaches a caller of `createFromImage`. */
const aboutKey = (code: ErrorCode, element: string): TslxcError =>
  new TslxcError(code, `it is wrong (${element})`, { element });

const noUser = (key: 'user' | 'group'): TslxcError =>
  new TslxcError('INTERNAL_ERROR', 'no such one', { element: `domain.${key}` });

test.each<[string, Error, string]>([
  [
    '--user nosuch',
    noUser('user'),
    "'nosuch' for <user> option: the image has no user of that name in its /etc/passwd; a number needs no entry there",
  ],
  [
    '--user root:nosuch',
    noUser('group'),
    "'root:nosuch' for <user> option: the image has no group of that name in its /etc/group; a number needs no entry there",
  ],
  [
    '--user 70000',
    aboutKey('CONFIG_UNSUPPORTED', 'domain.user'),
    "'70000' for <user> option: the container has the ids from 0 to 65535; --ids host gives it all",
  ],
  [
    '',
    noUser('user'),
    'the image names a user that is not in its /etc/passwd: give another by --user',
  ],
  [
    '',
    aboutKey('XML_ERROR', 'domain.stopSignal'),
    'the image names a stop signal that is none: give another by --stop-signal',
  ],
  [
    '--health-retries 2',
    aboutKey('INVALID_ARG', 'domain.health'),
    'the image has no health check of its own: give one by --health-cmd',
  ],
  [
    '--health-cmd x --health-start-period 2h',
    aboutKey('INVALID_ARG', 'domain.health.grace'),
    "'2h' for <health-start-period> option: invalid argument: it is wrong",
  ],
  [
    '--health-cmd x',
    aboutKey('INVALID_ARG', 'domain.health.exec'),
    "'x' for <health-cmd> option: invalid argument: it is wrong",
  ],
  [
    '--ulimit core=0 --ulimit nofile=2:1',
    aboutKey('XML_ERROR', 'domain.resourceLimits.nofile'),
    "'nofile=2:1' for <ulimit> option: XML error: it is wrong",
  ],
  [
    '--cpus 900',
    aboutKey('XML_ERROR', 'domain.limits.cpuQuota'),
    "'900' for <cpus> option: XML error: it is wrong",
  ],
  [
    '--network lab --mac-address 01:00:5e:00:00:01',
    aboutKey('XML_ERROR', 'domain.interfaces[0].mac'),
    "'01:00:5e:00:00:01' for <mac-address> option: XML error: it is wrong",
  ],
  [
    '--workdir /a',
    failedCall(ENOENT, 'chdir /a'),
    "'/a' for <workdir> option: the image has no such directory",
  ],
  [
    '--user 0',
    failedCall(ENOENT, 'chdir /app'),
    "the image names the working directory '/app', and has no such directory: give another by --workdir",
  ],
  [
    '--workdir /a',
    failedCall(ENOTDIR, 'chdir /a'),
    "'/a' for <workdir> option: that is no directory in the image",
  ],
  [
    '--entrypoint /nosuch',
    failedCall(ENOENT, 'execve /nosuch'),
    "'/nosuch' for <entrypoint> option: execve /nosuch: ENOENT, no such file or directory (a step)",
  ],
  [
    '--entrypoint nosuch',
    new TslxcError('OPERATION_FAILED', 'it has none', { step: 'find the program' }),
    "'nosuch' for <entrypoint> option: operation failed: it has none",
  ],
  [
    '-v /a:/x -v /b:/y:ro',
    failedCall(ENOENT, 'stat /b', 'domain.mounts[1].source'),
    "'/b:/y:ro' for <volume> option: there is no '/b' on this host: make it first",
  ],
  [
    '-v /a:/x -v /b:/y',
    failedCall(EINVAL, 'move_mount /x', 'domain.mounts[0]'),
    "'/a:/x' for <volume> option: move_mount /x: EINVAL, invalid argument (a step)",
  ],
  [
    '--upper /a/b',
    failedCall(ENOENT, 'mkdir /a/b', 'domain.root.overlay'),
    "'/a/b' for <upper> option: there is no directory in which '/a/b' could be made",
  ],
  [
    '--upper /a/b',
    failedCall(ENOTDIR, 'mkdir /a/b/work', 'domain.root.overlay'),
    "'/a/b' for <upper> option: that is no directory",
  ],
  [
    '--upper /a -v /srv:/srv',
    aboutKey('XML_ERROR', 'domain.root'),
    "'/a' for <upper> option: XML error: it is wrong",
  ],
  [
    '--network nosuch',
    aboutKey('NO_NETWORK', 'domain.interfaces[0].network'),
    "'nosuch' for <network> option: there is no such network; tslxc net-list --all shows those that there are, and none and host are always",
  ],
  [
    '-p 80:81',
    aboutKey('NO_NETWORK', 'domain.interfaces[0].network'),
    "'80:81' for <publish> option: Network not found: it is wrong",
  ],
  [
    '-p 80:81 --network lab',
    aboutKey('XML_ERROR', 'domain.interfaces[0].portForwards[0].ranges[0].end'),
    "'80:81' for <publish> option: XML error: it is wrong",
  ],
  [
    '-p 80:81 -p [2001:db8::1]:82:83 --network lab',
    aboutKey('RESOURCE_BUSY', 'domain.interfaces[0].portForwards[1]'),
    "'[2001:db8::1]:82:83' for <publish> option: resource busy: it is wrong",
  ],
  [
    '-p 53:53/udp -p 127.0.0.1:50-60:50-60 --network lab',
    aboutKey('RESOURCE_BUSY', 'domain.interfaces[0].portForwards[1]'),
    "'127.0.0.1:50-60:50-60' for <publish> option: resource busy: it is wrong",
  ],
])('%s: the option is named as it was typed, with what is wrong', async (words, error, said) => {
  expect(await shown(words, error)).toBe(said);
});

test('what is about none of the options is said without a key', async () => {
  expect(await shown('-v /a:/x', aboutKey('XML_ERROR', 'domain'))).toBe('XML error: it is wrong');
  expect(await shown('', failedCall(ENOENT, 'stat /a', 'domain.root'))).toBe(
    'stat /a: ENOENT, no such file or directory (a step)',
  );
});

test('what has no place in a definition is the same error, which says how the command exits', async () => {
  const error = new TslxcError('OPERATION_FAILED', 'no program', { step: 'find the program' });
  const { options } = parseArguments('run', { options: imageDomainOptions }, []);
  const failing = inTypedWords({ options, domain: {} }, () => Promise.reject(error));
  await expect(failing).rejects.toBe(error);
});
