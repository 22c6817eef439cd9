/** A world of tests' own (scripts/own-world.sh): what tests of other worlds have at its beginning, and take away later, is not in it. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { NamedNetwork } from '../support/network/named-network';
import { packageRoot, runProgram } from '../support/process/run-command';

const script = join(packageRoot, 'scripts/own-world.sh');

test('a mount below a folder of the tests, and a named network namespace, are not in it', async () => {
  const folder = mkdtempSync('/var/tmp/tslxc-world-');
  execFileSync('mount', ['-t', 'tmpfs', 'none', folder]);
  try {
    using network = new NamedNetwork();
    const mounts = (argv: readonly [string, ...string[]]) =>
      runProgram([...argv, 'cat', '/proc/self/mountinfo']);
    const outside = await mounts(['env']);
    expect(outside.stdout).toContain(` ${folder} `);
    expect(outside.stdout).toContain(` ${network.path} `);
    const inside = await mounts(['sh', script]);
    expect(inside).toMatchObject({ code: 0, stderr: '' });
    expect(inside.stdout).toContain(' /proc ');
    expect(inside.stdout).not.toContain(folder);
    expect(inside.stdout).not.toContain('/run/netns');
  } finally {
    execFileSync('umount', [folder]);
    rmSync(folder, { recursive: true });
  }
});
