/** The failures of cgroup steps and of the spawn have a step, and all that the addon said. */
import { spawnFailure } from '../../../../lib/container/start/spawn-failure';
import { SyscallError, TslxcError } from '../../../../lib/errors';
import type { CgroupStep } from '../../../../lib/host/native';

const steps: readonly CgroupStep[] = [
  { step: 'make', path: '/c/web', existing: 'exclusive' },
  { step: 'mark', path: '/c/web', name: 'trusted.tslxc.root', value: '/' },
  { step: 'write', path: '/c/web/memory.max', value: '104857600' },
  { step: 'write', path: '/c/web/devices.allow', value: 'c 1:3 rwm' },
  { step: 'write', path: '/c/web/devices.allow', value: 'c 1:5 rwm' },
  { step: 'devices', path: '/u/web', rules: [] },
];

function failure(syscall: string, path?: string): unknown {
  const error = new SyscallError({ errno: 22, syscall, ...(path === undefined ? {} : { path }) });
  return spawnFailure(error, steps, 'web');
}

test.each([
  ['mkdir', '/c/web', 'make the cgroups'],
  ['write', '/c/web/memory.max', 'limit the cgroup: 104857600'],
  ['write', '/c/web/devices.allow', 'limit the cgroup'],
  ['bpf', '/u/web', 'limit the devices of the cgroup'],
  ['posix_spawn', 'tslxc-monitor', 'start the monitor'],
])('%s of %s: %s', (syscall, path, step) => {
  expect(failure(syscall, path)).toMatchObject({
    code: 'SYSTEM_ERROR',
    errno: 22,
    syscall,
    path,
    step,
    domain: 'web',
    message: `${syscall} ${path}: EINVAL, invalid argument (${step})`,
  });
});

test('one without a path is of the monitor', () => {
  expect(failure('socketpair')).toMatchObject({ step: 'start the monitor' });
});

test('what has a step, or is of no system call, stays as it is', () => {
  const known = new SyscallError({ errno: 2, syscall: 'open', step: 'lock the domain' });
  const other = new TslxcError('INTERNAL_ERROR', 'no such thing');
  for (const error of [known, other, 'text']) expect(spawnFailure(error, steps, 'web')).toBe(error);
});
