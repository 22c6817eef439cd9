/** The same files of many folders, looked at in one job. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { native } from '../../lib/host/native';
import { changeTimeOf, stampOf, survey } from '../../lib/host/survey';
import type { Sight } from '../../lib/host/survey';
import type { SurveyFile } from '../../lib/host/calls/survey-request';
import { addonPath } from './node-child';
import { Scratch } from './scratch';

const scratch = new Scratch();

afterAll(() => scratch.dispose());

/** What is seen of one file. */
async function seen(file: string, look: SurveyFile['look'], known?: Buffer): Promise<Sight> {
  const [folder, name] = [join(file, '..'), file.slice(file.lastIndexOf('/') + 1)];
  const reader = await survey({
    folders: [folder],
    files: [{ name, look }],
    ...(known === undefined ? {} : { known: () => known }),
  });
  return reader.next();
}

const stampAt = (path: string): Buffer => stampOf(statSync(path, { bigint: true }));

describe('survey', () => {
  const file = scratch.at('file');
  const link = scratch.at('link');
  const pipe = scratch.at('pipe');
  writeFileSync(file, 'text\n');
  symlinkSync('file', link);
  execFileSync('mkfifo', [pipe]);

  test('texts come in the order of the folders and of the files in each', async () => {
    for (const [folder, names] of Object.entries({ a: ['x', 'y'], b: ['y'] })) {
      mkdirSync(scratch.at(folder));
      for (const name of names) writeFileSync(scratch.at(folder, name), `${folder}${name}`);
    }
    const reader = await survey({
      folders: [scratch.at('a'), scratch.at('gone'), scratch.at('b')],
      files: [
        { name: 'x', look: 'text' },
        { name: 'y', look: 'text' },
      ],
    });
    const texts = Array.from({ length: 6 }, () => {
      const sight = reader.next();
      return sight.seen === 'text' ? sight.bytes.toString() : sight;
    });
    const missing = { seen: 'failed', errno: 2, syscall: 'open' };
    expect(texts).toEqual(['ax', 'ay', missing, missing, missing, 'by']);
  });

  test('a file of the kernel, and a long one, are read to the end', async () => {
    const long = scratch.at('long');
    writeFileSync(long, 'x'.repeat(100_000));
    expect(await seen(long, 'text')).toMatchObject({ bytes: Buffer.alloc(100_000, 'x') });
    const stat = await seen(`/proc/${process.pid}/stat`, 'text');
    expect(stat.seen === 'text' && stat.bytes.toString()).toMatch(
      new RegExp(`^${process.pid} .*\n$`),
    );
  });

  test('a record that has the stamp which is known is not read', async () => {
    const first = await seen(file, 'record');
    const stamp = stampAt(file);
    expect(first).toEqual({ seen: 'record', stamp, bytes: Buffer.from('text\n') });
    expect(await seen(file, 'record', stamp)).toEqual({ seen: 'unchanged' });
    writeFileSync(file, 'other\n');
    expect(await seen(file, 'record', stamp)).toMatchObject({ bytes: Buffer.from('other\n') });
    expect(changeTimeOf(stampAt(file))).toBe(statSync(file, { bigint: true }).ctimeNs);
  });

  test('a record is no link, and no fifo is waited for; a stamp is that of the target', async () => {
    expect(await seen(link, 'record')).toEqual({ seen: 'other' });
    expect(await seen(pipe, 'record')).toEqual({ seen: 'other' });
    expect(await seen(pipe, 'lock')).toEqual({ seen: 'other' });
    expect(await seen(scratch.at(), 'record')).toEqual({ seen: 'other' });
    expect(await seen(link, 'stamp')).toEqual({ seen: 'stamp', stamp: stampAt(file) });
    expect(await seen(pipe, 'stamp')).toEqual({ seen: 'other' });
  });

  test('a lock of another open file is seen, and nothing is locked by looking', async () => {
    expect(await seen(file, 'lock')).toEqual({ seen: 'unlocked' });
    const fd = scratch.open(file, 'r+');
    expect(native().tryLockByte(fd, 0)).toBe(true);
    expect(await seen(file, 'lock')).toEqual({ seen: 'locked' });
    scratch.close(fd);
    expect(await seen(file, 'lock')).toEqual({ seen: 'unlocked' });
  });

  test('what can not be read says which errno of which call, and the others are read', async () => {
    const folder = scratch.at('partly');
    mkdirSync(folder);
    writeFileSync(join(folder, 'good'), 'good');
    symlinkSync('itself', join(folder, 'itself'));
    const names = ['itself', 'absent', 'good'];
    const looks = ['text', 'stamp', 'record', 'lock'] as const;
    const files = names.flatMap((name) => looks.map((look) => ({ name, look })));
    const reader = await survey({ folders: [folder], files });
    const sights = files.map(() => reader.next());
    const failed = (errno: number, syscall: string): object => ({ seen: 'failed', errno, syscall });
    expect(sights.slice(0, 8)).toEqual([
      failed(40, 'open'),
      failed(40, 'stat'),
      { seen: 'other' },
      failed(40, 'open'),
      failed(2, 'open'),
      failed(2, 'stat'),
      failed(2, 'stat'),
      failed(2, 'open'),
    ]);
    expect(sights.slice(8).map((sight) => sight.seen)).toEqual([
      'text',
      'stamp',
      'record',
      'unlocked',
    ]);
    rmSync(folder, { recursive: true });
    // A directory can be opened, and not be read.
    expect(await seen('/proc', 'text')).toEqual(failed(21, 'read'));
  });

  test('stamps that are not one for each file are refused', () => {
    const addon = module.require(addonPath) as { survey(request: object): unknown };
    const request = { folders: ['/'], files: [{ name: 'x', look: 'record' }] };
    const refused = 'request.known must be empty, or a stamp for each file of each folder';
    expect(() => addon.survey({ ...request, known: new Uint8Array(39) })).toThrow(refused);
    expect(() => addon.survey({ ...request, known: new Uint8Array(80) })).toThrow(refused);
  });
});
