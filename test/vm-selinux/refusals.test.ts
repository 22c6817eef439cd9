/** Labels that can't be had: libvirt's errors, with element and line; nothing is relabelled, and nothing is left. */
import type { TslxcError } from 'tslxc';
import { readEntries } from '../../lib/container/security/selinux/category-folder';
import { categoriesPath, runPaths, statePaths } from '../../lib/host/state/state-paths';
import { containerTest } from '../support/world/container-test';
import { LabelledCase } from '../support/labels/labelled-case';
import { runWithoutRoom } from '../support/process/run-command';
import { labelsBelow, withLxcContexts, withMode } from '../support/labels/selinux-labels';

const world = containerTest(async (keep) => {
  keep(withMode('enforcing'));
  return keep(await LabelledCase.make());
});

function refusalOf(attempt: Promise<unknown>): Promise<TslxcError> {
  return attempt.then(
    () => {
      throw new Error('it was not refused');
    },
    (error: unknown) => error as TslxcError,
  );
}

const dynamic = "<seclabel type='dynamic' model='selinux' relabel='yes'/>";

function fixed(label: string): string {
  return `<seclabel type='static' model='selinux' relabel='yes'><label>${label}</label></seclabel>`;
}

const rows: readonly (readonly [title: string, seclabel: string, words: RegExp])[] = [
  [
    'a type that the policy lacks',
    fixed('system_u:system_r:no_such_t:s0:c1,c2'),
    /Invalid security label/,
  ],
  ['a context that is none', fixed('nonsense'), /Invalid security label|security context/],
  [
    'a base label of a type that the policy lacks',
    "<seclabel type='dynamic' model='selinux'><baselabel>system_u:system_r:no_such_t:s0</baselabel></seclabel>",
    /no_such_t/,
  ],
  [
    'a model that is not of this host',
    "<seclabel type='dynamic' model='apparmor'/>",
    /Security driver model 'apparmor' is not available/,
  ],
  [
    'the model dac',
    "<seclabel type='static' model='dac'><label>0:0</label></seclabel>",
    /Security driver model 'dac' is not available/,
  ],
];

test.each(rows)('start refuses %s', async (_title, seclabel, words) => {
  const source = await world.tree();
  const labels = labelsBelow(source);
  const filesystems = [{ source, target: '/' }];
  const domain = await world.define({ name: 'refused', seclabel, filesystems });
  const failure = await refusalOf(domain.start());
  expect(failure.message).toMatch(words);
  expect(failure.element).toMatch(/^domain\/seclabel/);
  expect(failure.line).toBeGreaterThan(0);
  expect(labelsBelow(source)).toEqual(labels);
});

test('start refuses a label of one source that the policy lacks, by its place, and relabels nothing', async () => {
  const trees = [await world.tree(), await world.tree()];
  const labels = trees.map((tree) => labelsBelow(tree));
  const [top = '', data = ''] = trees;
  const devices = `
    <filesystem type='mount'>
      <source dir='${data}'>
        <seclabel model='selinux'><label>system_u:object_r:no_such_t:s0</label></seclabel>
      </source>
      <target dir='/srv'/>
    </filesystem>`;
  const filesystems = [{ source: top, target: '/' }];
  const domain = await world.define({ name: 'refused', seclabel: dynamic, filesystems, devices });
  const failure = await refusalOf(domain.start());
  expect(failure).toMatchObject({
    code: 'XML_ERROR',
    element: expect.stringMatching(/^domain\/devices\/filesystem/) as string,
  });
  expect(failure.message).toContain('no_such_t');
  expect(failure.line).toBeGreaterThan(0);
  expect(trees.map((tree) => labelsBelow(tree))).toEqual(labels);
});

