/** Which processes a storm kills: those of tslxc, told apart by what they are for; no init, which is found by its monitor. */
import type { ProcessFacts } from '../../support/process/processes';
import { victimOf } from '../../soak/victims';

const facts = (line: string, depth = 1): ProcessFacts => ({
  words: line.split(' '),
  state: 'S',
  parent: 1,
  depth,
});

test.each([
  ['tslxc-monitor --name web', { kind: 'monitor', name: 'web' }],
  ['tslxc-monitor --restart --name web', { kind: 'restarter', name: 'web' }],
  ['tslxc-monitor exec --name web --descriptors 4', { kind: 'attendant', name: 'web' }],
  ['/usr/bin/node /opt/tslxc/dist/cli/main.js reap web', { kind: 'reaper', name: 'web' }],
  [
    '/usr/sbin/dnsmasq --conf-file=/run/tslxc/networks/net0/dnsmasq.conf',
    { kind: 'dnsmasq', name: 'net0' },
  ],
])('%s', (line, victim) => {
  expect(victimOf(facts(line))).toEqual(victim);
});

test('a keeper is in a PID namespace of its own', () => {
  const line = 'tslxc-keeper --keep --name net0 --lock keeper.lock';
  expect(victimOf(facts(line, 2))).toEqual({ kind: 'keeper', name: 'net0' });
});

test('an init before its execve, a command and other programs are left alone', () => {
  expect(victimOf(facts('tslxc-monitor --name web', 2))).toBeUndefined();
  expect(victimOf(facts('node main.js start web'))).toBeUndefined();
  expect(victimOf(facts('sleep 1000'))).toBeUndefined();
});
