/** What is said of a limit of memory that is below what a container uses. */
import { limitBelowUse, stepBelowUse } from '../../../../lib/container/cgroups/memory-in-use';

const at = '/sys/fs/cgroup/memory/libvirt/lxc/web';
const files: Readonly<Record<string, string>> = {
  [`${at}/memory.usage_in_bytes`]: '41943040\n',
  [`${at}/memory.memsw.usage_in_bytes`]: '52428800\n',
  [`${at}/hugetlb.2MB.usage_in_bytes`]: '41943040\n',
};
const read = (path: string): string | undefined => files[path];
const step = (file: string, value: string): string | undefined =>
  limitBelowUse({ path: `${at}/${file}`, value }, read);

test('it has what was asked for, what is in use, and what can be done', () => {
  expect(stepBelowUse({ limit: 16_777_216n, used: 41_943_040n })).toBe(
    "limit memory to 16384 KiB: 40960 KiB are in use, and can't be swapped out; end processes in the container, " +
      'remove files that it keeps in memory, or choose a higher limit',
  );
});

test('each limit of v1 is compared with what counts for it', () => {
  expect(step('memory.limit_in_bytes', '16777216')).toContain(': 40960 KiB are in use');
  expect(step('memory.memsw.limit_in_bytes', '16777216')).toContain(': 51200 KiB are in use');
});

test('a file that limits no memory, and a count that is not there, say nothing of it', () => {
  expect(step('cpuset.cpus', '0')).toBeUndefined();
  expect(step('memory.kmem.limit_in_bytes', '16777216')).toBeUndefined();
  expect(step('hugetlb.2MB.limit_in_bytes', '16777216')).toBeUndefined();
  expect(step('memory.limit_in_bytes', '-1')).toBeUndefined();
});
