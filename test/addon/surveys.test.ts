/** The same files of many folders, looked at in one job, or at once. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { native } from '../../lib/host/native';
import { changeTimeOf, SightReader, stampOf, survey } from '../../lib/host/survey';
import type { Sight } from '../../lib/host/survey';
import { stampBytes } from '../../lib/host/calls/survey-request';
import type { OwnSurveyRequest, SurveyFile } from '../../lib/host/calls/survey-request';
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

  test('an entry is that of the folder, whatever a link leads to', async () => {
    expect(await seen(file, 'entry')).toEqual({ seen: 'stamp', stamp: stampAt(file) });
    expect(await seen(link, 'entry')).toEqual({ seen: 'other' });
    expect(await seen(pipe, 'entry')).toEqual({ seen: 'other' });
    expect(await seen(scratch.at(), 'entry')).toEqual({ seen: 'other' });
    expect(await seen(scratch.at('gone'), 'entry')).toMatchObject({ errno: 2, syscall: 'stat' });
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

describe('surveyNow', () => {
  const looks = ['entry', 'record', 'lock'] as const;
  const names = ['start.json', 'exit.json', 'monitor.lock'];
  const files = names.flatMap((name) => looks.map((look) => ({ name, look })));
  const noneKnown = Buffer.alloc(0);

  /** A run folder with these files. */
  function folder(name: string, content: Readonly<Record<string, string>>): string {
    mkdirSync(scratch.at(name));
    for (const [file, text] of Object.entries(content)) writeFileSync(scratch.at(name, file), text);
    return scratch.at(name);
  }

  /** Domains as their run folders show them, and what else can be in the place of a folder or a file. */
  function folders(): string[] {
    const start = '{"boot":"1"}';
    const running = folder('running', { 'start.json': start, 'monitor.lock': '7' });
    const held = scratch.open(join(running, 'monitor.lock'), 'r+');
    expect(native().tryLockByte(held, 0)).toBe(true);
    const odd = folder('odd', {});
    symlinkSync('/proc/version', join(odd, 'start.json'));
    execFileSync('mkfifo', [join(odd, 'monitor.lock')]);
    mkdirSync(join(odd, 'exit.json'));
    writeFileSync(scratch.at('no-folder'), '');
    return [
      scratch.at('never-made'),
      folder('off', { 'exit.json': '{"how":"exited"}' }),
      running,
      folder('ended', { 'start.json': start, 'exit.json': '{"how":"lost"}', 'monitor.lock': '' }),
      folder('damaged', { 'start.json': '{', 'monitor.lock': '' }),
      odd,
      scratch.at('no-folder'),
    ];
  }

  function sightsOf(answers: Buffer, { folders: all }: OwnSurveyRequest): Sight[] {
    const reader = new SightReader(answers);
    return all.flatMap(() => files.map(() => reader.next()));
  }

  test('it says what the job says of domains that run, have ended, are damaged or are none', async () => {
    const request = { folders: folders(), files, known: noneKnown };
    const answers = native().surveyNow(request);
    expect(answers).toEqual(await native().survey(request));
    const sights = sightsOf(answers, request);
    expect(new Set(sights.map(({ seen: what }) => what))).toEqual(
      new Set(['failed', 'stamp', 'record', 'locked', 'unlocked', 'other']),
    );
    const known = Buffer.alloc(sights.length * stampBytes);
    for (const [index, sight] of sights.entries()) {
      if (sight.seen === 'record') sight.stamp.copy(known, index * stampBytes);
    }
    const again = native().surveyNow({ ...request, known });
    expect(again).toEqual(await native().survey({ ...request, known }));
    expect(sightsOf(again, request).map(({ seen: what }) => what)).toEqual(
      sights.map(({ seen: what }) => (what === 'record' ? 'unchanged' : what)),
    );
  });

  test('what can not be read is an answer, which keeps none of the others from being read', () => {
    const good = folder('good', { 'start.json': 'good' });
    const start = [{ name: 'start.json', look: 'record' }] as const;
    const request = { folders: ['/nowhere', good], files: start, known: noneKnown };
    const reader = new SightReader(native().surveyNow(request));
    expect(reader.next()).toEqual({ seen: 'failed', errno: 2, syscall: 'open' });
    expect(reader.next()).toMatchObject({ seen: 'record', bytes: Buffer.from('good') });
  });

  test('stamps that are not one for each file are refused', () => {
    const request = { folders: ['/'], files, known: Buffer.alloc(stampBytes) };
    expect(() => native().surveyNow(request)).toThrow(
      'request.known must be empty, or a stamp for each file of each folder',
    );
  });
});
