/** The machine that the escape recipes are tried in has the kernel and the cgroups that its flavour says. */
import { readFileSync } from 'node:fs';
import { hostFacts } from '../../lib/host/facts';
import { escapeFlavour } from '../support/machine/flavour';

const [, version = '', layout = ''] = /^escapes-(.*)-(v2|hybrid)$/.exec(escapeFlavour()) ?? [];

const releases: Readonly<Record<string, RegExp>> = {
  '6.1': /^6\.1\.0-\d+-amd64\n$/,
  '6.12.43': /^6\.12\.43\+/,
  '6.12': /^6\.12\..*\+deb13-/,
};

test('the kernel is that of the flavour', () => {
  expect(readFileSync('/proc/sys/kernel/osrelease', 'latin1')).toMatch(releases[version] ?? /^$/);
});

test('the early kernel takes the walk between mount namespaces by every type, and the oldest knows none', () => {
  const { nsfsIgnoresType } = hostFacts();
  if (version === '6.1') expect(nsfsIgnoresType).toBe(false);
  if (version === '6.12.43') expect(nsfsIgnoresType).toBe(true);
});

test('the cgroups are those of the flavour, as the package finds them', () => {
  const { hierarchies, unified } = hostFacts().cgroups;
  const hasV1 = hierarchies.some(({ controllers }) => controllers.includes('cpu'));
  expect(hasV1).toBe(layout === 'hybrid');
  expect(unified?.mount).toBe(layout === 'v2' ? '/sys/fs/cgroup' : '/sys/fs/cgroup/unified');
});
