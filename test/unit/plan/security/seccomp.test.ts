/** The hardened profile's filter, run over every number of every table: what it denies, and nothing else. */
import { wholeFilesystem } from '../../../../lib/plan/security/filesystem-ioctls';
import { compileSeccomp } from '../../../../lib/plan/security/seccomp';
import {
  consoleTheft,
  deniedCalls,
  deniedFamilies,
  filesystemMark,
  grantingCapabilities,
  namespaceWalk,
  newMountCalls,
  terminalInjection,
} from '../../../../lib/plan/security/seccomp-policy';
import type { DeniedCall } from '../../../../lib/plan/security/seccomp-policy';
import { numbersOf, systemCalls } from '../../../../lib/plan/security/system-calls';
import type { CallTable } from '../../../../lib/plan/security/system-calls';
import { SeccompMachine } from './seccomp-machine';

const allow = 0x7fff0000; // SECCOMP_RET_ALLOW
const eperm = 0x00050001; // SECCOMP_RET_ERRNO | EPERM
const enosys = 0x00050026; // SECCOMP_RET_ERRNO | ENOSYS
const enotty = 0x00050019; // SECCOMP_RET_ERRNO | ENOTTY
const x32 = 0x40000000;

/** More than any table has numbers. */
const numbers = Array.from({ length: 1200 }, (_, number) => number);

interface Table {
  readonly name: string;
  readonly table: CallTable;
  readonly arch: string;
  readonly architecture: number;
  readonly high: number;
}

const everyTable: readonly Table[] = [
  { name: 'x86_64', table: 'x86_64', arch: 'x86_64', architecture: 0xc000003e, high: 0 },
  { name: 'x32', table: 'x86_64', arch: 'x86_64', architecture: 0xc000003e, high: x32 },
  { name: 'i386', table: 'i386', arch: 'x86_64', architecture: 0x40000003, high: 0 },
  { name: 'aarch64', table: 'aarch64', arch: 'aarch64', architecture: 0xc00000b7, high: 0 },
  { name: 'arm', table: 'arm', arch: 'aarch64', architecture: 0x40000028, high: 0 },
];

function machine(arch: string, granted = 0n): SeccompMachine {
  return new SeccompMachine(compileSeccomp({ arch, granted }));
}

/** The filter for a kernel whose namespaces take ioctls of every type. */
function looseMachine(arch: string, granted = 0n): SeccompMachine {
  return new SeccompMachine(compileSeccomp({ arch, granted, nsfsIgnoresType: true }));
}

function bit(capability: keyof typeof grantingCapabilities): bigint {
  return 1n << BigInt(grantingCapabilities[capability]);
}

/** The numbers that these calls have in a table. */
function numbersIn(table: CallTable, calls: readonly DeniedCall[]): number[] {
  const found = calls.flatMap(({ call }) => numbersOf(call, table));
  return [...new Set(found)].sort((one, other) => one - other);
}

/** With arguments that are all zero. */
const always = deniedCalls.filter(({ when }) => when === undefined || 'needBits' in when);
const byArgument = deniedCalls.filter(({ when }) => when !== undefined);

