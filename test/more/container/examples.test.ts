/** The examples that need no network, run as their READMEs say: ci-runner, sandbox, and the container of systemd-unit. */
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeRoot } from 'tslxc';
import { ExampleCopy, examplesFolder } from '../../support/examples/example';
import { NotifyParent } from '../../support/process/notify-parent';
import { runProgram } from '../../support/process/run-command';
import { runIn } from '../../support/domain/exec';
import { eventually } from '../../support/time/eventually';
import { containerTest, rootAndConnection } from '../../support/world/container-test';

const world = containerTest(rootAndConnection);

describe('ci-runner', () => {
  const makeRunner = (): ExampleCopy =>
    new ExampleCopy('ci-runner', { root: world.root.path, home: 'CI_HOME' });

  /** Nothing of the jobs is left but what they were to hand over. */
  async function expectNothingLeft(runner: ExampleCopy): Promise<void> {
    expect(await world.connection.listDomains()).toEqual([]);
    expect(readdirSync(join(runner.home, 'scratch'))).toEqual([]);
  }

  test('runs the jobs of its README, and hands over what they have built', async () => {
    await using runner = makeRunner();
    const { code, stdout } = await runner.run('run.js', 'jobs.json');
    const archive = join(runner.path, 'artefacts', 'build.tar');
    expect([code, stdout]).toEqual([
      0,
      expect.stringContaining('[test] the page has the greeting\n'),
    ]);
    expect(stdout).toMatch(new RegExp(`^build: passed, ${archive}\ntest: passed\n$`, 'm'));
    const page = await runProgram(['tar', '-xOf', archive, 'dist/page.txt']);
    expect(page.stdout).toMatch(/^built on \d{4}-\d\d-\d\d\nhello world\n$/);
    await expectNothingLeft(runner);
  });

  test('tells failure, want of memory, and want of time apart, and follows no path on the host', async () => {
    await using runner = makeRunner();
    const jobs = [
      { name: 'failing', steps: ['echo first', 'exit 3', 'echo never'] },
      { name: 'greedy', steps: ['tail /dev/zero'], memory: 32 },
      { name: 'endless', steps: ['while :; do :; done'], seconds: 2 },
      { name: 'ending', steps: ['busybox reboot -f; sleep 1000'], seconds: 60 },
      { name: 'leaving', steps: ['sleep 1000 & echo left'] },
      { name: 'talkative', steps: ['head -c 5000000 /dev/zero'] },
      { name: 'empty', steps: ['true'], artefacts: ['nothing'] },
      { name: 'sly', steps: ['ln -s /etc/shadow link'], artefacts: ['link'] },
      { name: 'offline', steps: ['wget -q -T 2 http://192.0.2.1/'] },
    ];
    writeFileSync(join(runner.path, 'mine.json'), JSON.stringify({ source: 'project', jobs }));
    const { code, stdout } = await runner.run('run.js', 'mine.json');
    expect(code).toBe(1);
    const verdicts = stdout.split('\n').filter((line) => /^\w+: /.test(line));
    expect(verdicts).toEqual([
      'failing: failed, exit 3: exit code 3',
      expect.stringMatching(/^greedy: out of memory, tail \/dev\/zero: (SIGKILL|exit code 137)$/),
      'endless: timed out, after 2 s',
      expect.stringMatching(/^ending: failed, /),
      'leaving: passed',
      expect.stringMatching(/^talkative: failed, .* longer than maxBuffer, 4194304 bytes$/),
      "empty: failed, artefacts: they can't be packed",
      `sly: passed, ${join(runner.path, 'artefacts', 'sly.tar')}`,
      'offline: failed, wget -q -T 2 http://192.0.2.1/: exit code 1',
    ]);
    expect(stdout).not.toContain('never\n');
    const listed = await runProgram(['tar', '-tvf', join(runner.path, 'artefacts', 'sly.tar')]);
    expect(listed.stdout).toMatch(/^l\S+ .* link -> \/etc\/shadow\n$/);
    expect(readdirSync(join(runner.path, 'artefacts'))).toEqual(['sly.tar']);
    await expectNothingLeft(runner);
  });

  test('is cancelled by ^C', async () => {
    await using runner = makeRunner();
    const jobs = [{ name: 'endless', steps: ['echo begun', 'sleep 1000'] }];
    writeFileSync(join(runner.path, 'mine.json'), JSON.stringify({ source: 'project', jobs }));
    const child = runner.start('run.js', 'mine.json');
    let output = '';
    child.stdout?.on('data', (chunk: Buffer) => (output += chunk.toString()));
    const ended = new Promise((resolve) => child.once('close', resolve));
    await eventually(() => expect(output).toContain('[endless] begun\n'));
    child.kill('SIGINT');
    expect(await ended).toBe(1);
    expect(output).toMatch(/^endless: cancelled$/m);
    await expectNothingLeft(runner);
  });
});

describe('sandbox', () => {
  interface Line {
    readonly script: string;
    readonly verdict: string;
    readonly code?: number;
    readonly stdout: string;
    readonly stderr: string;
    readonly refused: number;
  }

  test('lets scripts of strangers do what they may, and nothing else', async () => {
    const options = { root: world.root.path, home: 'SANDBOX_HOME' };
    await using sandbox = new ExampleCopy('sandbox', options);
    const scripts = readdirSync(join(sandbox.path, 'scripts')).map((name) => `scripts/${name}`);
    const { code, stdout, stderr } = await sandbox.run('sandbox.js', ...scripts);
    expect([code, stderr]).toEqual([0, '']);
    const lines = stdout.trimEnd().split('\n');
    const outcomes = new Map(
      lines.map((text): [string, Line] => {
        const line = JSON.parse(text) as Line;
        return [line.script, line];
      }),
    );
    expect(outcomes.size).toBe(scripts.length);
    expect(outcomes.get('hello.sh')).toMatchObject({ code: 0, stdout: 'hello from nobody\n' });
    expect(outcomes.get('escape.sh')).toMatchObject({ code: 0, stdout: 'done\n' });
    expect(outcomes.get('loop.sh')).toMatchObject({ verdict: 'timed out', stdout: '' });
    expect(outcomes.get('memory.sh')).toMatchObject({ verdict: 'out of memory' });
    expect(outcomes.get('flood.sh')).toMatchObject({ verdict: 'too much output' });
    expect(outcomes.get('flood.sh')?.stdout).toHaveLength(64 * 1024);
    expect(outcomes.get('forks.sh')?.stderr).toContain("can't fork");
    expect(outcomes.get('forks.sh')?.refused).toBeGreaterThan(0);
    expect(await world.connection.listDomains()).toEqual([]);
  });
});

describe('systemd-unit', () => {
  test('its container tells a service manager that it runs, and ends when it is asked to', async () => {
    const folder = join(world.root.path, 'clock');
    mkdirSync(folder, { mode: 0o700 });
    await makeRoot(join(folder, 'root'));
    const xml = readFileSync(join(examplesFolder, 'systemd-unit', 'clock.xml'), 'utf8');
    const domain = await world.connection.defineDomain(xml.replace('/var/lib/clock', folder));
    await using unit = new NotifyParent(['start', '--foreground', 'clock'], world.root.path);
    await unit.expectLast('notified READY=1');
    await domain.waitFor({ console: /\d\d:\d\d:\d\d/ });
    expect((await runIn(domain, ['id', '-u'])).stdout).toBe('0\n');
    unit.send('SIGTERM');
    await domain.waitFor({ state: 'shutoff' });
    expect(await domain.state()).toMatchObject({ reason: 'shutdown', exit: { code: 0 } });
    await unit.expectLast('exit 0');
  });
});
