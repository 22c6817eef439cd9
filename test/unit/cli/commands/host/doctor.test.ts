/** doctor: what is found, for people and for programs. */
import type { HostReport } from '../../../../../lib/index';
import { run } from '../../run-main';

test('--json is the library’s report, whatever this machine is like', async () => {
  const { status, stdout } = await run('--root /nowhere doctor --json');
  const report = JSON.parse(stdout) as HostReport;
  expect(report.checks.map(({ id }) => id)).toContain('kernel.version');
  expect(status).toBe(report.status === 'fail' ? 1 : 0);
});

test('each finding is a line, with its advice below it, and a sum', async () => {
  const { stdout } = await run('--root /nowhere doctor');
  expect(stdout).toMatch(/^(ok|warn|fail) +kernel\.version +Linux \d/m);
  expect(stdout).toMatch(/^\d+ in order, \d+ warnings?, \d+ failures?$/m);
  const lines = stdout.trimEnd().split('\n');
  lines.forEach((line, index) => {
    if (/^(warn|fail)/.test(line)) expect(lines[index + 1]).toMatch(/^ {32}-> \S/);
  });
});

test('no connection is opened', async () => {
  expect((await run('--root /nowhere doctor')).connects).toEqual([]);
});
