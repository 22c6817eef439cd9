/** The machine that the tests of this tier run in is what its flavour says. */
import { readFileSync, readdirSync } from 'node:fs';
import { hostFacts } from '../../lib/host/facts';

test('process 1 is systemd', () => {
  expect(readFileSync('/proc/1/comm', 'utf8')).toBe('systemd\n');
});

test('cgroups are a pure v2 tree, as the package finds it', () => {
  const { hierarchies, unified } = hostFacts().cgroups;
  expect(hierarchies).toEqual([]);
  expect(unified?.mount).toBe('/sys/fs/cgroup');
  expect(readdirSync('/sys/fs/cgroup')).toContain('cgroup.controllers');
});

test('the kernel is Debian 13’s', () => {
  expect(readFileSync('/proc/sys/kernel/osrelease', 'utf8')).toMatch(/^6\.12\..*\+deb13-/);
});
