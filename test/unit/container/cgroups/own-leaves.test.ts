/** Which starts go on when a hierarchy that is mounted nowhere can’t be joined. */
import { OwnLeaves } from '../../../../lib/container/cgroups/own-leaves';
import type { HierarchiesOfKernel } from '../../../../lib/container/cgroups/own-leaves';
import { SyscallError } from '../../../../lib/errors';
import { document, parse } from '../../domain/parse-context';

const layout = { hierarchies: [{ controllers: ['name=systemd'], mount: '/c/systemd' }] };

/** EPERM, as where the cgroup namespace belongs to another user namespace. */
const closed: HierarchiesOfKernel = {
  living: () => ['name=foo', 'name=systemd'],
  open: (name) => {
    throw new SyscallError({ errno: 1, syscall: 'fsconfig', path: name });
  },
};

const idMap = (target: number): string =>
  `<idmap><uid start='0' target='${target}' count='65536'/><gid start='0' target='${target}' count='65536'/></idmap>`;

const open = (elements: string, kernel: HierarchiesOfKernel): OwnLeaves =>
  OwnLeaves.open(parse(document({ elements })), layout, kernel);

test.each([
  ['without an id map', ''],
  ['with one that has the host’s root', idMap(0)],
])('%s the start is refused, with the hierarchy and what to do', (_, elements) => {
  expect.assertions(2);
  try {
    open(elements, closed);
  } catch (error) {
    expect(error).toMatchObject({
      code: 'OPERATION_UNSUPPORTED',
      step: 'join unmounted cgroup hierarchies',
      cause: { errno: 1, syscall: 'fsconfig' },
    });
    expect(String(error)).toMatch(
      /hierarchy name=foo is mounted nowhere .*: mount it, or .*<idmap>/,
    );
  }
});

test('with ids of its own it goes on, without them', () => {
  const leaves = open(idMap(700_000), closed);
  expect(leaves).toMatchObject({ hierarchies: [], tasks: [] });
});

test('where all hierarchies are mounted, nothing is opened', () => {
  const leaves = open('', { ...closed, living: () => ['name=systemd'] });
  expect(leaves).toMatchObject({ hierarchies: [], tasks: [] });
});

test('each start has cgroups with a name of their own', () => {
  const kernel: HierarchiesOfKernel = { ...closed, living: () => [] };
  expect(open('', kernel).cgroup).not.toBe(open('', kernel).cgroup);
});
