/** Runs a seccomp program as the kernel would, after checking what the kernel checks before it takes one. */

/** struct seccomp_data of linux/seccomp.h, without what no filter here reads. */
export interface Call {
  readonly architecture: number;
  readonly number: number;
  readonly arguments?: readonly bigint[];
}

export interface Outcome {
  /** SECCOMP_RET_* with its data. */
  readonly verdict: number;
  /** Whether it looked at arguments: the kernel remembers the verdict of a number only when it did not. */
  readonly looked: boolean;
  readonly steps: number;
}

interface Instruction {
  readonly code: number;
  readonly jt: number;
  readonly jf: number;
  readonly k: number;
}

const dataSize = 64;
const argumentsAt = 16;

export class SeccompMachine {
  readonly #program: readonly Instruction[];

  /** Throws for what seccomp(2) answers with EINVAL. */
  constructor(words: readonly number[]) {
    if (words.length % 2 !== 0) throw new Error('half an instruction');
    this.#program = Array.from({ length: words.length / 2 }, (_, at) => {
      const [first = 0, k = 0] = words.slice(2 * at);
      return { code: first & 0xffff, jt: (first >>> 16) & 0xff, jf: first >>> 24, k };
    });
    this.#check(words);
  }

  get length(): number {
    return this.#program.length;
  }

  run(call: Call): Outcome {
    const data = memoryOf(call);
    let accumulator = 0;
    let looked = false;
    let steps = 0;
    for (let at = 0; ; at += 1) {
      const { code, jt, jf, k } = this.#at(at);
      steps += 1;
      switch (code) {
        case 0x20:
          accumulator = data.getUint32(k, true);
          looked ||= k >= argumentsAt;
          break;
        case 0x54:
          accumulator = (accumulator & k) >>> 0;
          break;
        case 0x15:
          at += accumulator === k ? jt : jf;
          break;
        case 0x35:
          at += accumulator >= k ? jt : jf;
          break;
        case 0x05:
          at += k;
          break;
        case 0x06:
          return { verdict: k, looked, steps };
      }
    }
  }

  #check(words: readonly number[]): void {
    if (this.length === 0 || this.length > 4096) throw new Error(`${this.length} instructions`);
    if (words.some((word) => !Number.isInteger(word) || word < 0 || word > 0xffffffff)) {
      throw new Error('not words of 32 bits');
    }
    this.#program.forEach(({ code, jt, jf, k }, at) => {
      if (![0x20, 0x54, 0x15, 0x35, 0x05, 0x06].includes(code))
        throw new Error(`${at}: code ${code}`);
      if (code === 0x20 && (k % 4 !== 0 || k >= dataSize)) throw new Error(`${at}: loads ${k}`);
      const next = code === 0x15 || code === 0x35 ? Math.max(jt, jf) : code === 0x05 ? k : 0;
      if (code !== 0x06 && at + next + 1 >= this.length) throw new Error(`${at}: runs off`);
    });
  }

  #at(at: number): Instruction {
    const instruction = this.#program[at];
    if (instruction === undefined) throw new Error(`ran off at ${at}`);
    return instruction;
  }
}

function memoryOf({ architecture, number, arguments: values = [] }: Call): DataView {
  const data = new DataView(new ArrayBuffer(dataSize));
  data.setUint32(0, number, true);
  data.setUint32(4, architecture, true);
  values.forEach((value, index) => data.setBigUint64(argumentsAt + 8 * index, value, true));
  return data;
}
