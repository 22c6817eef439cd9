/** lib/driver/import/load-configuration.ts: which files are read, and what is an error of the configuration. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Configuration } from '../../../../lib/domain/lxc-configuration/convert';
import { Report } from '../../../../lib/domain/lxc-configuration/report';
import { loadConfiguration } from '../../../../lib/driver/import/load-configuration';
import { diskFiles } from '../../../support/lxc/host-view';
import { removeScratchAfterEach, scratchDirectory } from '../scratch';

removeScratchAfterEach();

let folder: string;

beforeEach(() => {
  folder = scratchDirectory();
});

function put(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const load = (text: string, name = 'config'): Promise<Configuration> =>
  loadConfiguration({ text, path: join(folder, name) }, diskFiles, new Report());

test('a relative path is below the folder of the file that includes it', async () => {
  mkdirSync(join(folder, 'parts'));
  put('parts/one.conf', 'lxc.include = two.conf\nlxc.arch = amd64\n');
  put('parts/two.conf', 'lxc.tty.max = 2\n');
  const { entries, files } = await load('lxc.include = parts/one.conf\nlxc.uts.name = web\n');
  expect(entries.map(({ key, place }) => [key, place.file, place.line])).toEqual([
    ['lxc.tty.max', join(folder, 'parts/two.conf'), 1],
    ['lxc.arch', join(folder, 'parts/one.conf'), 2],
    ['lxc.uts.name', join(folder, 'config'), 2],
  ]);
  expect(files).toEqual(['config', 'parts/one.conf', 'parts/two.conf'].map((n) => join(folder, n)));
});

test('without a path it is below the working directory', async () => {
  const text = `lxc.include = ${put('one.conf', 'lxc.tty.max = 2\n')}\n`;
  const { entries, path } = await loadConfiguration({ text }, diskFiles, new Report());
  expect([entries.length, path]).toEqual([1, undefined]);
  const relative = loadConfiguration({ text: 'lxc.include = none' }, diskFiles, new Report());
  await expect(relative).rejects.toMatchObject({
    code: 'CONF_SYNTAX',
    message: expect.stringContaining(join(process.cwd(), 'none')) as string,
  });
  const named = loadConfiguration({ text, path: 'config' }, diskFiles, new Report());
  expect((await named).files[0]).toBe('config');
});

test('a folder stands for its files *.conf, by name', async () => {
  mkdirSync(join(folder, 'parts'));
  put('parts/b.conf', 'lxc.tty.max = 2\n');
  put('parts/a.conf', 'lxc.tty.max = 1\n');
  put('parts/.conf', 'lxc.tty.max = 8\n');
  put('parts/c.txt', 'lxc.tty.max = 9\n');
  const { entries } = await load('lxc.include = parts\n');
  expect(entries.map(({ value }) => value)).toEqual(['1', '2']);
});

test('a file may be included twice, but not by itself', async () => {
  put('two.conf', 'lxc.cap.drop = sys_time\n');
  const { entries } = await load('lxc.include = two.conf\nlxc.include = two.conf\n');
  expect(entries).toHaveLength(2);
  put('a.conf', 'lxc.include = b.conf\n');
  put('b.conf', '\nlxc.include = a.conf\n');
  await expect(load('lxc.include = a.conf\n')).rejects.toMatchObject({
    code: 'CONF_SYNTAX',
    path: join(folder, 'b.conf'),
    line: 2,
    message: expect.stringMatching(/in a loop: .*config includes .*a.conf includes /) as string,
  });
  await expect(load('lxc.include = config\n')).rejects.toMatchObject({ code: 'CONF_SYNTAX' });
});

test('files include each other sixteen deep, and no deeper', async () => {
  for (let index = 1; index < 16; index += 1) {
    put(`${index}.conf`, `lxc.include = ${index + 1}.conf\n`);
  }
  put('16.conf', '');
  expect((await load('lxc.include = 2.conf\n')).files).toHaveLength(16);
  await expect(load('lxc.include = 1.conf\n')).rejects.toMatchObject({
    code: 'CONF_SYNTAX',
    message: expect.stringContaining('files include each other more than 16 deep: ') as string,
  });
});

test('many files that include two others each are not read for ever', async () => {
  mkdirSync(join(folder, 'many'));
  for (let index = 0; index < 12; index += 1) {
    put(`many/${index}.conf`, `lxc.include = ${index + 1}.conf\n`.repeat(2));
  }
  put('many/12.conf', '');
  await expect(load('lxc.include = many/0.conf\n')).rejects.toMatchObject({
    message: expect.stringContaining('more than 256 files') as string,
  });
});

test.each<[string, string, RegExp]>([
  ['a missing file', 'lxc.include = none.conf', /config:1: lxc.include = none.conf: ENOENT/],
  ['a missing fstab', 'lxc.mount = none', /config:1: lxc.mount = none: ENOENT/],
  ['a line without a =', '\nlxc.tty.max', /config:2: 'lxc.tty.max' has no '='/],
])('%s is an error with its place', async (_, text, message) => {
  await expect(load(text)).rejects.toMatchObject({
    code: 'CONF_SYNTAX',
    message: expect.stringMatching(message) as string,
  });
});

test('a file that is not in UTF-8 is refused, and not read as another text', async () => {
  writeFileSync(join(folder, 'latin.conf'), Buffer.from('lxc.uts.name = caf\xe9\n', 'latin1'));
  for (const line of ['lxc.include = latin.conf', 'lxc.mount.fstab = latin.conf']) {
    await expect(load(line)).rejects.toMatchObject({
      code: 'CONF_SYNTAX',
      message: expect.stringContaining(`'${join(folder, 'latin.conf')}' is not in UTF-8`) as string,
    });
  }
});

test('a file is not read without an end', async () => {
  put('large.conf', '# x\n'.repeat(300_000));
  await expect(load('lxc.include = large.conf')).rejects.toMatchObject({
    message: expect.stringContaining('is larger than 1 MiB') as string,
  });
});

test('lines of the fstab are told of with their own places', async () => {
  put('fstab', '# comment\n\nproc proc proc defaults 0 0\n');
  const { fstab, files } = await load('lxc.mount.fstab = fstab\n');
  expect(fstab).toEqual([
    expect.objectContaining({
      value: 'proc proc proc defaults 0 0',
      place: { file: join(folder, 'fstab'), line: 3 },
    }),
  ]);
  expect(files.at(-1)).toBe(join(folder, 'fstab'));
});
