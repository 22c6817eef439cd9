/** Why a storm that finds nothing proves something: a short one finds each fault that is planted in it, and nothing without one. */
import { join } from 'node:path';
import { plants } from '../soak/options';
import type { Plant } from '../soak/options';
import { packageRoot, runProgram } from '../support/process/run-command';

const minutes = 60_000;

async function soak(...more: readonly string[]): Promise<{ code: number; stdout: string }> {
  const script = join(packageRoot, 'scripts', 'test-soak.js');
  const size = ['--seed', '1', '--seconds', '1', '--round', '6', '--domains', '6', '--limit', '20'];
  // It ends its world when it is told to end.
  const limited = ['timeout', '--kill-after=20', '180', process.execPath, script];
  const { code, stdout, stderr } = await runProgram([...limited, ...size, ...more], {
    timeout: 3.5 * minutes,
  });
  process.stdout.write(stderr);
  return { code, stdout };
}

const found: Readonly<Record<Plant, RegExp>> = {
  cgroup: /^FINDING .*: LEFT on the host\n(.*\n)*? *\+ .*soak-planted/m,
  process: /^FINDING .*: LEFT on the host\n(.*\n)*? *\+ \d+ sleep: sleep 1000/m,
  file: /^FINDING .*: LEFT below the root\n *.*soak-planted/m,
  state: /^FINDING .*: FALSE STATE of domain 0/m,
  error: /^FINDING .*INTERNAL_ERROR.*\(a planted error\)/m,
  hang: /^FINDING .* hangs after 20 s\n/m,
  cut: /^FINDING .*DISCONNECTED.*\(a planted loss\)/m,
  daemon: /^FINDING .*: the daemon has ended by itself: SIGKILL\n/m,
};

/** What makes a fault possible. */
const needed: Partial<Record<Plant, readonly string[]>> = {
  daemon: ['--daemon'],
  cut: ['--daemon'],
};

test.each(plants)(
  'a planted fault is found: %s',
  async (plant) => {
    const { code, stdout } = await soak('--plant', plant, ...(needed[plant] ?? []));
    expect(stdout).toMatch(found[plant]);
    expect(code).toBe(1);
  },
  4 * minutes,
);

const controls = [
  { by: 'the library', options: [], kill: 'command', ways: /^by command \d+, library \d+$/m },
  {
    by: 'the daemon as well',
    // It lives for some seconds at least.
    options: ['--daemon', '--round', '20'],
    kill: 'daemon',
    ways: /^by .*, python \d+, virsh \d+$/m,
  },
];

test.each(controls)(
  'control: without one there is nothing to find, through $by',
  async ({ options, kill, ways }) => {
    const { code, stdout } = await soak(...options);
    expect(stdout).toMatch(/^0 findings$/m);
    expect(stdout).toMatch(/^\d+ operations: .*start [1-9]/m);
    expect(stdout).toMatch(ways);
    expect(stdout).toMatch(new RegExp(`^[1-9]\\d* kills: .*\\b${kill} [1-9]`, 'm'));
    expect(code).toBe(0);
  },
  4 * minutes,
);
