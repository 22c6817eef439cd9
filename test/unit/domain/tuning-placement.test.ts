/** What `placement='auto'` leaves to numad, and what its advice becomes. */
import { asksForPlacement, withPlacement } from '../../../lib/domain/tuning/placement';
import { formatDomain } from '../../../lib/domain/format';
import { document, parse } from './parse-context';

const advice = { cpus: '4-7', nodes: '1' };
const read = (elements: string) => parse(document({ elements }));
const auto = "<memory mode='MODE' placement='auto'/>";
const numatune = (mode: string): string => `<numatune>${auto.replace('MODE', mode)}</numatune>`;

test.each([
  ['neither', '', undefined, undefined],
  ['CPUs and memory', "<vcpu placement='auto'>2</vcpu>", '4-7', 'strict 1'],
  [
    'CPUs, whatever set is written',
    "<vcpu placement='auto' cpuset='0'>2</vcpu>",
    '4-7',
    'strict 1',
  ],
  ['memory', `<vcpu cpuset='0'>2</vcpu>${numatune('preferred')}`, '0', 'preferred 1'],
  [
    'CPUs alone',
    "<vcpu placement='auto'>2</vcpu><numatune><memory mode='interleave' nodeset='0'/></numatune>",
    '4-7',
    'interleave 0',
  ],
  [
    'memory, whatever nodes are written',
    "<numatune><memory nodeset='0' placement='auto'/></numatune>",
    undefined,
    'strict 1',
  ],
])('numad places %s', (...[, elements, cpuset, memory]) => {
  const definition = read(elements);
  expect(asksForPlacement(definition)).toBe(elements !== '');
  const { vcpu, numaTuning } = withPlacement(definition, elements === '' ? undefined : advice);
  expect(vcpu.cpuset).toBe(cpuset);
  expect(numaTuning && `${numaTuning.mode} ${numaTuning.nodeset}`).toBe(memory);
});

test('what is fixed asks for nothing, and the text says what was asked', () => {
  expect(asksForPlacement(read("<vcpu cpuset='0'>2</vcpu>"))).toBe(false);
  const text = formatDomain(read(`<vcpu placement='auto'>2</vcpu>${numatune('interleave')}`));
  expect(text).toContain("<vcpu placement='auto'>2</vcpu>");
  expect(text).toContain("<memory mode='interleave' placement='auto'/>");
});
