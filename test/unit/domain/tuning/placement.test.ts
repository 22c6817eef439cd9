/** What `placement='auto'` leaves to numad, and what its advice becomes. */
import { asksForPlacement, withPlacement } from '../../../../lib/domain/tuning/placement';
import { formatDomain } from '../../../../lib/domain/format';
import { document, parse } from '../parse-context';

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
    'memory and CPUs, whatever nodes are written',
    "<numatune><memory nodeset='0' placement='auto'/></numatune>",
    '4-7',
    'strict 1',
  ],
  [
    'memory alone, since a thread is pinned',
    `<cputune><emulatorpin cpuset='1'/></cputune>${numatune('strict')}`,
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

/** As libvirt 11.3 prints them. */
test.each([
  [
    "<vcpu placement='auto'>2</vcpu>",
    "<vcpu placement='auto'>2</vcpu>",
    "<memory mode='strict' placement='auto'/>",
  ],
  [
    "<numatune><memory placement='auto'/></numatune>",
    "<vcpu placement='auto'>1</vcpu>",
    "<memory mode='strict' placement='auto'/>",
  ],
  [
    "<vcpu placement='auto' cpuset='0'>2</vcpu>",
    "<vcpu placement='auto'>2</vcpu>",
    "<memory mode='strict' placement='auto'/>",
  ],
  [
    "<vcpu placement='auto'>2</vcpu><numatune><memory mode='preferred'/></numatune>",
    "<vcpu placement='auto'>2</vcpu>",
    "<memory mode='preferred' placement='auto'/>",
  ],
  [
    "<vcpu placement='auto'>2</vcpu><numatune><memory nodeset='0'/></numatune>",
    "<vcpu placement='auto'>2</vcpu>",
    "<memory mode='strict' nodeset='0'/>",
  ],
  [
    "<vcpu cpuset='0'>2</vcpu><numatune><memory placement='auto'/></numatune>",
    "<vcpu placement='static' cpuset='0'>2</vcpu>",
    "<memory mode='strict' placement='auto'/>",
  ],
  [
    "<cputune><vcpupin vcpu='0' cpuset='1'/></cputune><numatune><memory placement='auto'/></numatune>",
    "<vcpu placement='static'>1</vcpu>",
    "<memory mode='strict' placement='auto'/>",
  ],
  ['<numatune><memory/></numatune>', "<vcpu placement='static'>1</vcpu>", undefined],
])('%s is printed as libvirt does', (elements, ofCpus, ofMemory) => {
  const text = formatDomain(read(elements));
  expect(text).toContain(ofCpus);
  if (ofMemory === undefined) expect(text).not.toContain('<numatune>');
  else expect(text).toContain(`<numatune>\n    ${ofMemory}\n  </numatune>`);
  expect(formatDomain(parse(text))).toBe(text);
});

test('what is fixed asks for nothing, and the text says what was asked', () => {
  expect(asksForPlacement(read("<vcpu cpuset='0'>2</vcpu>"))).toBe(false);
  const text = formatDomain(read(`<vcpu placement='auto'>2</vcpu>${numatune('interleave')}`));
  expect(text).toContain("<vcpu placement='auto'>2</vcpu>");
  expect(text).toContain("<memory mode='interleave' placement='auto'/>");
});
