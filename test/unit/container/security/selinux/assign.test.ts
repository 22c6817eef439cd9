/** The labels of a start, from what is asked, what the policy means for containers, and what is free. */
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { assignLabels, previewLabels } from '../../../../../lib/container/security/selinux/assign';
import type { LabelAssignment } from '../../../../../lib/container/security/selinux/assign';
import { readEntries } from '../../../../../lib/container/security/selinux/category-folder';
import type { AskedLabel } from '../../../../../lib/container/security/assigned';
import { fakeSelinuxfs } from '../../../../support/fake/fake-selinuxfs';
import type { FakeSelinuxfs } from '../../../../support/fake/fake-selinuxfs';

const contexts = {
  process: 'system_u:system_r:svirt_lxc_net_t:s0',
  content: 'system_u:object_r:virt_var_lib_t:s0',
  file: 'system_u:object_r:container_file_t:s0',
  readonlyFile: 'system_u:object_r:container_ro_file_t:s0',
};
const types = {
  container_t: 'container_t',
  svirt_lxc_net_t: 'container_t',
  svirt_custom_t: 'svirt_custom_t',
  container_file_t: 'container_file_t',
};
const position = { line: 12, column: 3 };
const dynamic: AskedLabel = { type: 'dynamic', relabel: true, position };
const custom = 'system_u:system_r:svirt_custom_t:s0:c392,c662';
/** Eight categories. */
const caller = 'unconfined_u:unconfined_r:unconfined_t:s0-s0:c10.c17';

let root: string;
let folder: string;
let fake: FakeSelinuxfs;

beforeEach(() => {
  root = mkdtempSync('/var/tmp/tslxc-assign-');
  folder = join(root, 'categories');
  fake = fakeSelinuxfs({ types });
});

afterEach(() => {
  fake[Symbol.dispose]();
  rmSync(root, { recursive: true });
});

function request(asked: AskedLabel): LabelAssignment {
  return {
    asked,
    host: { contexts },
    caller,
    selinuxfs: fake,
    owner: { root, name: 'web' },
    labelsInUse: () => [],
    folder,
  };
}

const invalid = (label: string): object => ({
  code: 'XML_ERROR',
  element: 'domain/seclabel',
  line: 12,
  column: 3,
  message: `XML error: Invalid security label ${label}`,
});

test('a dynamic label is the policy’s with categories, of the file too', async () => {
  const { label, imageLabel, ...rest } = await assignLabels(request(dynamic));
  const [, range = ''] =
    /^system_u:system_r:svirt_lxc_net_t:(s0:c1[0-7],c1[0-7])$/.exec(label) ?? [];
  expect(imageLabel).toBe(`system_u:object_r:container_file_t:${range}`);
  expect(rest).toEqual({
    type: 'dynamic',
    model: 'selinux',
    accepted: [label, `system_u:system_r:container_t:${range}`],
    readonlyImageLabel: contexts.readonlyFile,
    relabel: true,
  });
  expect(readEntries(folder)).toMatchObject([{ name: 'web', type: 'dynamic' }]);
});

test('a base label lends its type, whatever its range', async () => {
  for (const range of [':s0', ':s3:c1.c5', '']) {
    const baseLabel = `user_u:user_r:svirt_custom_t${range}`;
    const { label, accepted } = await assignLabels(request({ ...dynamic, baseLabel }));
    expect(label).toMatch(/^user_u:user_r:svirt_custom_t:s0:c1[0-7],c1[0-7]$/);
    expect(accepted).toEqual([label]);
  }
  // The next start of a domain has others, and no more.
  expect(readEntries(folder)).toHaveLength(1);
});

test.each([false, true])('a static label is as it was written, relabel %s', async (relabel) => {
  const assigned = await assignLabels(
    request({ type: 'static', relabel, label: custom, position }),
  );
  expect(assigned).toEqual({
    type: 'static',
    model: 'selinux',
    label: custom,
    accepted: [custom],
    imageLabel: 'system_u:object_r:container_file_t:s0:c392,c662',
    readonlyImageLabel: contexts.readonlyFile,
    relabel,
  });
  expect(readEntries(folder)).toMatchObject([{ type: 'static', pair: [392, 662] }]);
});

test.each(['', 'nonsense', 'a:b:c:s0:c1..c2', 'system_u:system_r:missing_t:s0'])(
  'a static label %j is invalid, and nothing is taken',
  async (label) => {
    const asked = { type: 'static', relabel: true, label, position } as const;
    await expect(assignLabels(request(asked))).rejects.toMatchObject(invalid(label));
    expect(() => previewLabels(request(asked))).toThrow(
      expect.objectContaining(invalid(label)) as Error,
    );
    expect(readEntries(folder)).toEqual([]);
  },
);

test.each(['nonsense', 'system_u:system_r:missing_t:s0'])(
  'a base label %j is invalid, and nothing is taken',
  async (baseLabel) => {
    const refused = assignLabels(request({ ...dynamic, baseLabel }));
    await expect(refused).rejects.toMatchObject(invalid(baseLabel));
    expect(readEntries(folder)).toEqual([]);
  },
);

test('a policy without its own contexts is at fault itself', async () => {
  using poor = fakeSelinuxfs({ types: { container_t: 'container_t' } });
  await expect(assignLabels({ ...request(dynamic), selinuxfs: poor })).rejects.toMatchObject({
    code: 'INTERNAL_ERROR',
    message: expect.stringContaining('svirt_lxc_net_t:s0') as string,
  });
  const asked = { type: 'static', relabel: false, label: 'u:r:container_t:s0', position } as const;
  await expect(assignLabels({ ...request(asked), selinuxfs: poor })).rejects.toMatchObject({
    code: 'INTERNAL_ERROR',
    message: expect.stringContaining('container_file_t:s0') as string,
  });
});

test('categories that only the policy refuses are given back', async () => {
  // The probe with c10,c11 passes; whatever else is drawn doesn't.
  const ask = (file: string, question: string): string =>
    fake.ask(file, /:c10,c11$/.test(question) ? question : 'u:r:missing_t:s0');
  const others = Array.from({ length: 1 }, () => 'u:r:t:s0:c10,c11');
  const assignment = {
    ...request({ ...dynamic, baseLabel: 'u:r:container_t:s0' }),
    selinuxfs: { folder: fake.folder, ask },
    labelsInUse: () => others,
  };
  await expect(assignLabels(assignment)).rejects.toMatchObject(invalid('u:r:container_t:s0'));
  expect(readEntries(folder)).toEqual([]);
});

test('a preview takes nothing, and claims to know no categories', () => {
  const { label, imageLabel, accepted } = previewLabels(request(dynamic));
  expect(label).toBe('system_u:system_r:svirt_lxc_net_t:s0:c?,c?');
  expect(imageLabel).toBe('system_u:object_r:container_file_t:s0:c?,c?');
  expect(accepted).toEqual([label]);
  const asked = { type: 'static', relabel: false, label: custom, position } as const;
  expect(previewLabels(request(asked)).label).toBe(custom);
  expect(readEntries(folder)).toEqual([]);
});
