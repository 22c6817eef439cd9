/**
 * Extensible ioctls: the kernel takes them with any size from a least one on, and not only with that of today's structure. The filter
 * is run over sizes and directions, and what it lets pass is compared with what the kernel would take (docs/internals/system-call-filter.md).
 */
import { wholeFilesystem } from '../../../../lib/plan/security/filesystem-ioctls';
import { compileSeccomp } from '../../../../lib/plan/security/seccomp';
import type { SeccompOptions } from '../../../../lib/plan/security/seccomp';
import { namespaceWalk } from '../../../../lib/plan/security/seccomp-policy';
import type * as Seccomp from '../../../../lib/plan/security/seccomp';
import type * as Policy from '../../../../lib/plan/security/seccomp-policy';
import { numbersOf } from '../../../../lib/plan/security/system-calls';
import type { CallTable } from '../../../../lib/plan/security/system-calls';
import { someOf } from '../../../support/time/repeats';
import { SeccompMachine } from './seccomp-machine';

const allow = 0x7fff0000; // SECCOMP_RET_ALLOW
const x32 = 0x40000000;

/** 14 bits, asm-generic/ioctl.h. */
const largest = 0x3fff;
const directions = [0, 1, 2, 3] as const;

/** An ioctl without its size and direction. */
interface Named {
  readonly type: number;
  readonly number: number;
}

function commandOf({ type, number }: Named, size: number, direction: number): number {
  return ((direction << 30) | (size << 16) | (type << 8) | number) >>> 0;
}

function sizeOf(command: number): number {
  return (command >>> 16) & largest;
}

const nsio = 0xb7;
const info: Named = { type: nsio, number: 10 };
const next: Named = { type: nsio, number: 11 };
const previous: Named = { type: nsio, number: 12 };
const pidfdInfo: Named = { type: 0xff, number: 11 };

/** What leads from a mount namespace to another, of all commands that the kernels take for that. */
interface Kernel {
  readonly name: string;
  readonly nsfsIgnoresType: boolean;
  readonly takes: (command: number) => boolean;
}

const isWalk = (command: number): boolean => [11, 12].includes(command & 0xff);

/** MNT_NS_INFO_SIZE_VER0, linux/nsfs.h. */
const least = 16;

const kernels: readonly Kernel[] = [
  {
    // Of those that compare the type, some also compare the direction.
    name: 'that compares the type',
    nsfsIgnoresType: false,
    takes: (command) =>
      isWalk(command) && ((command >>> 8) & 0xff) === nsio && sizeOf(command) >= least,
  },
  {
    name: 'that ignores the type',
    nsfsIgnoresType: true,
    takes: (command) => isWalk(command) && sizeOf(command) >= least,
  },
];

/** Numbers that look drawn by lot, and are the same each time: a linear congruential generator. */
function* drawn(count: number, below: number): Generator<number> {
  let state = 0x2545f491;
  for (let index = 0; index < count; index += 1) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    yield state % below;
  }
}

/** Sizes at which something may change, and as many others. */
function sizesAround(known: readonly number[], others: number): number[] {
  const powers = Array.from({ length: 14 }, (_, bit) => 1 << bit);
  const borders = [0, least, largest, ...powers, ...known].flatMap((size) => [
    size - 1,
    size,
    size + 1,
  ]);
  const all = [...borders, ...drawn(others, largest + 1)];
  return [...new Set(all)].filter((size) => size >= 0 && size <= largest).sort((a, b) => a - b);
}

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

type Compile = (options: SeccompOptions) => readonly number[];

/** Those of `commands` that a filter lets pass in this table, whatever the upper half of the argument is. */
function passed(
  compile: Compile,
  { table, arch, architecture, high }: Table,
  { nsfsIgnoresType, commands }: { nsfsIgnoresType: boolean; commands: readonly number[] },
): number[] {
  const filter = new SeccompMachine(compile({ arch, granted: 0n, nsfsIgnoresType }));
  const numbers = numbersOf('ioctl', table);
  if (numbers.length === 0) throw new Error(`no ioctl in ${table}`);
  return commands.filter((command) =>
    numbers.some((ioctl) =>
      [0n, 0xffffffffn << 32n].some((upper) => {
        const values = [0n, upper | BigInt(command)];
        const call = { architecture, number: ioctl + high, arguments: values };
        return filter.run(call).verdict === allow;
      }),
    ),
  );
}

/** With these sizes, in every direction. */
function commandsOf(named: readonly Named[], sizes: readonly number[]): number[] {
  return named.flatMap((one) =>
    sizes.flatMap((size) => directions.map((direction) => commandOf(one, size, direction))),
  );
}

const sampled = sizesAround([], 200);