describe.each(everyTable)('$name', ({ table, arch, architecture, high }) => {
  const filter = machine(arch);
  const run = (number: number, ...values: bigint[]): number =>
    filter.run({ architecture, number: number + high, arguments: values }).verdict;

  test('of all numbers, those of the table are denied and no others', () => {
    const denied = numbers.filter((number) => run(number) !== allow);
    expect(denied).toEqual(numbersIn(table, always));
    expect(denied.length).toBeGreaterThan(20);
    const absent = denied.filter((number) => run(number) === enosys);
    expect(absent).toEqual(
      numbersIn(
        table,
        always.filter(({ answer }) => answer === 'absent'),
      ),
    );
    expect(denied.filter((number) => run(number) === eperm).length).toBe(
      denied.length - absent.length,
    );
  });

  test('only five calls are looked into: the verdict of all others is the number’s', () => {
    const looked = numbers.filter(
      (number) => filter.run({ architecture, number: number + high }).looked,
    );
    expect(looked).toEqual(numbersIn(table, byArgument));
  });

  test('numbers that no kernel has are left to the kernel', () => {
    for (const number of [0x0f0002, 0x3fffffff, 0x7fffffff, 0xbfffffff - high]) {
      expect(run(number)).toBe(allow);
    }
  });

  test.each(numbersOf('ioctl', table))('ioctl %i: by the command’s low half', (ioctl) => {
    const commands = { ...terminalInjection, ...consoleTheft, ...wholeFilesystem };
    const denied = new Set<bigint>(Object.values(commands).map(BigInt));
    for (const command of denied) {
      expect(run(ioctl, 0n, command)).toBe(eperm);
      expect(run(ioctl, 0n, (1n << 32n) | command)).toBe(eperm);
      expect(run(ioctl, 0n, (0xffffffffn << 32n) | command)).toBe(eperm);
      expect(run(ioctl, command, 0n, command)).toBe(allow);
      expect(run(ioctl, 0n, command << 32n)).toBe(allow);
      for (const near of [command + 1n, command - 1n]) {
        expect(run(ioctl, 0n, near)).toBe(denied.has(near) ? eperm : allow);
      }
    }
  });

  test.each(numbersOf('ioctl', table))(
    'ioctl %i: steps between mount namespaces by type and number; extensible-ioctls.test.ts has every size and direction',
    (ioctl) => {
      expect([run(ioctl, 0n, 0x8010b70bn), run(ioctl, 0n, 0x8010b70cn)]).toEqual([eperm, eperm]);
      // The upper half, which the kernel does not see, and what is beside: NS_MNT_GET_INFO, NS_GET_MNTNS_ID, PIDFD_GET_INFO.
      expect(run(ioctl, 0n, (0xffffffffn << 32n) | 0x8020b70bn)).toBe(eperm);
      for (const near of [0x8010b70an, 0x8008b705n, 0x8020b70dn, 0xc040ff0bn, 0x8010b60bn]) {
        expect(run(ioctl, 0n, near)).toBe(allow);
      }
      expect(run(ioctl, 0x8010b70bn, 0n, 0x8010b70bn)).toBe(allow);
    },
  );

  test.each(numbersOf('ioctl', table))(
    'ioctl %i: where types are ignored, the same numbers of other types are unknown from the least size on',
    (ioctl) => {
      const loose = looseMachine(arch);
      const verdict = (command: number): number => {
        const values = [0n, (1n << 32n) | BigInt(command)];
        return loose.run({ architecture, number: ioctl + high, arguments: values }).verdict;
      };
      const ofFiles = new Set<number>(Object.values(wholeFilesystem));
      const sizes = [0, 8, 15, 16, 17, 64, 0x3fff];
      const directions = [0, 1, 2, 3];
      for (const size of sizes) {
        for (const direction of directions) {
          const rest = ((direction << 30) | (size << 16)) >>> 0;
          const types = Array.from({ length: 256 }, (_, type) => rest + (type << 8));
          for (const number of [0xb, 0xc]) {
            const other = types.filter((base) => base !== rest + 0xb700);
            const verdicts = new Set(other.map((base) => verdict(base + number)));
            expect(verdicts).toEqual(new Set([size < 16 ? allow : enotty]));
            expect(verdict(rest + 0xb700 + number)).toBe(eperm);
          }
          const beside = types.map((base) => base + 0xa).filter((number) => !ofFiles.has(number));
          expect(new Set(beside.map(verdict))).toEqual(new Set([allow]));
        }
      }
      // TCFLSH and TIOCEXCL of every terminal have these numbers, and no size.
      expect([verdict(0x540b), verdict(0x540c)]).toEqual([allow, allow]);
    },
  );

  test.each(numbersOf('fanotify_mark', table))('fanotify_mark %i: by one bit', (mark) => {
    const add = 1n;
    const whole = BigInt(filesystemMark);
    for (const shut of [whole, whole | add, 0x110n | add, whole | (1n << 32n)]) {
      expect(run(mark, 0n, shut)).toBe(eperm);
    }
    // FAN_MARK_INODE and FAN_MARK_MOUNT, and FAN_MARK_FLUSH; the bit in another argument.
    for (const open of [add, 0x10n | add, 0x80n, whole << 32n]) {
      expect(run(mark, 0n, open)).toBe(allow);
    }
    expect(run(mark, whole, add, whole)).toBe(allow);
  });

  test.each(numbersOf('fanotify_init', table))('fanotify_init %i: by its flags', (init) => {
    // Every set of the flags of today and of three that are not known: of those that the two rules of lib/plan leave open.
    const every = Array.from({ length: 1 << 18 }, (_, flags) => flags);
    const open = every.filter((flags) => run(init, BigInt(flags)) === allow);
    const isOpen = (flags: number): boolean => (flags & 0x600) !== 0 && (flags & ~0x1e03) === 0;
    expect(open).toEqual(every.filter(isOpen));
    // FAN_REPORT_FID, FAN_REPORT_DFID_NAME and FAN_REPORT_DFID_NAME_TARGET, closed on exec, not blocking.
    for (const flags of [0x200n, 0xc00n, 0x1e00n]) {
      expect(run(init, flags | 0x3n)).toBe(allow);
      expect(run(init, flags | (1n << 32n))).toBe(allow);
      expect(run(init, flags << 32n)).toBe(eperm);
      // Both classes that are asked, FAN_REPORT_PIDFD, the highest bit.
      for (const shut of [0x4n, 0x8n, 0x80n, 0x80000000n]) {
        expect(run(init, flags | shut)).toBe(eperm);
      }
    }
    expect(run(init, 0n, 0x200n)).toBe(eperm);
  });

  test.each(numbersOf('socket', table))('socket %i: by the family’s low half', (socket) => {
    const families = Array.from({ length: 64 }, (_, family) => family);
    const denied: number[] = Object.values(deniedFamilies);
    expect(families.filter((family) => run(socket, BigInt(family)) === eperm)).toEqual(denied);
    for (const family of denied) expect(run(socket, BigInt(family) | (1n << 32n))).toBe(eperm);
  });

  test.each(numbersOf('personality', table))('personality %i', (personality) => {
    for (const open of [0n, 8n, 0x20000n, 0x20008n, 0xffffffffn, (1n << 64n) - 1n]) {
      expect(run(personality, open)).toBe(allow);
    }
    // ADDR_NO_RANDOMIZE, READ_IMPLIES_EXEC, MMAP_PAGE_ZERO, also beside what is allowed.
    for (const shut of [0x40000n, 0x400000n, 0x100000n, 0x40008n, 1n, 0x100040000n]) {
      expect(run(personality, shut)).toBe(eperm);
    }
  });
});

