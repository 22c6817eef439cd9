/** What a quiet moment of a storm takes for false. */
import { falseOfDomain, falseOfNetwork } from '../../soak/compare';
import type { SaidOfDomain } from '../../soak/compare';
import type { KernelContainer, KernelNetwork } from '../../soak/kernel-view';

const running: SaidOfDomain = { state: 'running', id: 7 };
const off: SaidOfDomain = { state: 'shutoff', id: undefined };
const up: KernelContainer = {
  monitors: [7],
  inits: [8],
  doomed: [],
  cgroups: 3,
  isFrozen: false,
  commands: [],
};
const nothing: KernelContainer = { ...up, monitors: [], inits: [], cgroups: 0 };

test('what fits is not false', () => {
  expect(falseOfDomain(running, up, 3)).toEqual([]);
  expect(falseOfDomain({ ...running, state: 'paused' }, { ...up, isFrozen: true }, 3)).toEqual([]);
  expect(falseOfDomain(off, nothing, 3)).toEqual([]);
  expect(falseOfDomain(off, { ...nothing, inits: [8], doomed: [8] }, 3)).toEqual([]);
  const paused = { ...up, isFrozen: true, doomed: [8], commands: [11] };
  expect(falseOfDomain({ ...running, state: 'paused' }, paused, 3)).toEqual([]);
});

const lies: readonly [string, SaidOfDomain, KernelContainer, RegExp][] = [
  ['a container of one that is off', off, up, /^shutoff, with 1 monitors \(7\)$/m],
  ['an init without its monitor', off, { ...nothing, inits: [8] }, /1 inits that live/],
  ['cgroups of one that is off', off, { ...nothing, cgroups: 1 }, /1 cgroups instead of 0/],
  ['no init', running, { ...up, inits: [] }, /0 inits/],
  ['no monitor', running, { ...up, monitors: [] }, /0 monitors/],
  ['two monitors', running, { ...up, monitors: [7, 9] }, /2 monitors/],
  ['a cgroup that is missing', running, { ...up, cgroups: 2 }, /2 cgroups instead of 3/],
  ['another id', { ...running, id: 9 }, up, /its id is 9, and its monitor 7/],
  ['an id of one that is off', { ...off, id: 7 }, nothing, /with the id 7/],
  ['a pause that is not told', running, { ...up, isFrozen: true }, /running, and frozen/],
  ['a pause that is none', { ...running, state: 'paused' }, up, /paused, and not frozen/],
  ['a command that is left', running, { ...up, commands: [11] }, /waits for: 11/],
  ['a damaged record', { state: 'nostate', id: undefined }, nothing, /damaged/],
];

test.each(lies)('found: %s', (...[, said, kernel, fault]) => {
  expect(falseOfDomain(said, kernel, 3).join('\n')).toMatch(fault);
});

const served: KernelNetwork = {
  hasBridge: true,
  ports: 2,
  keepers: [3],
  dnsmasqs: [4],
  hasRules: true,
};
const gone: KernelNetwork = { ...served, hasBridge: false, ports: 0, keepers: [], dnsmasqs: [] };
const active = { active: true, connections: 2 };
const inactive = { active: false, connections: 0 };

test('a network that fits is not false', () => {
  expect(falseOfNetwork(active, served)).toEqual([]);
  expect(falseOfNetwork(inactive, { ...gone, hasRules: false })).toEqual([]);
});

const liesOfNetworks: readonly [string, typeof active, KernelNetwork, RegExp][] = [
  ['a bridge of one that is off', inactive, { ...gone, hasBridge: true }, /its bridge is there/],
  ['no bridge', active, { ...served, hasBridge: false }, /its bridge is not there/],
  ['rules that are left', inactive, gone, /the firewall has rules/],
  ['rules that are missing', active, { ...served, hasRules: false }, /has no rules/],
  ['no keeper', active, { ...served, keepers: [] }, /0 keepers/],
  ['a second dnsmasq', active, { ...served, dnsmasqs: [4, 5] }, /2 dnsmasqs/],
  ['a port too many', active, { ...served, ports: 3 }, /2 connections, and 3 ports/],
];

test.each(liesOfNetworks)('found of a network: %s', (...[, said, kernel, fault]) => {
  expect(falseOfNetwork(said, kernel).join('\n')).toMatch(fault);
});
