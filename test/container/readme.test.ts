/** The README's library example, run as it is printed. */
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expectHostUnchanged, snapshotHost } from '../support/host-snapshot';

const packageRoot = join(__dirname, '../..');
const readme = readFileSync(join(packageRoot, 'README.md'), 'utf8');

test('the README opens with the two commands', () => {
  const [, block = ''] = /```sh\n([\s\S]*?)```/.exec(readme) ?? [];
  expect(block.split('\n').map((line) => line.split('#')[0]?.trim())).toEqual([
    'npm run hello',
    'npm test',
    '',
  ]);
});

test('the library example runs as printed', async () => {
  const [, example = ''] = /```js\n([\s\S]*?)```/.exec(readme) ?? [];
  const directory = mkdtempSync(join(tmpdir(), 'tslxc-readme-'));
  const before = snapshotHost();
  try {
    const script = join(directory, 'example.js');
    writeFileSync(script, example.replace("require('tslxc')", `require('${packageRoot}')`));
    const { stdout } = await promisify(execFile)(process.execPath, [script], {
      env: { ...process.env, TSLXC_ROOT: join(directory, 'root') },
    });
    expect(stdout).toBe('world\r\nhello world\r\ninit exited with 3\n');
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
  await expectHostUnchanged(before);
});