describe('what a capability gives back', () => {
  const capabilities = Object.keys(grantingCapabilities) as (keyof typeof grantingCapabilities)[];

  test.each(capabilities)('%s: its calls and no others', (capability) => {
    for (const { table, arch, architecture } of everyTable) {
      const filter = machine(arch, bit(capability));
      const denied = numbers.filter(
        (number) => filter.run({ architecture, number }).verdict !== allow,
      );
      const others = always.filter(({ grantedBy }) => grantedBy !== capability);
      expect(denied).toEqual(numbersIn(table, others));
    }
    expect(always.some(({ grantedBy }) => grantedBy === capability)).toBe(true);
  });

  test('all of them leave what no capability governs', () => {
    const filter = machine('x86_64', (1n << 64n) - 1n);
    const denied = numbers.filter(
      (number) => filter.run({ architecture: 0xc000003e, number }).verdict !== allow,
    );
    const names = ['uselib', 'nfsservctl', 'add_key', 'request_key', 'keyctl'] as const;
    expect(denied).toEqual(
      names.map((name) => systemCalls[name].x86_64 as number).sort((a, b) => a - b),
    );
    const ioctl = { architecture: 0xc000003e, number: systemCalls.ioctl.x86_64 };
    const command = (number: number): number =>
      filter.run({ ...ioctl, arguments: [0n, BigInt(number)] }).verdict;
    expect(Object.values(terminalInjection).map(command)).toEqual([eperm, eperm]);
    for (const given of Object.values({ ...consoleTheft, ...wholeFilesystem, ...namespaceWalk })) {
      expect(command(given)).toBe(allow);
    }
    const loose = looseMachine('x86_64', (1n << 64n) - 1n);
    for (const given of [0x8020b70bn, 0xc040ff0bn]) {
      expect(loose.run({ ...ioctl, arguments: [0n, given] }).verdict).toBe(allow);
    }
    const init = { architecture: 0xc000003e, number: systemCalls.fanotify_init.x86_64 };
    for (const flags of [0n, 4n, 8n, 0x280n]) {
      expect(filter.run({ ...init, arguments: [flags] }).verdict).toBe(allow);
    }
    const mark = { architecture: 0xc000003e, number: systemCalls.fanotify_mark.x86_64 };
    expect(filter.run({ ...mark, arguments: [0n, 0x101n] }).verdict).toBe(allow);
  });
});

