/** Which cgroups a command joins: those of init that its start has made. */
import { readInitState } from '../../../../lib/container/init/init-state';
import type { StartRecord } from '../../../../lib/container/record/run-state';

const start: StartRecord = {
  ...{ name: 'web', uuid: '', boot: '', persistence: 'transient', xml: '' },
  ...{ hardening: 'hardened', time: 1, controller: 1 },
  undo: [{ undo: 'removeCgroups', paths: ['/c/cpu/libvirt/lxc/web'], owner: '/' }],
};

test('a hierarchy that was mounted after the start has none', () => {
  const late = { controllers: ['name=late'], mount: '/c/late' };
  expect(readInitState(process.pid, start, { hierarchies: [late] })).toMatchObject({
    tasks: [],
    unified: '',
  });
});

test('init that has been moved out of a cgroup of its start is an error', () => {
  const cpu = { controllers: ['cpu'], mount: '/c/cpu' };
  const read = () => readInitState(process.pid, start, { hierarchies: [cpu] });
  expect(read).toThrow("init of domain 'web' is not in its cgroups");
});
