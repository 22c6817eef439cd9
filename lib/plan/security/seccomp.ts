/**
 * A container's seccomp filter, compiled from its policy: EPERM for denied calls, ENOSYS for calls that should seem
 * absent. All other calls are allowed, so that the kernel answers unknown numbers with ENOSYS. Pure.
 */
import { TslxcError } from '../../errors';
import { assemble } from './filter-program';
import type { Instruction, Verdict } from './filter-program';
import { deniedCalls, grantingCapabilities, ioctlParts, newMountCalls } from './seccomp-policy';
import type { ArgumentRule, DeniedCall } from './seccomp-policy';
import { numbersOf } from './system-calls';
import type { CallName, CallTable } from './system-calls';

export interface SeccompOptions {
  /** uname -m. */
  readonly arch: string;
  /**
   * The capabilities that the definition asks for (bit n is capability n of linux/capability.h): `<X state='on'/>`, or
   * all of them with `policy='allow'`. Each allows its calls again. Those that are kept by default do not:
   * CAP_SYS_ADMIN is kept to mount, not to swap.
   */
  readonly granted: bigint;
  /** `mounts`: only the new mount API is denied. Default: `hardened`. */
  readonly denies?: 'hardened' | 'hardened and mounts' | 'mounts';
  /** The namespaces of this kernel take ioctls of every type (`HostFacts`). Default: false. */
  readonly nsfsIgnoresType?: boolean;
}

/** AUDIT_ARCH_* of linux/audit.h: the number of each table for seccomp(2). */
export const auditArchitectures: Readonly<Record<CallTable, number>> = {
  x86_64: 0xc000003e,
  i386: 0x40000003,
  aarch64: 0xc00000b7,
  arm: 0x40000028,
};

/**
 * __X32_SYSCALL_BIT: calls of x32 are those of x86_64 with this bit. It is removed before the number is compared. The
 * numbers that only x32 has (512 to 547) are denied without the bit, too: before Linux 5.4 they worked that way.
 */
const x32Bit = 0x40000000;

/** The tables of each family of machines. A 32-bit name may be a personality of a 64-bit kernel, so it gets both. */
const families: readonly { machine: RegExp; tables: readonly CallTable[] }[] = [
  { machine: /^(?:x86_64|i[3-6]86)$/, tables: ['x86_64', 'i386'] },
  { machine: /^(?:aarch64|armv[5-8][a-z]*l)$/, tables: ['aarch64', 'arm'] },
];

/** What has been compiled, by its options: most containers, and all of their commands, have the same ones. */
const compiled = new Map<string, readonly number[]>();
const mostKept = 64;

/** Compiles a filter when it is first asked for. @throws as {@link compile}. */
export function compileSeccomp(options: SeccompOptions): readonly number[] {
  const { arch, granted, denies = 'hardened', nsfsIgnoresType = false } = options;
  const key = `${arch} ${granted} ${denies} ${nsfsIgnoresType}`;
  const known = compiled.get(key);
  if (known !== undefined) return known;
  const program = compile(options);
  if (compiled.size >= mostKept) compiled.clear();
  compiled.set(key, program);
  return program;
}

/**
 * Two 32-bit words for each instruction, as the kernel reads them (see {@link assemble}).
 *
 * A call whose arguments don't matter costs one look into a bitmap: the kernel (5.11) runs the program once for each
 * number when it is installed, and remembers which are always allowed. That is most of what a filter costs a start, so
 * the numbers are searched by halves.
 *
 * @throws CONFIG_UNSUPPORTED for a machine without a table: the user must ask for a start without the filter
 */
function compile({
  arch,
  granted,
  denies = 'hardened',
  nsfsIgnoresType = false,
}: SeccompOptions): readonly number[] {
  const tables = families.find(({ machine }) => machine.test(arch))?.tables;
  if (tables === undefined) {
    throw new TslxcError(
      'CONFIG_UNSUPPORTED',
      denies === 'mounts'
        ? `there is no system call filter for ${arch}, without which its profile could be got round`
        : `the hardened profile has no system call filter for ${arch}; use the compat profile`,
      { step: 'compile system call filter' },
    );
  }
  const denied =
    denies === 'mounts'
      ? []
      : deniedCalls
          .filter(({ grantedBy }) => !isGranted(grantedBy, granted))
          .filter(({ where }) => where === undefined || nsfsIgnoresType);
  const absent = denies === 'hardened' ? [] : newMountCalls;
  return assemble([
    { do: 'load', value: 'architecture' },
    ...tables.map((table): Instruction => {
      return { do: 'jumpIfEqual', to: table, value: auditArchitectures[table] };
    }),
    // No kernel of these machines has another table. If one ever does, its calls are unknown.
    { do: 'return', verdict: 'denied' },
    ...tables.flatMap((table) => filterTable(table, denied, absent)),
  ]);
}

function isGranted(capability: DeniedCall['grantedBy'], granted: bigint): boolean {
  if (capability === undefined) return false;
  return ((granted >> BigInt(grantingCapabilities[capability])) & 1n) === 1n;
}

function answerTo({ answer }: DeniedCall): Exclude<Verdict, 'allow'> {
  return answer ?? 'denied';
}

