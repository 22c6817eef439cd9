/**
 * The numbers that the seccomp filter compares, beside the kernel's own headers. Those of this machine are always there
 * where a compiler is; Debian's since 13 brings those of the other machines too.
 */
import { existsSync, readFileSync } from 'node:fs';
import { machine } from 'node:os';
import { grantingCapabilities } from '../../lib/plan/security/seccomp-policy';
import { systemCalls } from '../../lib/plan/security/system-calls';
import type { CallName, CallNumbers } from '../../lib/plan/security/system-calls';

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

test('the headers of this machine are there', () => {
  expect(found).toEqual(expect.arrayContaining([...own]));
});

test.each(found)('every number of %s is the header’s, and what is left out it does not have', (column) => {
  const known = numbersIn(textOf(column) ?? '');
  expect(known.size).toBeGreaterThan(250);
  // A header knows no call that is newer than itself.
  const newest = Math.max(...known.values());
  const names = (Object.keys(systemCalls) as CallName[]).filter((name) => {
    return name !== 'open_tree_attr' || newest >= systemCalls.open_tree_attr.x86_64;
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
