/** The streams of a volume's file, when its file system or the file itself doesn't go along. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { readingFrom, writingTo } from '../../../lib/storage/volume/transfer';

const failing = (error?: Error): Writable =>
  new Writable({
    write: (_chunk, _encoding, done) => {
      done(error);
    },
  });

test('an error of a full file system names the file of the volume', async () => {
  for (const extent of [{}, { length: 100 }]) {
    const target = await writingTo('/dev/full', extent);
    const failed = pipeline(Readable.from([Buffer.from('abc')]), target);
    await expect(failed).rejects.toMatchObject({ code: 'ENOSPC', path: '/dev/full' });
  }
});

test('an error of reading names the volume, and one of the other stream is left as it is', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tslxc-transfer-'));
  try {
    const failed = pipeline(await readingFrom(folder, {}), failing());
    await expect(failed).rejects.toMatchObject({ code: 'EISDIR', path: folder });
    const file = join(folder, 'file');
    writeFileSync(file, 'abc');
    const refusing = failing(new Error('the other stream'));
    const other: unknown = await pipeline(await readingFrom(file, {}), refusing).catch(
      (error: unknown) => error,
    );
    expect(other).toMatchObject({ message: 'the other stream' });
    expect(other).not.toHaveProperty('path');
  } finally {
    rmSync(folder, { recursive: true });
  }
});
