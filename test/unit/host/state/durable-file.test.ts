/** What an error says of a file that can't be replaced. */
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { replaceFile } from '../../../../lib/host/state/durable-file';

test('the file that is to be replaced is named, and not the temporary one, which is removed', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tslxc-durable-'));
  try {
    const path = join(folder, 'record');
    mkdirSync(path);
    await expect(replaceFile(path, 'new')).rejects.toMatchObject({ code: 'EISDIR', path });
    expect(readdirSync(folder)).toEqual(['record']);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