test('every number in the list of calls is denied by some rule', () => {
  const denied = [...deniedCalls.map(({ call }) => call), ...newMountCalls];
  expect([...new Set<string>(denied)].sort()).toEqual(Object.keys(systemCalls).sort());
});

test('a table that is not known is denied whole', () => {
  for (const [arch, architecture] of [
    ['x86_64', 0xc00000b7],
    ['aarch64', 0xc000003e],
    ['x86_64', 0],
  ] as const) {
    const filter = machine(arch);
    expect(
      numbers.filter((number) => filter.run({ architecture, number }).verdict !== eperm),
    ).toEqual([]);
  }
});

test('a 32-bit personality of a machine has the filter of its kernel', () => {
  const compile = (arch: string): readonly number[] => compileSeccomp({ arch, granted: 0n });
  for (const arch of ['i686', 'i586', 'i486', 'i386'])
    expect(compile(arch)).toEqual(compile('x86_64'));
  for (const arch of ['armv6l', 'armv7l', 'armv8l', 'armv5tejl']) {
    expect(compile(arch)).toEqual(compile('aarch64'));
  }
  expect(compile('aarch64')).not.toEqual(compile('x86_64'));
});

test('each machine, level and set of capabilities has its own filter, whichever was compiled before', () => {
  const all = ['x86_64', 'aarch64'].flatMap((arch) =>
    [0n, 1n << 21n, 1n << 22n].flatMap((granted) =>
      (['hardened', 'hardened and mounts', 'mounts'] as const).map((denies) => ({
        arch,
        granted,
        denies,
      })),
    ),
  );
  const first = all.map((options) => compileSeccomp(options));
  // More than are remembered.
  expect(all.map((options) => compileSeccomp(options))).toEqual(first);
  expect(compileSeccomp({ arch: 'x86_64', granted: 0n })).toEqual(first[0]);
  expect(compileSeccomp({ arch: 'x86_64', granted: 0n, nsfsIgnoresType: true })).not.toEqual(
    first[0],
  );
  expect(new Set(first.map((program) => program.join(' '))).size).toBeGreaterThanOrEqual(8);
});

test.each(['riscv64', 's390x', 'ppc64le', 'aarch64_be', 'armv7b', 'armv8b', 'x86_64h', ''])(
  'a machine without a table is refused: %p',
  (arch) => {
    const detail = `the hardened profile has no system call filter for ${arch}; use the compat profile`;
    expect.assertions(1);
    try {
      compileSeccomp({ arch, granted: 0n });
    } catch (error) {
      expect(error).toMatchObject({
        code: 'CONFIG_UNSUPPORTED',
        message: `unsupported configuration: ${detail}`,
      });
    }
  },
);

test('the program is short, and no call takes long', () => {
  const filter = machine('x86_64');
  expect(filter.length).toBeLessThan(400);
  const steps = everyTable.flatMap(({ arch, architecture }) => {
    const own = machine(arch);
    return numbers.map((number) => own.run({ architecture, number }).steps);
  });
  expect(Math.max(...steps)).toBeLessThan(40);
});

describe.each(everyTable)('beside a profile, $name', ({ table, arch, architecture, high }) => {
  const verdicts = (denies: 'mounts' | 'hardened' | 'hardened and mounts'): number[] => {
    const filter = new SeccompMachine(compileSeccomp({ arch, granted: 0n, denies }));
    return numbers.map(
      (number) => filter.run({ architecture, number: number + high, arguments: [] }).verdict,
    );
  };
  const mounts = newMountCalls.flatMap((call) => numbersOf(call, table));

  test('the new mount API is absent, and nothing else differs', () => {
    expect(mounts.length).toBe(8);
    const isMount = (number: number): boolean => mounts.includes(number);
    expect(verdicts('mounts')).toEqual(numbers.map((number) => (isMount(number) ? enosys : allow)));
    const hardened = verdicts('hardened');
    expect(verdicts('hardened and mounts')).toEqual(
      numbers.map((number) => (isMount(number) ? enosys : hardened[number])),
    );
    expect(numbers.filter((number) => isMount(number) && hardened[number] !== allow)).toEqual([]);
  });
});

test('a machine without a table is refused beside a profile, in its own words', () => {
  expect(() => compileSeccomp({ arch: 'riscv64', granted: 0n, denies: 'mounts' })).toThrow(
    'there is no system call filter for riscv64, without which its profile could be got round',
  );
});
