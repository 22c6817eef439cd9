/** Which projects of a file system are in use. */
import { isUsed, projectsIn, projectLines } from '../../../../lib/container/trees/free-project';

test.each([
  [undefined, false],
  [{ space: 0, inodes: 0, soft: 0, hard: 0 }, false],
  [{ space: 4096, inodes: 1, soft: 0, hard: 0 }, true],
  // An empty file, and limits that wait for files.
  [{ space: 0, inodes: 1, soft: 0, hard: 0 }, true],
  [{ space: 0, inodes: 0, soft: 0, hard: 8 }, true],
  [{ space: 0, inodes: 0, soft: 8, hard: 0 }, true],
])('%j: %s', (quota, used) => {
  expect(isUsed(quota)).toBe(used);
});

test('those that the administrator has named are read', () => {
  const names = '# comment\nweb:10\nmail:2000000000\nbroken\n';
  expect(projectsIn(names, projectLines['/etc/projid'])).toEqual([10, 2_000_000_000]);
  const folders = '#7:/no\n10:/srv/web\n2000000001:/srv/a:b\n';
  expect(projectsIn(folders, projectLines['/etc/projects'])).toEqual([10, 2_000_000_001]);
});
