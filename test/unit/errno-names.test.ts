/** The errnos that a start can fail with are named and explained, also those that Node's own map may lack. */
import { describeErrno, errnoName } from '../../lib/errors';

test.each([
  [2, 'ENOENT', 'ENOENT, no such file or directory'],
  [8, 'ENOEXEC', 'ENOEXEC, exec format error'],
  [10, 'ECHILD', 'ECHILD, no child processes'],
  [74, 'EBADMSG', 'EBADMSG, bad message'],
  [116, 'ESTALE', 'ESTALE, stale file handle'],
  [72, 'EMULTIHOP', 'EMULTIHOP'],
  [3000, 'E3000', 'E3000'],
])('errno %d is %s', (errno, name, words) => {
  expect(errnoName(errno)).toBe(name);
  expect(describeErrno(errno)).toBe(words);
});
