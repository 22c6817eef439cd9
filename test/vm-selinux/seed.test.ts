/**
 * The four ways of the seed to say which label a domain gets, with its XML as printed. The machine's policy has
 * svirt_custom_t, and svirt_t and svirt_image_t stand in lxc_contexts, as they did where the seed was written.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { initOf } from '../support/world/container-traces';
import { eventually } from '../support/time/eventually';
import { runIn } from '../support/domain/exec';
import { containerTest } from '../support/world/container-test';
import { LabelledCase } from '../support/labels/labelled-case';
import {
  fileLabel,
  isEnforcing,
  labelsBelow,
  pairPattern,
  processContext,
  setLabel,
  withLxcContexts,
  withMode,
} from '../support/labels/selinux-labels';

/** The seed's XML, character for character. */
const dynamic = `<seclabel type='dynamic' model='selinux' relabel='yes'>
  <label>system_u:system_r:svirt_t:s0:c192,c392</label>                  (output only element)
  <imagelabel>system_u:object_r:svirt_image_t:s0:c192,c392</imagelabel>  (output only element)
</seclabel>`;
const withBase = `<seclabel type='dynamic' model='selinux' relabel='yes'>
  <baselabel>system_u:system_r:svirt_custom_t:s0</baselabel>
  <label>system_u:system_r:svirt_custom_t:s0:c192,c392</label>           (output only element)
  <imagelabel>system_u:object_r:svirt_image_t:s0:c192,c392</imagelabel>  (output only element)
</seclabel>`;
const withoutRelabelling = `<seclabel type='static' model='selinux' relabel='no'>
  <label>system_u:system_r:svirt_custom_t:s0:c192,c392</label>
</seclabel>`;
const withRelabelling = `<seclabel type='static' model='selinux' relabel='yes'>
  <label>system_u:system_r:svirt_custom_t:s0:c192,c392</label>
</seclabel>`;

const image = 'system_u:object_r:svirt_image_t';
const given = 's0:c192,c392';

const world = containerTest(async (keep) => {
  keep(
    withLxcContexts({
      process: 'system_u:system_r:svirt_t:s0',
      file: `${image}:s0`,
    }),
  );
  return keep(await LabelledCase.make());
});

/** `<label>` and `<imagelabel>` of what `dumpxml` prints. */
async function printedLabels(
  name: string,
): Promise<{ label: string | undefined; imageLabel: string | undefined }> {
  const text = await world.run('dumpxml', name);
  return {
    label: /<label>(.*)<\/label>/.exec(text)?.[1],
    imageLabel: /<imagelabel>(.*)<\/imagelabel>/.exec(text)?.[1],
  };
}

interface Expected {
  readonly type: string;
  /** The range that it has to have; default: a pair that was chosen. */
  readonly range?: string;
}

/** Everything that has a label shows it, while it runs, and nothing does afterwards. */
async function expectLabelled(seclabel: string, { type, range }: Expected): Promise<void> {
  const source = await world.tree();
  const name = 'seed-label';
  const filesystems = [{ source, target: '/' }];
  const labels = labelsBelow(source);
  const domain = await world.start({ name, seclabel, filesystems });
  const { label = '', imageLabel } = await printedLabels(name);
  const [, first, second] = pairPattern.exec(label) ?? [];
  expect(Number(first)).toBeLessThan(Number(second));
  const chosen = range ?? `s0:c${first},c${second}`;
  expect(label).toBe(`system_u:system_r:${type}:${chosen}`);
  expect(imageLabel).toBe(`${image}:${chosen}`);
  expect(processContext(await initOf(name))).toBe(label);
  const running = labelsBelow(source);
  expect(new Set(running.map((line) => line.split(' ').at(-1)))).toEqual(new Set([imageLabel]));
  expect(running).toHaveLength(labels.length);
  const mode = isEnforcing() ? 'enforcing' : 'permissive';
  expect(await world.run('dominfo', name)).toContain(`Security label: ${label} (${mode})`);
  await domain.destroy();
  expect(labelsBelow(source)).toEqual(labels);
}

test('dynamic: base and categories are ours, and what is printed as output only is not taken', async () => {
  await expectLabelled(dynamic, { type: 'svirt_t' });
  expect(await world.run('dumpxml', '--inactive', 'seed-label')).not.toMatch(/<(image)?label>/);
});

test('dynamic with a base label: its type, our categories', async () => {
  await expectLabelled(withBase, { type: 'svirt_custom_t' });
  const text = await world.run('dumpxml', '--inactive', 'seed-label');
  expect(text).toContain('<baselabel>system_u:system_r:svirt_custom_t:s0</baselabel>');
  expect(text).not.toMatch(/<(image)?label>/);
});