/** Every size in `npm run test:long`. */
const walked = [
  ...new Set([
    ...sampled,
    ...someOf(
      Array.from({ length: largest + 1 }, (_, size) => size),
      0,
      32,
    ),
  ]),
];

/** Below the least size, from it on, and at the end: for what is tried with every type. */
const few = [0, 8, least - 1, least, least + 1, 4096, largest];

/** The walk by every type: what a kernel that ignores types has for the same. */
const everyType = Array.from({ length: 256 }, (_, type) => [
  { type, number: next.number },
  { type, number: previous.number },
]).flat();

/** The product's compiler, with a policy that compares the numbers of today's structures. */
function exactCompiler(): Compile {
  const path = '../../../../lib/plan/security/seccomp-policy';
  let compile: Compile | undefined;
  jest.isolateModules(() => {
    jest.doMock(path, (): typeof Policy => {
      const policy = jest.requireActual<typeof Policy>(path);
      const exact = Object.values(policy.namespaceWalk);
      const deniedCalls = policy.deniedCalls.map((denied) => {
        const { when } = denied;
        if (when === undefined || !('deny' in when) || when.mask === undefined) return denied;
        return { ...denied, when: { argument: when.argument, deny: exact } };
      });
      return { ...policy, deniedCalls };
    });
    const compiler = jest.requireActual<typeof Seccomp>('../../../../lib/plan/security/seccomp');
    compile = compiler.compileSeccomp;
  });
  jest.dontMock(path);
  if (compile === undefined) throw new Error('there is no compiler');
  return compile;
}

test('the sizes have all borders, and the structures of today are among them', () => {
  for (const size of [0, 1, 15, 16, 17, 255, 256, 257, 0x1fff, 0x2000, 0x3ffe, 0x3fff]) {
    expect(sampled).toContain(size);
  }
  expect(sampled.length).toBeGreaterThan(200);
  expect(Object.values(namespaceWalk)).toEqual([
    commandOf(next, 16, 2),
    commandOf(previous, 16, 2),
  ]);
});

describe.each(kernels)('a kernel $name', ({ nsfsIgnoresType, takes }) => {
  const reaching = (compile: Compile, table: Table, commands: readonly number[]): number[] =>
    passed(compile, table, { nsfsIgnoresType, commands: commands.filter(takes) });

  test.each(everyTable)('$name: no size and direction of the walk gets through', (table) => {
    const commands = commandsOf([next, previous], walked);
    const taken = walked.filter((size) => size >= least);
    expect(commands.filter(takes).length).toBe(2 * 4 * taken.length);
    expect(taken.length).toBeGreaterThan(600);
    expect(reaching(compileSeccomp, table, commands)).toEqual([]);
  });

  test.each(everyTable)('$name: nor by another type', (table) => {
    const commands = commandsOf(everyType, few);
    expect(reaching(compileSeccomp, table, commands)).toEqual([]);
  });

  test.each(everyTable)(
    '$name: control: by a comparison of the whole numbers all others get through',
    (table) => {
      const exact = exactCompiler();
      const commands = commandsOf([next, previous], sampled);
      const others = commands.filter(takes).filter((command) => {
        return !Object.values<number>(namespaceWalk).includes(command);
      });
      expect(others.length).toBeGreaterThan(1000);
      expect(reaching(exact, table, commands)).toEqual(others);
    },
  );

  test.each(everyTable)('$name: what a namespace tells of itself is open in each', (table) => {
    const commands = commandsOf([info], sampled);
    expect(passed(compileSeccomp, table, { nsfsIgnoresType, commands })).toEqual(commands);
  });

  test.each(everyTable)('$name: so is PIDFD_GET_INFO, as far as it is no walk here', (table) => {
    const commands = commandsOf([pidfdInfo], sampled);
    const open = commands.filter((command) => !takes(command));
    expect(passed(compileSeccomp, table, { nsfsIgnoresType, commands })).toEqual(open);
  });
});

describe('ioctls whose size and direction the kernel compares', () => {
  const all = Object.values<number>(wholeFilesystem);
  const named = [...new Set(all.map((command) => command & 0xffff))].map((low): Named => {
    return { type: low >>> 8, number: low & 0xff };
  });

  test.each(everyTable)(
    '$name: are denied by the whole number, and nothing beside them',
    (table) => {
      const commands = commandsOf(named, sizesAround(all.map(sizeOf), 20));
      expect(all.every((command) => commands.includes(command))).toBe(true);
      const open = passed(compileSeccomp, table, { nsfsIgnoresType: false, commands });
      const denied = new Set(all);
      expect(open).toEqual(commands.filter((command) => !denied.has(command)));
    },
  );
});
