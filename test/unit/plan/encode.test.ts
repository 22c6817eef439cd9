/** The bytes of a plan, where the encoder has something to refuse or to choose. native/ decodes all of them. */
import { encodeOperations, encodePlan, opcode, planVersion } from '../../../lib/plan/encode';
import { operationFields } from '../../../lib/plan/operation';
import type { Operation, OperationName } from '../../../lib/plan/operation';
import { document, parse } from '../domain/parse-context';
import { compile } from './plan-context';

const openRoot: Operation = {
  op: 'openTree',
  tree: 'root',
  path: '/',
  depth: 'single',
  automount: 'leave',
};

/** The bytes of one operation, without the count in front. */
function bytesOf(...operations: Operation[]): number[] {
  return [...encodeOperations(operations).subarray(4)];
}

test('a list begins with the number of its operations', () => {
  expect([...encodeOperations([])]).toEqual([0, 0, 0, 0]);
  const many = Array.from({ length: 258 }, (): Operation => ({ op: 'pivotRoot' }));
  expect([...encodeOperations(many).subarray(0, 4)]).toEqual([2, 1, 0, 0]);
});

test('opcodes count from 1 in the order of the table', () => {
  const names = Object.keys(operationFields) as OperationName[];
  expect(names.map(opcode)).toEqual(names.map((_, index) => index + 1));
});

test('strings are their length in bytes and UTF-8', () => {
  expect(bytesOf({ op: 'setHostname', name: 'ü' })).toEqual([
    opcode('setHostname'),
    ...[2, 0, 0, 0],
    ...[0xc3, 0xbc],
  ]);
  expect(bytesOf({ op: 'setHostname', name: '' })).toEqual([opcode('setHostname'), 0, 0, 0, 0]);
});

test('numbers are little-endian, and unsigned up to their ends', () => {
  expect(bytesOf({ op: 'setParentDeathSignal', signal: 0xfffffffe })).toEqual([
    opcode('setParentDeathSignal'),
    ...[0xfe, 255, 255, 255],
  ]);
  expect(bytesOf({ op: 'setCapabilities', keep: 0x8877665544332211n })).toEqual([
    opcode('setCapabilities'),
    ...[0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88],
  ]);
});

test.each<Operation>([
  { op: 'setParentDeathSignal', signal: -1 },
  { op: 'setParentDeathSignal', signal: 2 ** 32 },
  { op: 'setCapabilities', keep: 1n << 64n },
  { op: 'setIds', uid: 0, gid: 0, groups: [-1] },
])('a number that does not fit is refused: %j', (operation) => {
  expect(() => encodeOperations([operation])).toThrow('out of range');
});

test('a handle is the position at which its name was opened', () => {
  const second: Operation = { ...openRoot, tree: 'second' };
  const use: Operation = { op: 'enterTree', tree: 'second' };
  expect(bytesOf(openRoot, second, use).slice(-5)).toEqual([opcode('enterTree'), 1, 0, 0, 0]);
});

test('a handle that is opened twice is refused', () => {
  expect(() => encodeOperations([openRoot, openRoot])).toThrow("handle 'root' is opened twice");
});

test('a handle that nothing has opened is refused', () => {
  const use: Operation = { op: 'enterTree', tree: 'root' };
  expect(() => encodeOperations([use])).toThrow("handle 'root' is not open");
  expect(() => encodeOperations([use, openRoot])).toThrow("handle 'root' is not open");
});

test('there may be more handles than a byte can number', () => {
  const trees = Array.from({ length: 300 }, (_, index): Operation => ({
    ...openRoot,
    tree: `tree${index}`,
  }));
  const bytes = bytesOf(...trees, { op: 'enterTree', tree: 'tree299' });
  expect(bytes.slice(-5)).toEqual([opcode('enterTree'), 299 - 256, 1, 0, 0]);
});

test('names that are opened outside are known inside, with the next position', () => {
  const { plan } = compile(parse(document({})));
  const inside: Operation[] = [{ op: 'enterTree', tree: 'root' }];
  const bytes = encodePlan({
    ...plan,
    outside: [{ ...openRoot, tree: 'first' }, openRoot],
    mapped: [],
    inside,
  });
  expect([...bytes.subarray(-9)]).toEqual([1, 0, 0, 0, opcode('enterTree'), 1, 0, 0, 0]);
});

test('a plan begins with its version and the domain’s name', () => {
  const bytes = encodePlan(compile(parse(document({}))).plan);
  expect(bytes.readUInt32LE(0)).toBe(planVersion);
  expect(bytes.toString('utf8', 8, 8 + bytes.readUInt32LE(4))).toBe('test');
});

test('a plan larger than any buffer that it started with is whole', () => {
  const { plan } = compile(parse(document({})));
  const argv = Array.from({ length: 3000 }, (_, index) => `${'x'.repeat(index % 40)}${index}`);
  const bytes = encodePlan({ ...plan, header: { ...plan.header, argv } });
  expect(bytes.length).toBeGreaterThan(60_000);
  expect(bytes.includes(`x${argv.at(-1)?.slice(-5) ?? ''}`)).toBe(true);
  expect([...bytes.subarray(-5)]).toEqual([opcode('setParentDeathSignal'), 9, 0, 0, 0]);
});
