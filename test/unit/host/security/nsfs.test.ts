/** What the filter of system calls has to compare, by one question to the kernel. */
import { constants as os } from 'node:os';
import { nsfsIgnoresType } from '../../../../lib/host/security/nsfs';

const { ENOTTY, EINVAL, EACCES, EPERM, EMFILE } = os.errno;

test.each([
  ['compares types', ENOTTY, false],
  ['says what is wrong with the size', EINVAL, true],
])('a kernel that %s', (_, answer, expected) => {
  expect(nsfsIgnoresType(() => answer)).toBe(expected);
});

const refusing = (errno: number) => (): never => {
  throw Object.assign(new Error('open /proc/self/ns/mnt'), { errno: -errno });
};

test.each([EACCES, EPERM])(
  'more is denied where the file is hidden from the caller by errno %i',
  (errno) => {
    expect(nsfsIgnoresType(refusing(errno))).toBe(true);
  },
);

test('any other error is the caller’s to know', () => {
  expect(() => nsfsIgnoresType(refusing(EMFILE))).toThrow('open /proc/self/ns/mnt');
});
