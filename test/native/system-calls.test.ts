/**
 * The numbers that the seccomp filter compares, beside the kernel's own headers. Those of this machine are always there
 * where a compiler is; Debian's since 13 brings those of the other machines too.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { machine, tmpdir } from 'node:os';
import { join } from 'node:path';
import { wholeFilesystem } from '../../lib/plan/security/filesystem-ioctls';
import { grantingCapabilities } from '../../lib/plan/security/seccomp-policy';
import { systemCalls } from '../../lib/plan/security/system-calls';
import type { CallName, CallNumbers } from '../../lib/plan/security/system-calls';
import { runProgram } from '../support/process/run-command';

type Column = keyof CallNumbers;

/** Where each table's header may be: first the path of a multiarch system, then that of others. */
const headers: Readonly<Record<Column, readonly string[]>> = {
  x86_64: ['x86_64-linux-gnu/asm/unistd_64.h', 'asm/unistd_64.h'],
  i386: ['x86_64-linux-gnu/asm/unistd_32.h', 'asm/unistd_32.h'],
  x32: ['x86_64-linux-gnu/asm/unistd_x32.h', 'asm/unistd_x32.h'],
  aarch64: ['aarch64-linux-gnu/asm/unistd_64.h', 'asm-generic/unistd.h'],
  arm: ['arm-linux-gnueabihf/asm/unistd-eabi.h', 'asm/unistd-eabi.h'],
};

const own: readonly Column[] =
  machine() === 'aarch64' ? ['aarch64'] : ['x86_64', 'i386', 'x32', 'aarch64'];

/** Without what asm-generic has for 32-bit machines alone. */
function textOf(column: Column): string | undefined {
  const path = headers[column].map((name) => `/usr/include/${name}`).find(existsSync);
  if (path === undefined) return undefined;
  return readFileSync(path, 'utf8').replace(
    /^#if defined\(__SYSCALL_COMPAT\) \|\| __BITS_PER_LONG == 32$[^]*?^#endif$/gm,
    '',
  );
}

/** `#define __NR_bpf 321`, `(__X32_SYSCALL_BIT + 321)` or `(__NR_SYSCALL_BASE + 321)`. */
function numbersIn(header: string): Map<string, number> {
  const line = /^#define\s+__NR_(\w+)\s+(?:\(__\w+\s*\+\s*)?(\d+)\)?\s*$/gm;
  return new Map(
    [...header.matchAll(line)].map(([, name = '', number]) => [name, Number(number)] as const),
  );
}

const found = (Object.keys(headers) as Column[]).filter((column) => textOf(column) !== undefined);

/** Younger than the oldest headers that the tests are run with; a call of today has one number in all tables. */
const young = ['listmount', 'open_tree_attr', 'statmount'] as const;
const isYoung = (name: CallName): name is (typeof young)[number] =>
  (young as readonly CallName[]).includes(name);

test('the headers of this machine are there', () => {
  expect(found).toEqual(expect.arrayContaining([...own]));
});

test.each(found)('every number of %s is the header’s, and what is left out it does not have', (column) => {
  const known = numbersIn(textOf(column) ?? '');
  expect(known.size).toBeGreaterThan(250);
  // A header knows no call that is newer than itself.
  const newest = Math.max(...known.values());
  const names = (Object.keys(systemCalls) as CallName[]).filter((name) => {
    return !isYoung(name) || newest >= systemCalls[name].x86_64;
  });
  const expected = names.map((name) => [name, known.get(name)]);
  const ours = names.map((name) => {
    const numbers: CallNumbers = systemCalls[name];
    // x32 has x86_64's numbers but for a few, and lacks some that are denied all the same.
    if (column !== 'x32') return [name, numbers[column]];
    return [name, known.has(name) ? (numbers.x32 ?? numbers.x86_64) : undefined];
  });
  expect(ours).toEqual(expected);
});

test('the capabilities are the header’s', () => {
  const header = readFileSync('/usr/include/linux/capability.h', 'utf8');
  const numbers = new Map(
    [...header.matchAll(/^#define\s+CAP_(\w+)\s+(\d+)\s*$/gm)].map(([, name = '', number]) => {
      return [name.toLowerCase(), Number(number)] as const;
    }),
  );
  const names = Object.keys(grantingCapabilities);
  expect(grantingCapabilities).toEqual(
    Object.fromEntries(names.map((name) => [name, numbers.get(name)])),
  );
});

/** Prints the number of each name that the headers of this machine have. */
function printing(names: readonly string[]): string {
  const headers = ['fs', 'fscrypt', 'ext4', 'btrfs', 'f2fs'].map((name) => `linux/${name}.h`);
  return [
    ...[...headers, 'xfs/xfs.h'].flatMap((header) => [
      `#if __has_include(<${header}>)`,
      `#include <${header}>`,
      '#endif',
    ]),
    '#include <cstdio>',
    'int main() {',
    ...names.flatMap((name) => [
      `#ifdef ${name}`,
      `  std::printf("${name} %u\\n", static_cast<unsigned>(${name}));`,
      '#endif',
    ]),
    '}',
    '',
  ].join('\n');
}

test('the ioctls of file systems have the numbers of the headers', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tslxc-ioctls-'));
  const program = join(folder, 'ioctls');
  const input = printing(Object.keys(wholeFilesystem));
  const compiled = await runProgram(['g++', '-x', 'c++', '-', '-o', program], { input });
  expect(compiled).toMatchObject({ code: 0, stderr: '' });
  const { stdout } = await runProgram([program]);
  rmSync(folder, { recursive: true });
  const lines = stdout.trim().split('\n');
  expect(lines.length).toBeGreaterThan(30);
  const ours: Readonly<Record<string, number>> = wholeFilesystem;
  const names = lines.map((line) => line.split(' ')[0] ?? '');
  expect(lines).toEqual(names.map((name) => `${name} ${ours[name]}`));
});
