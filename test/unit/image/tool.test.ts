/** The programs for images: one that stalls is killed. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runTool } from '../../../lib/image/tool';

let folder: string;
const { PATH } = process.env;

/** A program by the name of skopeo, found first. */
function skopeoIs(script: string): void {
  writeFileSync(join(folder, 'skopeo'), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  process.env['PATH'] = `${folder}:${PATH}`;
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tslxc-unit-'));
});
afterEach(() => {
  process.env['PATH'] = PATH;
  rmSync(folder, { recursive: true });
});

const run = (patience: number): Promise<string> =>
  runTool(
    { program: 'skopeo', args: [], step: 'copy', signal: undefined, temporary: folder },
    patience,
  );

test('a program that neither reads nor writes is killed, and the error says so', async () => {
  skopeoIs('echo $$ >&2; echo $$; exec sleep 1000');
  await expect(run(100)).rejects.toMatchObject({
    code: 'OPERATION_TIMEOUT',
    step: 'copy',
    message: expect.stringMatching(
      /skopeo has neither read nor written anything for 0.1 s/,
    ) as string,
  });
});

test('skopeo unpacks archives where its caller cleans up, and not in /var/tmp', async () => {
  skopeoIs('echo "$@"');
  const call = { program: 'skopeo', step: 'copy', signal: undefined, temporary: folder } as const;
  expect(await runTool({ ...call, args: ['inspect', 'oci-archive:x'] })).toBe(
    `--tmpdir ${folder} inspect oci-archive:x\n`,
  );
});
