/** docs/coverage.md: current, and whole. */
import { coverageRows } from '../../../lib/domain/coverage';
import { readPage } from '../../support/documents/blocks';
import { packageRoot, runProgram } from '../../support/process/run-command';
import { join } from 'node:path';

test('the committed page is what the table makes of it', async () => {
  const script = join(packageRoot, 'scripts/generate-coverage-docs.js');
  expect(await runProgram([process.execPath, script, '--check'])).toMatchObject({
    code: 0,
    stderr: '',
  });
});

test('it has each element of the table, and each reason', () => {
  const text = readPage('docs/coverage.md').replace(/\\(.)/g, '$1');
  for (const { path, written, why } of coverageRows()) {
    expect(text).toContain(`\`${path}\``);
    expect(text).toContain(written);
    if (why !== undefined) expect(text).toContain(why);
  }
});
