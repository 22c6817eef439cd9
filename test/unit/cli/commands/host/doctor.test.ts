/** doctor: what is found, for people and for programs. */
import type { HostReport } from '../../../../../lib/index';
import { checkHost } from '../../../../../lib/driver/doctor/check-host';
import { fail, ok, reportOf, warn } from '../../../../../lib/driver/doctor/check';
import { run } from '../../run-main';

/** What this machine is like, unless a test says otherwise. */
jest.mock('../../../../../lib/driver/doctor/check-host', () => {
  const real = jest.requireActual<{ checkHost: typeof checkHost }>(
    '../../../../../lib/driver/doctor/check-host',
  );
  return { ...real, checkHost: jest.fn(real.checkHost) };
});

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

describe('the exit status', () => {
  const fine = ok('kernel.version', 'Linux 6.12.0');
  const lacking = warn('programs.nft', 'no nft', 'apt install nftables');
  const broken = fail('cgroup.layout', 'no cgroup tree', 'mount it');

  test.each([
    ['nothing fails', [fine], 0],
    ['something is missing or left over', [fine, lacking], 0],
    ['no container can be started', [broken, fine], 1],
  ] as const)('when %s', async (_, checks, expected) => {
    for (const words of ['doctor', 'doctor --json', '-q doctor']) {
      jest.mocked(checkHost).mockResolvedValueOnce(reportOf(checks));
      const { status, stdout } = await run(words);
      expect(status).toBe(expected);
      if (checks[0] === broken) expect(stdout).toContain('no cgroup tree');
    }
  });
});
