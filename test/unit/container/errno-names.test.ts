/** The errnos that a start can fail with are named, also those that Node's own map lacks. */
import { describeErrno, errnoName } from '../../../lib/errors';

test.each([
  [2, 'ENOENT', 'ENOENT, no such file or directory'],
  [8, 'ENOEXEC', 'ENOEXEC'],
  [10, 'ECHILD', 'ECHILD'],
  [74, 'EBADMSG', 'EBADMSG'],
  [116, 'ESTALE', 'ESTALE'],
  [3000, 'E3000', 'E3000'],
])('errno %d is %s', (errno, name, words) => {
  expect(errnoName(errno)).toBe(name);
  expect(describeErrno(errno)).toBe(words);
});