test('static with relabelling: the label as given, the files with its categories', async () => {
  await expectLabelled(withRelabelling, { type: 'svirt_custom_t', range: given });
});

test('static without relabelling: the label as given, and no label on disk changes', async () => {
  const source = await world.tree();
  setLabel(source, `${image}:${given}`);
  // One that belongs to another program: it is not touched.
  setLabel(`${source}/var`, 'system_u:object_r:container_file_t:s0:c1,c2');
  const labels = labelsBelow(source);
  const name = 'seed-label';
  const filesystems = [{ source, target: '/' }];
  const domain = await world.start({ name, seclabel: withoutRelabelling, filesystems });
  const label = `system_u:system_r:svirt_custom_t:${given}`;
  expect(processContext(await initOf(name))).toBe(label);
  expect((await printedLabels(name)).label).toBe(label);
  expect(labelsBelow(source)).toEqual(labels);
  await domain.destroy();
  expect(labelsBelow(source)).toEqual(labels);
});

test('without a seclabel nothing is labelled: init has the label of the process that starts it', async () => {
  const source = await world.tree();
  const labels = labelsBelow(source);
  const domain = await world.start({
    name: 'unlabelled',
    seclabel: '',
    filesystems: [{ source, target: '/' }],
  });
  const own = readFileSync('/proc/self/attr/current', 'utf8').replace(/\0/g, '').trim();
  expect(processContext(await initOf('unlabelled'))).toBe(own);
  expect(labelsBelow(source)).toEqual(labels);
  expect(await world.run('dumpxml', 'unlabelled')).not.toContain('seclabel');
  await domain.destroy();
});

test('a mounted source gets the image label, a read-only one that of read-only files, and so does what is mounted below', async () => {
  const [source, data, reference] = [await world.tree(), await world.tree(), await world.tree()];
  const disk = `${source}/disk`;
  mkdirSync(disk);
  execFileSync('mount', ['-t', 'tmpfs', 'tmpfs', disk]);
  writeFileSync(`${disk}/file`, 'on a disk of its own\n');
  const labels = [data, reference, disk].map(labelsBelow);
  const domain = await world.start({
    name: 'seed-label',
    seclabel: dynamic,
    filesystems: [
      { source, target: '/' },
      { source: data, target: '/data' },
      { source: reference, target: '/reference', access: 'read-only' },
    ],
  });
  const { imageLabel } = await printedLabels('seed-label');
  expect(fileLabel(`${data}/bin/busybox`)).toBe(imageLabel);
  expect(fileLabel(`${reference}/bin/busybox`)).toMatch(
    /^system_u:object_r:container_ro_file_t:s0/,
  );
  expect(fileLabel(`${disk}/file`)).toBe(imageLabel);
  expect((await runIn(domain, ['cat', '/disk/file'])).stdout).toBe('on a disk of its own\n');
  await domain.destroy();
  expect([data, reference, disk].map(labelsBelow)).toEqual(labels);
  execFileSync('umount', [disk]);
});

test('what the container makes has its label from the first, and that of its folder afterwards', async () => {
  const source = await world.tree();
  const domain = await world.start({
    name: 'seed-label',
    seclabel: dynamic,
    filesystems: [{ source, target: '/' }],
    script: 'mkdir /made; touch /made/file; touch /ready; sleep 10000',
  });
  await eventually(() => expect(existsSync(`${source}/ready`)).toBe(true));
  const { imageLabel } = await printedLabels('seed-label');
  expect(fileLabel(`${source}/made/file`)).toBe(imageLabel);
  await domain.destroy();
  const folder = fileLabel(source);
  expect([fileLabel(`${source}/made`), fileLabel(`${source}/made/file`)]).toEqual([folder, folder]);
});

test('a reboot keeps label and categories', async () => {
  // The policy lets no container of this type call reboot(2).
  using _mode = withMode('permissive');
  const source = await world.tree();
  await world.start({
    name: 'seed-label',
    seclabel: dynamic,
    filesystems: [{ source, target: '/' }],
    script: '[ -e /go ] && exec sleep 10000; until [ -e /go ]; do sleep 1; done; busybox reboot -f',
  });
  const { label } = await printedLabels('seed-label');
  const first = await initOf('seed-label');
  writeFileSync(`${source}/go`, '');
  // The next one is there before it executes its program, and has its label with that.
  await eventually(async () => {
    const next = await initOf('seed-label');
    expect([next === first, processContext(next)]).toEqual([false, label]);
  });
  expect((await printedLabels('seed-label')).label).toBe(label);
  await world.run('destroy', 'seed-label');
});
