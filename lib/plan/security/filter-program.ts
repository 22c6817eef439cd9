/** Classic BPF for seccomp(2): instructions with named targets, assembled to words. Pure. */

/** Offsets in struct seccomp_data, linux/seccomp.h. Arguments have eight bytes each. */
const offsets = { number: 0, architecture: 4, arguments: 16 };

/** Codes of linux/bpf_common.h. */
const codes = {
  load: 0x20, // BPF_LD | BPF_W | BPF_ABS
  and: 0x54, // BPF_ALU | BPF_AND | BPF_K
  jumpIfEqual: 0x15, // BPF_JMP | BPF_JEQ | BPF_K
  jumpIfAtLeast: 0x35, // BPF_JMP | BPF_JGE | BPF_K
  jump: 0x05, // BPF_JMP | BPF_JA
  return: 0x06, // BPF_RET | BPF_K
};

/** SECCOMP_RET_* of linux/seccomp.h. */
const verdicts = {
  allow: 0x7fff0000,
  denied: 0x00050000 | 1 /* EPERM */,
  unknown: 0x00050000 | 25 /* ENOTTY */,
  absent: 0x00050000 | 38 /* ENOSYS */,
};

/** BPF_MAXINSNS. */
const mostInstructions = 4096;
/** How far a conditional jump reaches: jt and jf are bytes. */
const farthest = 255;

/** The constants of a program, for a test that compares them with the kernel's headers. */
export const filterConstants = { ...offsets, ...codes, ...verdicts, mostInstructions };

export type Verdict = keyof typeof verdicts;

type Value = 'number' | 'architecture' | Readonly<{ argument: number }>;

export type Instruction =
  | Readonly<{ do: 'label'; name: string }>
  | Readonly<{ do: 'load'; value: Value }>
  | Readonly<{ do: 'and'; mask: number }>
  | Readonly<{ do: 'jumpIfEqual' | 'jumpIfAtLeast'; to: string; value: number }>
  | Readonly<{ do: 'jump'; to: string }>
  | Readonly<{ do: 'return'; verdict: Verdict }>;

/**
 * Two words for each instruction, as struct sock_filter is laid out in the memory of a little-endian machine: code, jt
 * and jf in one, k in the other. Jumps go forward only, so every program ends.
 *
 * @throws RangeError for a target that does not exist exactly once or can't be reached: an error in the program
 */
export function assemble(instructions: readonly Instruction[]): readonly number[] {
  const targets = new Map<string, number>();
  let length = 0;
  for (const instruction of instructions) {
    if (instruction.do !== 'label') {
      length += 1;
      continue;
    }
    if (targets.has(instruction.name)) throw new RangeError(`two ${instruction.name}`);
    targets.set(instruction.name, length);
  }
  if (length > mostInstructions) throw new RangeError(`${length} instructions are too many`);
  const words: number[] = [];
  for (const instruction of instructions) {
    if (instruction.do !== 'label') words.push(...encode(instruction, words.length / 2, targets));
  }
  return words;
}

function encode(
  instruction: Exclude<Instruction, { do: 'label' }>,
  at: number,
  targets: ReadonlyMap<string, number>,
): [number, number] {
  switch (instruction.do) {
    case 'load':
      return [codes.load, offsetOf(instruction.value)];
    case 'and':
      return [codes.and, instruction.mask >>> 0];
    case 'jumpIfEqual':
    case 'jumpIfAtLeast': {
      const distance = distanceTo(instruction.to, at, targets);
      if (distance > farthest) throw new RangeError(`${instruction.to} is ${distance} away`);
      return [codes[instruction.do] | (distance << 16), instruction.value >>> 0];
    }
    case 'jump':
      return [codes.jump, distanceTo(instruction.to, at, targets)];
    case 'return':
      return [codes.return, verdicts[instruction.verdict]];
  }
}

/** The low half of an argument, which comes first on a little-endian machine. */
function offsetOf(value: Value): number {
  return typeof value === 'string' ? offsets[value] : offsets.arguments + 8 * value.argument;
}

function distanceTo(to: string, at: number, targets: ReadonlyMap<string, number>): number {
  const target = targets.get(to);
  if (target === undefined || target <= at) throw new RangeError(`no ${to} ahead`);
  return target - at - 1;
}