/** Begins at the table's label, when the architecture is known, and ends in returns. */
function filterTable(
  table: CallTable,
  denied: readonly DeniedCall[],
  absent: readonly CallName[],
): Instruction[] {
  const labelOf = (verdict: Exclude<Verdict, 'allow'>): string => `${table} ${verdict}`;
  const calls = [...new Set(denied.map(({ call }) => call))].map((call) => {
    const own = denied.filter((one) => one.call === call);
    const answer = own[0] === undefined ? 'denied' : answerTo(own[0]);
    return {
      call,
      answer,
      rules: own.flatMap((one) =>
        one.when ? [{ rule: one.when, to: labelOf(answerTo(one)) }] : [],
      ),
    };
  });
  const cases = [
    ...calls.flatMap(({ call, answer, rules }) =>
      numbersOf(call, table).map((number): Case => {
        return { number, to: rules.length > 0 ? `${table} ${call}` : labelOf(answer) };
      }),
    ),
    ...absent.flatMap((call) =>
      numbersOf(call, table).map((number): Case => ({ number, to: labelOf('absent') })),
    ),
  ];
  const verdicts = ['denied', 'unknown', 'absent'] as const;
  const used = new Set<Verdict>([
    'denied',
    ...denied.map(answerTo),
    ...absent.map(() => 'absent' as const),
  ]);
  return [
    { do: 'label', name: table },
    { do: 'load', value: 'number' },
    ...(table === 'x86_64' ? [{ do: 'and', mask: ~x32Bit } as const] : []),
    ...search(inOrder(cases), { place: table, otherwise: allowed }),
    ...calls.flatMap(({ call, rules }) =>
      rules.length > 0 ? checkArguments(rules, `${table} ${call}`) : [],
    ),
    ...verdicts
      .filter((verdict) => used.has(verdict))
      .flatMap((verdict): Instruction[] => [
        { do: 'label', name: labelOf(verdict) },
        { do: 'return', verdict },
      ]),
  ];
}

/** Where a call that is not simply allowed leads to. */
type Case = Readonly<{ number: number; to: string }>;

/** Of two cases with one number, the first counts. */
function inOrder(cases: readonly Case[]): Case[] {
  const first = new Map([...cases].reverse().map((one) => [one.number, one]));
  return [...first.values()].sort((a, b) => a.number - b.number);
}

/** Shorter lists are compared one by one. */
const shortList = 6;

const allowed: Instruction = { do: 'return', verdict: 'allow' };

/** Whose labels a search may make, and what comes for a number without a case. */
type Place = Readonly<{ place: string; otherwise: Instruction }>;

/** Jumps to the case of the number that is loaded, by halves of the cases, which are in order. */
function search(cases: readonly Case[], at: Place): Instruction[] {
  if (cases.length <= shortList) {
    return [
      ...cases.map(({ number, to }) => ({ do: 'jumpIfEqual', to, value: number }) as const),
      at.otherwise,
    ];
  }
  const middle = Math.ceil(cases.length / 2);
  const upper = cases.slice(middle);
  const here = `${at.place} ${upper[0]?.number}`;
  return [
    { do: 'jumpIfAtLeast', to: `${here} and above`, value: upper[0]?.number ?? 0 },
    ...search(cases.slice(0, middle), at),
    { do: 'label', name: `${here} and above` },
    ...search(upper, at),
  ];
}

/** A rule, and where what it denies leads to. */
type Check = Readonly<{ rule: ArgumentRule; to: string }>;

/** A call that no rule denies is allowed. */
function checkArguments(checks: readonly Check[], start: string): Instruction[] {
  const allow = `${start} allowed`;
  return [
    { do: 'label', name: start },
    ...checks.flatMap((check, index) =>
      checkArgument(check, { allow, past: `${start} past ${index}` }),
    ),
    { do: 'label', name: allow },
    { do: 'return', verdict: 'allow' },
  ];
}

function checkArgument(
  { rule, to }: Check,
  { allow, past }: Readonly<{ allow: string; past: string }>,
): Instruction[] {
  const load: Instruction = { do: 'load', value: { argument: rule.argument } };
  if ('deny' in rule) return denyValues(rule, { load, to, past });
  if ('denyBits' in rule) {
    return [
      load,
      { do: 'and', mask: rule.denyBits },
      ...compare([0], past),
      { do: 'jump', to },
      { do: 'label', name: past },
    ];
  }
  if ('needBits' in rule) return [load, { do: 'and', mask: rule.needBits }, ...compare([0], to)];
  return [load, ...compare(rule.allow, allow), { do: 'jump', to }];
}

function denyValues(
  { deny, mask, from }: Extract<ArgumentRule, { deny: unknown }>,
  { load, to, past }: Readonly<{ load: Instruction; to: string; past: string }>,
): Instruction[] {
  const large = `${past} large`;
  return [
    ...(from === undefined
      ? []
      : ([
          load,
          { do: 'and', mask: ioctlParts.size },
          { do: 'jumpIfAtLeast', to: large, value: from },
          { do: 'jump', to: past },
          { do: 'label', name: large },
        ] as const)),
    load,
    ...(mask === undefined ? [] : [{ do: 'and', mask } as const]),
    ...search(inOrder(deny.map((number) => ({ number, to }))), {
      place: past,
      otherwise: { do: 'jump', to: past },
    }),
    { do: 'label', name: past },
  ];
}

function compare(values: readonly number[], to: string): Instruction[] {
  return values.map((value) => ({ do: 'jumpIfEqual', to, value }));
}