const defined: readonly (readonly [title: string, seclabel: string, words: RegExp])[] = [
  [
    'static without a label',
    "<seclabel type='static' model='selinux'/>",
    /security label is missing/,
  ],
  [
    'dynamic without relabelling',
    "<seclabel type='dynamic' model='selinux' relabel='no'/>",
    /dynamic label type must use resource relabeling/,
  ],
  [
    'none with relabelling',
    "<seclabel type='none' model='selinux' relabel='yes'/>",
    /resource relabeling is not compatible with 'none' label type/,
  ],
];

test.each(defined)('define refuses %s', async (_title, seclabel, words) => {
  const failure = await refusalOf(world.define({ name: 'refused', seclabel }));
  expect(failure.message).toMatch(words);
  expect(failure.element).toMatch(/^domain\/seclabel/);
  expect(failure.line).toBeGreaterThan(0);
});

test('none without relabelling is no label at all', async () => {
  const seclabel = "<seclabel type='none' model='selinux' relabel='no'/>";
  const source = await world.tree();
  const labels = labelsBelow(source);
  const filesystems = [{ source, target: '/' }];
  const domain = await world.start({ name: 'unlabelled', seclabel, filesystems });
  expect(labelsBelow(source)).toEqual(labels);
  await domain.destroy();
});

test('the shared root can be no entry point: refused in words, and not with a bare EACCES', async () => {
  await world.define({ name: 'refused', seclabel: dynamic, filesystems: [] });
  const { code, stderr } = await world.try('start', 'refused');
  expect(code).toBe(1);
  expect(stderr).toMatch(/container_t/);
  expect(stderr).toMatch(/the container needs one of its own/);
  expect(stderr).not.toMatch(/EACCES/);
});

test('a system directory is not relabelled', async () => {
  const filesystems = [
    { source: await world.tree(), target: '/' },
    { source: '/usr', target: '/usr', access: 'read-only' as const },
  ];
  const labels = labelsBelow('/usr/bin');
  await world.define({ name: 'refused', seclabel: dynamic, filesystems });
  const { code, stderr } = await world.try('start', 'refused');
  expect(code).toBe(1);
  expect(stderr).toMatch(/\/usr/);
  expect(labelsBelow('/usr/bin')).toEqual(labels);
});

test('a source that a running domain uses under another label is refused, and stays as it is', async () => {
  const source = await world.tree();
  const filesystems = [{ source, target: '/' }];
  const domain = await world.start({ name: 'first', seclabel: dynamic, filesystems });
  const labels = labelsBelow(source);
  await world.define({ name: 'second', seclabel: dynamic, filesystems });
  const { code, stderr } = await world.try('start', 'second');
  expect(code).toBe(1);
  expect(stderr).toContain(source);
  expect(stderr).toMatch(/first/);
  expect(labelsBelow(source)).toEqual(labels);
  await domain.destroy();
});

test('a caller that the policy keeps from the type is told of the unit and the boolean', async () => {
  await world.define({ name: 'refused', seclabel: dynamic });
  // initrc_t is what a plain service has.
  const words = [process.execPath, world.script, 'start', 'refused'];
  const { code, stderr } = await world.runLabelled(
    'system_u:system_r:initrc_t:s0-s0:c0.c1023',
    words,
  );
  expect(code).toBe(1);
  expect(stderr).toMatch(/SELinuxContext=/);
});

test('without lxc_contexts the policy has no containers', async () => {
  using _contexts = withLxcContexts({ process: '' });
  await world.define({ name: 'refused', seclabel: dynamic });
  const { code, stderr } = await world.try('start', 'refused');
  expect(code).toBe(1);
  expect(stderr).toMatch(/lxc_contexts/);
});

test('a start that finds no room for its record gives its categories back', async () => {
  await world.define({ name: 'crowded', seclabel: dynamic });
  const { start } = runPaths(statePaths(world.root), 'crowded');
  const { code, stderr } = await runWithoutRoom(['start', 'crowded'], { root: world.root });
  expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining(start) as string });
  expect(readEntries(categoriesPath)).toEqual([]);
});
