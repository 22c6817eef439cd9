/** What a container sees of its cgroups: clones of the host's mounts, opened by the monitor once the directories are there. */
import { privatePropagation } from '../../../../lib/plan/constants';
import { document, parse } from '../../domain/parse-context';
import { compile, layouts } from '../plan-context';
import type { LayoutName } from '../plan-context';

const mapped =
  "<idmap><uid start='0' target='100000' count='65536'/><gid start='0' target='100000' count='65536'/></idmap>";

describe.each(Object.keys(layouts) as LayoutName[])('%s', (layout) => {
  const { plan, cgroups } = compile(parse(document({ elements: mapped })), { layout });
  const { outside, inside } = plan;

  test('no file system of cgroups is made: for each the kernel would walk all cgroups of the host', () => {
    const types = [...outside, ...inside].flatMap((one) =>
      one.op === 'makeFilesystem' ? [one.type] : [],
    );
    expect(types.filter((type) => type.startsWith('cgroup'))).toEqual([]);
  });

  test('each is the directory that init is in, opened once it is there, and attached below /sys', () => {
    const { mounts, joined } = cgroups;
    const made = outside.findIndex(({ op }) => op === 'awaitCgroups');
    const opened = outside.slice(made).flatMap((one) => (one.op === 'openTree' ? [one] : []));
    expect(opened.map(({ path, depth }) => [path, depth])).toEqual(
      joined.map((path) => [path, 'single']),
    );
    const attached = inside.flatMap((one) => (one.op === 'attachTree' ? [one.tree] : []));
    expect(attached.filter((tree) => opened.some((one) => one.tree === tree))).toEqual(
      opened.map(({ tree }) => tree),
    );
    expect(mounts).toHaveLength(opened.length);
  });

  test('those with limits are read-only, and none tells the host of mounts', () => {
    const set = outside.flatMap((one) => (one.op === 'setTreeAttributes' ? [one] : []));
    for (const { path, access } of cgroups.mounts) {
      const found = set.find(({ tree }) => tree === `cgroup:${path}`);
      const readonly = access === 'readOnly' ? 1 : 0;
      const [nosuid, nodev, noexec] = [2, 4, 8];
      expect(found?.set).toBe(readonly | nosuid | nodev | noexec);
      expect(found?.propagation).toBe(privatePropagation);
    }
  });
});
