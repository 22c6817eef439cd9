/** What is asked of selinuxfs, and how its answers are read. */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  canonicalContext,
  isAllowed,
  isEnforcing,
  isSelinuxOn,
  mayEnter,
  mayTransition,
  policyName,
  selinuxfsAt,
  unlabeledContext,
} from '../../../../lib/host/security/selinuxfs';
import { fakeSelinuxfs } from '../../../support/fake/fake-selinuxfs';

const container = 'system_u:system_r:container_t:s0:c1,c2';
const unconfined = 'unconfined_u:unconfined_r:unconfined_t:s0';

test('it is there where its files are, and says whether it enforces', () => {
  using fake = fakeSelinuxfs();
  expect([isSelinuxOn(fake), isEnforcing(fake)]).toEqual([true, true]);
  writeFileSync(join(fake.folder, 'enforce'), '0\n');
  expect(isEnforcing(fake)).toBe(false);
  rmSync(join(fake.folder, 'enforce'));
  expect(isSelinuxOn(fake)).toBe(false);
  expect(() => isEnforcing(fake)).toThrow(expect.objectContaining({ errno: 2 }) as Error);
});

test('the name of the policy', () => {
  using fake = fakeSelinuxfs();
  const config = join(fake.folder, 'config');
  writeFileSync(config, '# SELINUXTYPE=mls\nSELINUX=enforcing\nSELINUXTYPE = default # Debian\n');
  expect(policyName(config)).toBe('default');
  writeFileSync(config, 'SELINUX=permissive\n');
  expect(policyName(config)).toBe('targeted');
  expect(policyName(join(fake.folder, 'missing'))).toBe('targeted');
});

test('a context is answered in its canonical form, or is none', () => {
  using fake = fakeSelinuxfs({ types: { svirt_lxc_net_t: 'container_t' } });
  expect(canonicalContext('system_u:system_r:svirt_lxc_net_t:s0:c1,c2', fake)).toBe(container);
  expect(canonicalContext('system_u:system_r:nothing_t:s0', fake)).toBeUndefined();
});

test('a question that is refused is no answer', () => {
  using fake = fakeSelinuxfs({ refuse: 'EACCES' });
  const refused = expect.objectContaining({
    errno: 13,
    path: join(fake.folder, 'context'),
  }) as Error;
  expect(() => canonicalContext(container, fake)).toThrow(refused);
});

test('a question is written and its answer read on one descriptor', () => {
  using fake = fakeSelinuxfs();
  // A plain file gives back what it was given.
  writeFileSync(join(fake.folder, 'context'), '');
  const plain = selinuxfsAt(fake.folder);
  expect(canonicalContext(container, plain)).toBe(container);
  expect(() => plain.ask('missing', 'x')).toThrow(expect.objectContaining({ errno: -2 }) as Error);
});

test('the numbers of class and permission are the kernel’s', () => {
  // Transition is the second permission of a process, entrypoint the twentieth of a file.
  using fake = fakeSelinuxfs({
    allowed: { 'unconfined_t container_t 2': '2', 'container_t container_file_t 6': '80000' },
  });
  expect(mayTransition(unconfined, container, fake)).toBe(true);
  expect(fake.asked).toEqual([`access ${unconfined} ${container} 2`]);
  expect(mayTransition(container, unconfined, fake)).toBe(false);
  expect(mayEnter(container, 'system_u:object_r:container_file_t:s0:c1,c2', fake)).toBe(true);
  expect(mayEnter(container, 'system_u:object_r:bin_t:s0', fake)).toBe(false);
});

test('all other bits don’t make one allowed, and the highest can be', () => {
  using fake = fakeSelinuxfs({
    allowed: { 'unconfined_t container_t 2': 'fffffffd', 'a_t b_t 6': '80000000' },
  });
  expect(mayTransition(unconfined, container, fake)).toBe(false);
  writeFileSync(join(fake.folder, 'class/file/perms/entrypoint'), '32');
  expect(mayEnter('u:r:a_t:s0', 'u:r:b_t:s0', fake)).toBe(true);
});

test('a permissive type may do all', () => {
  using fake = fakeSelinuxfs({ permissiveTypes: ['unconfined_t'] });
  expect(mayTransition(unconfined, container, fake)).toBe(true);
  expect(mayTransition(container, container, fake)).toBe(false);
});

test('a class that the policy has not is an error', () => {
  using fake = fakeSelinuxfs();
  const access = { source: container, target: container, objectClass: 'none', permission: 'x' };
  expect(() => isAllowed(access, fake)).toThrow(expect.objectContaining({ errno: 2 }) as Error);
});

test('files without a label have that of the kernel', () => {
  using fake = fakeSelinuxfs();
  expect(unlabeledContext(fake)).toBe('system_u:object_r:unlabeled_t:s0');
});
