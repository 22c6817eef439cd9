/** Programs that can't be right are refused where they are written, not by the kernel. */
import { assemble } from '../../../../lib/plan/security/filter-program';
import type { Instruction } from '../../../../lib/plan/security/filter-program';

const end: Instruction = { do: 'return', verdict: 'allow' };
const label: Instruction = { do: 'label', name: 'there' };
const jump: Instruction = { do: 'jump', to: 'there' };
const jumpIfEqual: Instruction = { do: 'jumpIfEqual', to: 'there', value: 1 };

function times(count: number): Instruction[] {
  return Array.from({ length: count }, () => end);
}

test('a jump counts the instructions between', () => {
  expect(assemble([jumpIfEqual, ...times(255), label, end]).slice(0, 2)).toEqual([0x00ff0015, 1]);
  expect(assemble([jump, ...times(300), label, end]).slice(0, 2)).toEqual([0x05, 300]);
  expect(assemble([jump, label, end]).slice(0, 2)).toEqual([0x05, 0]);
});

test.each<[string, Instruction[], string]>([
  ['farther than a byte', [jumpIfEqual, ...times(256), label, end], 'there is 256 away'],
  ['to nowhere', [jump, end], 'no there ahead'],
  ['backwards', [label, jump, end], 'no there ahead'],
  ['to one of two', [jump, label, end, label, end], 'two there'],
  ['too long', times(4097), '4097 instructions are too many'],
])('a jump or a program is refused: %s', (_, program, message) => {
  expect(() => assemble(program)).toThrow(new RangeError(message));
});
