/** Two containers with dynamic labels, root with the same uid in both: neither gets at what is the other's. */
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Domain } from 'tslxc';
import { eventually } from '../support/time/eventually';
import { runIn } from '../support/domain/exec';
import { containerTest } from '../support/world/container-test';
import { initOf } from '../support/world/container-traces';
import { LabelledCase } from '../support/labels/labelled-case';
import {
  containerFile,
  containerProcess,
  denials,
  processContext,
  setLabel,
  withMode,
} from '../support/labels/selinux-labels';

const seclabel = "<seclabel type='dynamic' model='selinux' relabel='yes'/>";

const world = containerTest(
  async (keep) => {
    keep(withMode('enforcing'));
    const labelled = keep(await LabelledCase.make());
    const shared = `${labelled.root}-shared`;
    mkdirSync(shared);
    keep(() => rmSync(shared, { recursive: true, force: true }));
    const first = await startOne('first', labelled, shared);
    keep(() => first.destroy());
    const second = await startOne('second', labelled, shared);
    keep(() => second.destroy());
    return { labelled, domains: [first, second] as const };
  },
  { per: 'file' },
);

/** Its root lies in a directory that both see, where only labels are between them: at /all of each. */
async function startOne(
  name: 'first' | 'second',
  labelled: LabelledCase,
  shared: string,
): Promise<Domain> {
  const tree = await labelled.tree();
  const root = join(shared, name);
  renameSync(tree, root);
  // Beside its root: of a folder that it may not search the policy says nothing.
  const secret = join(shared, `${name}-secret`);
  writeFileSync(secret, `of ${name}\n`, { mode: 0o600 });
  if (name === 'first') setLabel(shared, `${containerFile}:s0`);
  else for (const path of [root, secret]) setLabel(path, `${containerFile}:s0`);
  const all = [
    "<filesystem type='mount'>",
    `<source dir='${shared}'><seclabel model='selinux' relabel='no'/></source>`,
    "<target dir='/all'/></filesystem>",
  ];
  return labelled.start({
    name,
    seclabel,
    filesystems: [
      { source: root, target: '/' },
      { source: secret, target: '/secret' },
    ],
    devices: all.join(''),
  });
}

async function read(
  domain: Domain,
  path: string,
): Promise<{ code: number | undefined; text: string }> {
  const { result, stdout, stderr } = await runIn(domain, ['/bin/cat', path]);
  return { code: result.code, text: stdout + stderr };
}

test('labels of two that run differ, in nothing but their categories', async () => {
  const [first, second] = [
    processContext(await initOf('first')),
    processContext(await initOf('second')),
  ];
  expect(first).not.toBe(second);
  for (const label of [first, second]) {
    expect(label).toMatch(new RegExp(`^${containerProcess}:s0:c\\d+,c\\d+$`));
  }
});

test.each([
  [0, 'first', 'second'],
  [1, 'second', 'first'],
] as const)(
  'root in container %i reads its own file, and not that of the other',
  async (index, own, other) => {
    const domain = world.domains[index];
    expect(await read(domain, `/all/${own}-secret`)).toEqual({ code: 0, text: `of ${own}\n` });
    const refused = await read(domain, `/all/${other}-secret`);
    expect(refused.code).toBe(1);
    expect(refused.text).toMatch(/Permission denied/);
    const label = processContext(await initOf(own));
    // The kernel writes it a little later.
    await eventually(() => {
      const denied = denials().filter((line) => line.includes(`scontext=${label} `));
      expect(denied.join('\n')).toMatch(/comm="cat".*tclass=file.*permissive=0/);
    });
  },
);

test('with enforcement off it does: nothing else is between them', async () => {
  using _mode = withMode('permissive');
  const text = await read(world.domains[0], '/all/second-secret');
  expect(text).toEqual({ code: 0, text: 'of second\n' });
});

test('a command has the label of init; without it, on demand, the one of its caller', async () => {
  const { labelled, domains } = world;
  const [first] = domains;
  const label = processContext(await initOf('first'));
  const words = ['exec', 'first', '--', '/bin/cat', '/proc/self/attr/current'];
  expect((await labelled.run(...words)).replace(/\0/g, '').trim()).toBe(label);
  const own = [
    'lxc-enter-namespace',
    'first',
    '--noseclabel',
    '--',
    '/bin/cat',
    '/proc/self/attr/current',
  ];
  expect(await labelled.run(...own)).toMatch(/:unconfined_t:/);
  expect(first.name).toBe('first');
});
