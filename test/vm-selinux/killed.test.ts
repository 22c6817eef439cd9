/** The caller is killed in the middle of labelling 10,000 files: the next command restores every label. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { containerTest } from '../support/world/container-test';
import { eventually } from '../support/time/eventually';
import { LabelledCase } from '../support/labels/labelled-case';
import { commandEnvironment, commandLine } from '../support/process/run-command';
import { fileLabel, labelsBelow } from '../support/labels/selinux-labels';

const seclabel = "<seclabel type='dynamic' model='selinux' relabel='yes'/>";
const folders = 100;
const filesPerFolder = 100;

const world = containerTest(async (keep) => keep(await LabelledCase.make()));

function fill(tree: string): void {
  for (let folder = 0; folder < folders; folder += 1) {
    const path = join(tree, 'many', String(folder));
    mkdirSync(path, { recursive: true });
    for (let file = 0; file < filesPerFolder; file += 1) writeFileSync(join(path, `${file}`), '');
  }
}

test('each label is back after the next command', async () => {
  const source = await world.tree();
  fill(source);
  const labels = labelsBelow(source);
  expect(labels.length).toBeGreaterThan(folders * filesPerFolder);
  const filesystems = [{ source, target: '/' }];
  await world.define({ name: 'killed', seclabel, filesystems });
  const [program = '', ...words] = commandLine('start', 'killed');
  const child = spawn(program, words, { env: commandEnvironment(world.root), stdio: 'ignore' });
  const ended = once(child, 'close');
  const isLabelled = (line: string): boolean => line.includes('container_file_t');
  const original = fileLabel(source);
  await eventually(() => expect(fileLabel(source)).not.toBe(original), 60_000);
  child.kill('SIGKILL');
  await ended;
  const halfway = labelsBelow(source).filter(isLabelled).length;
  process.stdout.write(`killed after ${halfway} of ${labels.length} files\n`);
  expect(halfway).toBeGreaterThan(0);
  expect(halfway).toBeLessThan(labels.length);
  expect(await world.run('domstate', 'killed')).toMatch(/shut off/);
  expect(labelsBelow(source)).toEqual(labels);
  await world.run('start', 'killed');
  expect(labelsBelow(source).every(isLabelled)).toBe(true);
  await world.run('destroy', 'killed');
  expect(labelsBelow(source)).toEqual(labels);
});
