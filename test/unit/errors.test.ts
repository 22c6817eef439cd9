/** lib/errors.ts: what a message may have in it. Recipe T20 of the threat catalogue: what root inside names reaches no terminal. */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import {
  DefinitionError,
  ProtocolError,
  raiseDescriptors,
  SyscallError,
  TslxcError,
} from '../../lib/errors';

test.each([
  ['\u001b]0;title\u0007', '\\x1b]0;title\\x07'],
  ['\u009b31m', '\\xc2\\x9b31m'],
  ['\u202etxt', '\\xe2\\x80\\xaetxt'],
  ['one\r\n\ttwo', 'one\\x0d\n\ttwo'],
])('no message can steer a terminal: %j', (name, shown) => {
  expect(new TslxcError('INVALID_ARG', `user '${name}'`).message).toBe(
    `invalid argument: user '${shown}'`,
  );
  const failure = { errno: 2, syscall: 'open', path: name, step: `look at ${name}` };
  expect(new SyscallError(failure).message).toBe(
    `open ${shown}: ENOENT, no such file or directory (look at ${shown})`,
  );
});

test('control: an error of Node.js has in it whatever was named', () => {
  expect(new Error('\u001b]0;title\u0007').message).toBe('\u001b]0;title\u0007');
});

test('no inotify instance or watch left: whose limit it is', () => {
  const messageOf = (errno: number): string =>
    new SyscallError({ errno, syscall: 'watch', path: '/run', step: 'watch the event log' })
      .message;
  expect(messageOf(24)).toMatch(
    /\(watch the event log\): .*sysctl fs\.inotify\.max_user_instances/,
  );
  expect(messageOf(24)).toContain(raiseDescriptors('that of its descriptors'));
  expect(messageOf(28)).toMatch(/\(watch the event log\): .*sysctl fs\.inotify\.max_user_watches/);
  expect(messageOf(2)).not.toMatch(/limit/);
});

test('too many open files: what to do', () => {
  const failure = { errno: 24, syscall: 'fcntl', step: 'start the monitor' };
  expect(new SyscallError(failure).message).toMatch(
    /^fcntl: EMFILE, too many open files \(start the monitor\): its limit is to be raised/,
  );
});

test('an error is asked for by its code, several codes, or its class', () => {
  const missing = new TslxcError('NO_DOMAIN', 'x');
  const failed = new SyscallError({ errno: 16, syscall: 'mount' });
  expect([TslxcError.is(missing), TslxcError.is(failed)]).toEqual([true, true]);
  expect(TslxcError.is(missing, undefined)).toBe(true);
  expect(TslxcError.is(missing, 'NO_NETWORK', 'NO_DOMAIN')).toBe(true);
  expect(TslxcError.is(failed, 'NO_NETWORK', 'NO_DOMAIN')).toBe(false);
  expect([SyscallError.is(missing), SyscallError.is(failed)]).toEqual([false, true]);
  expect(SyscallError.is(failed, 'SYSTEM_ERROR')).toBe(true);
  expect(SyscallError.is(failed, 'RESOURCE_BUSY')).toBe(false);
  expect([DefinitionError.is(failed), ProtocolError.is(failed)]).toEqual([false, false]);
  expect(DefinitionError.is(new DefinitionError('XML_ERROR', 'x'), 'XML_ERROR')).toBe(true);
  expect(ProtocolError.is(new ProtocolError('x'))).toBe(true);
});

test('an error of another copy of the package is one of its class', () => {
  jest.isolateModules(() => {
    const copy = jest.requireActual<typeof import('../../lib/errors')>('../../lib/errors');
    const failed = new copy.SyscallError({ errno: 2, syscall: 'open' });
    expect(failed instanceof SyscallError).toBe(false);
    expect([SyscallError.is(failed), DefinitionError.is(failed)]).toEqual([true, false]);
    expect(TslxcError.is(failed, 'NO_DOMAIN', 'SYSTEM_ERROR')).toBe(true);
  });
  expect([undefined, null, 'x', new Error('x')].some((one) => SyscallError.is(one))).toBe(false);
});

test('what has the errno and the name of a system call is a SyscallError, whatever it says', () => {
  const folder = join(__dirname, '../../lib');
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  const others = files
    .filter((file) => file.endsWith('.ts'))
    .filter((file) =>
      /new TslxcError\(\s*'SYSTEM_ERROR'/.test(readFileSync(join(folder, file), 'utf8')),
    );
  // A plan that is too long, and numbers of libuv: the one is of no call, and the other no errno.
  expect(others.sort()).toEqual(['container/monitor/plan-message.ts', 'host/state/file-error.ts']);
  const error = new SyscallError({ errno: 2, syscall: 'execve', path: '/x' }, 'there is no /x');
  expect(error).toMatchObject({ message: 'there is no /x', code: 'SYSTEM_ERROR', errno: 2 });
  expect(SyscallError.is(error, 'SYSTEM_ERROR')).toBe(true);
});
