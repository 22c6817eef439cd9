/** The model of capabilities: policy × level × network × every capability, on and off. */
import { readFileSync } from 'node:fs';
import { capabilityNumbers } from '../../../../lib/domain/elements/capability-numbers';
import type { Confinement } from '../../../../lib/hardening';
import { grantedCapabilities, keptCapabilities } from '../../../../lib/plan/security/capabilities';
import { document, parse } from '../../domain/parse-context';

const names = Object.keys(capabilityNumbers) as (keyof typeof capabilityNumbers)[];
const all = (1n << 64n) - 1n;
const known = (1n << 41n) - 1n;

type Network = 'host' | 'private';

/** What is kept when nothing is said of a single capability: the numbers of the security reference, typed again. */
const masks: readonly [policy: string, level: Confinement, network: Network, mask: bigint][] = [
  ['default', 'hardened', 'private', 0xb5ecfffbn],
  ['default', 'hardened', 'host', 0xb5eccffbn],
  ['default', 'compat', 'private', 0x1fdb5feffffn | (all & ~known)],
  ['default', 'compat', 'host', 0x1fdb5feffffn | (all & ~known)],
  ['allow', 'hardened', 'private', all],
  ['allow', 'hardened', 'host', all],
  ['allow', 'compat', 'private', all],
  ['allow', 'compat', 'host', all],
  ['deny', 'hardened', 'private', 0n],
  ['deny', 'hardened', 'host', 0n],
  ['deny', 'compat', 'private', 0n],
  ['deny', 'compat', 'host', 0n],
];

function definitionOf(policy: string, network: Network, states = '') {
  const capabilities = `<capabilities policy='${policy}'>${states}</capabilities>`;
  const net = network === 'private' ? '<privnet/>' : '';
  return parse(document({ elements: `<features>${net}${capabilities}</features>` }));
}

test('the numbers are those of the kernel’s header, and none of its capabilities is left out', () => {
  const header = readFileSync('/usr/include/linux/capability.h', 'utf8');
  const defined = [...header.matchAll(/^#define CAP_([A-Z_]+)\s+(\d+)$/gm)].map(
    ([, name = '', number]) => [name.toLowerCase(), Number(number)] as const,
  );
  expect(defined.length).toBeGreaterThanOrEqual(41);
  expect(capabilityNumbers).toEqual(Object.fromEntries(defined));
});

describe.each(masks)('policy %s, %s, with the %s network', (...[policy, level, network, mask]) => {
  test('keeps its mask', () => {
    expect(keptCapabilities(definitionOf(policy, network), level)).toBe(mask);
  });

  test.each(names)('%s is kept when it is on, and taken away when it is off', (name) => {
    const bit = 1n << BigInt(capabilityNumbers[name]);
    const kept = (states: string) => keptCapabilities(definitionOf(policy, network, states), level);
    expect(kept(`<${name} state='on'/>`)).toBe(mask | bit);
    expect(kept(`<${name}/>`)).toBe(mask | bit);
    expect(kept(`<${name} state='off'/>`)).toBe(mask & ~bit);
  });

  test('what one says of all is what all get', () => {
    const each = (state: string) => names.map((name) => `<${name} state='${state}'/>`).join('');
    const kept = (states: string) => keptCapabilities(definitionOf(policy, network, states), level);
    expect(kept(each('on'))).toBe(mask | known);
    expect(kept(each('off'))).toBe(mask & ~known);
  });
});

test('without a word, and with the policy default, it is the same', () => {
  const silent = parse(document({}));
  expect(keptCapabilities(silent, 'hardened')).toBe(0xb5eccffbn);
  expect(keptCapabilities(silent, 'compat') & known).toBe(0x1fdb5feffffn);
});

test('granted is what was asked for by name or by the policy allow, not what is merely left', () => {
  const granted = (policy: string, states = '') =>
    grantedCapabilities(definitionOf(policy, 'host', states));
  const { bpf, sys_admin: admin } = capabilityNumbers;
  const bits = (1n << BigInt(bpf)) | (1n << BigInt(admin));
  expect(granted('default')).toBe(0n);
  expect(granted('default', '<bpf/><sys_admin/>')).toBe(bits);
  expect(granted('deny', '<bpf/><sys_admin/>')).toBe(bits);
  expect(granted('allow')).toBe(all);
  expect(granted('allow', "<bpf state='off'/><sys_admin state='off'/>")).toBe(all & ~bits);
});
