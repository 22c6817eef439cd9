/** T12: whatever a root has in the place of /proc, init has its label, or the start is refused. Never an unlabelled init. */
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { containerTest } from '../support/world/container-test';
import { initOf, untilGone } from '../support/world/container-traces';
import { LabelledCase } from '../support/labels/labelled-case';
import { containerProcess, labelsBelow, processContext } from '../support/labels/selinux-labels';

const seclabel = "<seclabel type='dynamic' model='selinux' relabel='yes'/>";

const world = containerTest(async (keep) => keep(await LabelledCase.make()));

/** A folder that looks like what a label is written to. */
function fakeProc(folder: string): void {
  for (const attr of ['self/attr', 'thread-self/attr']) {
    mkdirSync(join(folder, attr), { recursive: true });
    for (const file of ['exec', 'current']) writeFileSync(join(folder, attr, file), '');
  }
}

const tricks: readonly (readonly [title: string, prepare: (root: string) => string])[] = [
  [
    'a folder of that name with files in it',
    (root) => {
      fakeProc(join(root, 'proc'));
      return '';
    },
  ],
  [
    'a link to another folder',
    (root) => {
      fakeProc(join(root, 'fake'));
      symlinkSync('/fake', join(root, 'proc'));
      return '';
    },
  ],
  [
    'a link that leads nowhere',
    (root) => {
      symlinkSync('/nowhere', join(root, 'proc'));
      return '';
    },
  ],
  [
    'a volume',
    (root) => {
      const volume = `${root}-volume`;
      fakeProc(volume);
      return `<filesystem type='mount'><source dir='${volume}'/><target dir='/proc'/></filesystem>`;
    },
  ],
  [
    'memory',
    () =>
      "<filesystem type='ram'><source usage='1024' units='KiB'/><target dir='/proc'/></filesystem>",
  ],
  [
    'memory on the attributes',
    () =>
      "<filesystem type='ram'><source usage='1024' units='KiB'/><target dir='/proc/self/attr'/></filesystem>",
  ],
  [
    'the attributes of another process',
    () => `<filesystem type='mount'>
        <source dir='/proc/1/attr'><seclabel model='selinux' relabel='no'/></source>
        <target dir='/proc/self/attr'/>
      </filesystem>`,
  ],
];

test.each(tricks)('instead of /proc: %s', async (_title, prepare) => {
  const source = await world.tree();
  rmSync(join(source, 'proc'), { recursive: true });
  const devices = prepare(source);
  const labels = labelsBelow(source);
  const filesystems = [{ source, target: '/' }];
  const domain = await world.define({ name: 'fake', seclabel, filesystems, devices });
  const failure = await domain.start().then(
    () => undefined,
    (error: unknown) => error as Error,
  );
  if (failure === undefined) {
    expect(processContext(await initOf('fake'))).toMatch(
      new RegExp(`^${containerProcess}:s0:c\\d+,c\\d+$`),
    );
    await domain.destroy();
  } else {
    // And for no other reason.
    expect(failure.message).toMatch(/\/proc\b/);
    await untilGone('fake');
  }
  process.stderr.write(`${failure === undefined ? 'labelled' : `refused: ${failure.message}`}\n`);
  // A folder that the start has made is like the one that it is in.
  const known = labelsBelow(source).filter((line) => !/\/proc [^ ]*$/.test(line));
  expect(known).toEqual(labels.filter((line) => !/\/proc [^ ]*$/.test(line)));
  rmSync(`${source}-volume`, { recursive: true, force: true });
});
