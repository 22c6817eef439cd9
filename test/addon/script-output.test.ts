/** What a script of a hook may write: a caller keeps so much of it and no more, and the script is never held up. */
import { writeFileSync } from 'node:fs';
import { runToEnd } from '../../lib/driver/hooks/script-process';
import type { ScriptEnd } from '../../lib/driver/hooks/script-process';
import { Scratch } from './scratch';

let scratch: Scratch;

beforeEach(() => {
  scratch = new Scratch();
});

afterEach(() => scratch.dispose());

function run(lines: string): Promise<ScriptEnd> {
  const path = scratch.at('script');
  writeFileSync(path, `#!/bin/sh\n${lines}\n`, { mode: 0o755 });
  return runToEnd({ path, words: [], input: '', timeout: 15_000 });
}

/** Kept: 16 KiB, and what came with the last of them. */
const most = 2 * 16_384;
const flood = 'dd if=/dev/zero bs=65536 count=512 2>/dev/null';

test.each([
  ['its output', flood],
  ['its errors', `{ ${flood}; } >&2`],
  ['both at once', `${flood} & { ${flood}; } >&2; wait`],
])('32 MiB of %s are read, and some kilobytes of them kept', async (_what, lines) => {
  const { outcome, output, errors } = await run(`${lines}\nexit 0`);
  expect(outcome).toBe('succeeded');
  expect(output.length).toBeGreaterThan(0);
  expect(output.length).toBeLessThanOrEqual(most);
  expect(errors.length).toBeLessThanOrEqual(most);
});

test('control: what fits is kept, in its order', async () => {
  const ended = await run('echo one; echo two >&2; exit 3');
  expect(ended).toMatchObject({ outcome: 'failed', errors: 'two\n' });
  expect(ended.output.split('\n').sort()).toEqual(['', 'one', 'two']);
});
