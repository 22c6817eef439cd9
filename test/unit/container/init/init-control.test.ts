/** lib/container/init/init-control.ts: which init runs, as the kernel tells of real processes. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { initControl } from '../../../../lib/container/init/init-control';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tslxc-init-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test.each(['stays', 'is replaced'])('systemd is known as such when its file %s', async (fate) => {
  const program = join(folder, 'systemd');
  copyFileSync('/bin/sleep', program);
  const child = spawn(program, ['600'], { stdio: 'ignore' });
  const ended = once(child, 'exit');
  try {
    await once(child, 'spawn');
    if (fate === 'is replaced') rmSync(program);
    const { pid = 0 } = child;
    expect(initControl.kindOf({ id: process.pid, init: pid, consoles: [] })).toBe('systemd');
  } finally {
    child.kill('SIGKILL');
    await ended;
  }
});
