/** test/native/console.cc, which needs a pty of the host: see there. Its control is in test/native. */
import { tmpdir } from 'node:os';
import { compileOne, runSanitized } from '../native/compile';

test('a console waits for readers that keep up, and for no others', async () => {
  const executable = await compileOne('console');
  expect(await runSanitized([executable], tmpdir())).toMatchObject({
    code: 0,
    signal: null,
    stderr: '',
  });
});
