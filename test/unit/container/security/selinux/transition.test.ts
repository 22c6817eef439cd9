/** Labels that the policy keeps a caller from, or a container's init. */
import {
  checkEntryPoint,
  checkTransition,
} from '../../../../../lib/container/security/selinux/transition';
import { fakeSelinuxfs } from '../../../../support/fake/fake-selinuxfs';

const label = 'system_u:system_r:container_t:s0:c1,c2';
const service = 'system_u:system_r:initrc_t:s0';
const unconfined = 'unconfined_u:unconfined_r:unconfined_t:s0-s0:c0.c1023';
const position = { line: 4, column: 5 };
const allowed = {
  'unconfined_t container_t 2': '2',
  'container_t container_file_t 6': '80000',
};
const shared = { label, root: 'shared' } as const;
const own = { label, root: 'private' } as const;
const rootFile = 'system_u:object_r:container_file_t:s0:c1,c2';

test('who may is not held up', () => {
  using fake = fakeSelinuxfs({ allowed });
  checkTransition({ own: unconfined, label, position }, fake);
  checkEntryPoint({ ...own, fileLabel: rootFile }, fake);
  expect(fake.asked).toEqual([`access ${unconfined} ${label} 2`, `access ${label} ${rootFile} 6`]);
});

test('a service that may not is told its setting and the boolean', () => {
  using fake = fakeSelinuxfs({ allowed });
  let error: unknown;
  try {
    checkTransition({ own: service, label, position }, fake);
  } catch (thrown) {
    error = thrown;
  }
  expect(error).toMatchObject({ code: 'OPERATION_DENIED', element: 'domain/seclabel', line: 4 });
  const { message } = error as Error;
  for (const part of [service, label, `SELinuxContext=${unconfined}`, 'allow_execmem']) {
    expect(message).toContain(part);
  }
});

test('the host’s own default has no place in a definition', () => {
  using fake = fakeSelinuxfs({ allowed });
  expect(() => checkTransition({ own: service, label }, fake)).toThrow(
    expect.not.objectContaining({ element: expect.anything() as string }) as Error,
  );
});

test('a private root is to be relabelled, the host’s own can’t be', () => {
  using fake = fakeSelinuxfs({ allowed });
  const refused = (message: string): Error =>
    expect.objectContaining({
      code: 'CONFIG_UNSUPPORTED',
      message: expect.stringContaining(message) as string,
    }) as Error;
  const fileLabel = 'system_u:object_r:bin_t:s0';
  expect(() => checkEntryPoint({ ...own, fileLabel, position }, fake)).toThrow(
    refused(
      "labelled system_u:object_r:bin_t:s0 run as system_u:system_r:container_t:s0:c1,c2: the root has to be relabelled, as relabel='yes' does",
    ),
  );
  expect(() => checkEntryPoint({ ...shared, fileLabel }, fake)).toThrow(
    refused("the host's own root can't be relabelled"),
  );
});

test('a file without a label is taken for what the kernel takes it', () => {
  using fake = fakeSelinuxfs({ allowed });
  expect(() => checkEntryPoint({ ...own, fileLabel: undefined }, fake)).toThrow('unlabeled_t');
});

test('in permissive mode nothing is refused, or even asked', () => {
  using fake = fakeSelinuxfs({ enforcing: false });
  checkTransition({ own: service, label }, fake);
  checkEntryPoint({ ...shared, fileLabel: undefined }, fake);
  expect(fake.asked).toEqual([]);
});

test('who may not ask is left to the exec', () => {
  using fake = fakeSelinuxfs({ refuse: 'EACCES' });
  checkTransition({ own: service, label }, fake);
  expect(fake.asked).toHaveLength(1);
});
