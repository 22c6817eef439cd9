/** The HEALTHCHECK of an image: kept by a pull, carried out in its container as docker does, and changed by the caller. */
import { join } from 'node:path';
import { connect } from 'tslxc';
import type { Domain, ImageDomain } from 'tslxc';
import { makeDockerArchive } from '../support/image/docker-archive';
import { busyboxLayer, makeLayout } from '../support/image/image-layout';
import { directory } from '../support/image/tar-archive';
import { runIn } from '../support/domain/exec';
import { runCommand } from '../support/process/run-command';
import { eventually } from '../support/time/eventually';
import { containerTest } from '../support/world/container-test';
import { makeTestRoot } from '../support/root/test-root';

const milliseconds = 1_000_000;

/** It says as whom, where and by which shell it runs. */
const line = 'echo "$WORD $0 $-" >said; id -u >>said; pwd >>said; test -e well';

const config = {
  ...{ Cmd: ['sh', '-c', 'touch well; exec sleep 1000'], User: 'alice', WorkingDir: '/srv/alice' },
  ...{ Env: ['WORD=of-image'], Shell: ['/bin/sh', '-fc'] },
  Healthcheck: { Test: ['CMD-SHELL', line], Interval: 100 * milliseconds, Retries: 1 },
};
const layers = [[...busyboxLayer(), { ...directory('srv/alice'), uid: 1234, gid: 2345 }]];

const world = containerTest(
  async (keep) => {
    const root = keep(await makeTestRoot());
    const connection = keep(await connect(undefined, { root: root.path }));
    const saved = makeDockerArchive(join(root.path, 'saved.tar'), { layers, config });
    await connection.images.pull(saved, { name: 'saved' });
    const built = makeLayout(join(root.path, 'layout'), { layers, config });
    await connection.images.pull(built, { name: 'built' });
    const none = makeLayout(join(root.path, 'none'), { layers, config: { Cmd: ['sh'] } });
    await connection.images.pull(none, { name: 'none' });
    return { root, connection };
  },
  { per: 'file' },
);

const tslxc = (...words: readonly string[]) => runCommand(words, { root: world.root.path });

async function said(domain: Domain, command: string): Promise<string> {
  const { stdout, stderr } = await runIn(domain, ['/bin/sh', '-c', command]);
  return `${stdout}${stderr}`;
}

test.each(['saved', 'built'])(
  'the check of an image that was %s runs as its program does, and says what the container’s health is',
  async (name) => {
    const domain = await world.connection.createFromImage(name);
    await domain.waitFor({ healthy: true });
    const found = await said(domain, 'cat /srv/alice/said');
    expect(found).toMatch(/^of-image \/bin\/sh \w*f\w*\n1234\n\/srv\/alice\n$/);
    await said(domain, 'rm /srv/alice/well');
    await eventually(async () =>
      expect(await domain.info()).toMatchObject({
        health: { state: 'unhealthy', message: 'it exited with 1' },
      }),
    );
    await domain.destroy();
  },
);

test.each<[string, string[], string]>([
  [
    'the image’s times are kept, and docker’s are there for others',
    [],
    "'100' timeout='30000' retries='1'",
  ],
  [
    'times alone are for the image’s check',
    ['--health-interval=9s'],
    "'9000' timeout='30000' retries='1'",
  ],
  [
    'a check of the caller’s keeps the image’s times',
    ['--health-cmd=true'],
    "'100' timeout='30000' retries='1'",
  ],
])('%s', async (_title, options, expected) => {
  const { stdout } = await tslxc('run', '--print-xml', ...options, 'built');
  expect(stdout).toContain(`<tslxc:health interval=${expected}>`);
  const program = options.includes('--health-cmd=true') ? 'true' : 'echo &quot;$WORD';
  expect(stdout).toContain(`<tslxc:arg>${program}`);
});

test('none is checked where neither says it, or the caller says so', async () => {
  const checks: string[] = [];
  for (const { code, stdout } of [
    await tslxc('run', '--print-xml', 'none'),
    await tslxc('run', '--print-xml', '--no-healthcheck', 'built'),
    await tslxc('create', '--image', 'built', '--print-xml', '--no-healthcheck'),
    // The control.
    await tslxc('create', '--image', 'built', '--print-xml'),
  ]) {
    expect(code).toBe(0);
    checks.push(stdout.includes('<tslxc:health') ? 'checked' : 'not checked');
  }
  expect(checks).toEqual(['not checked', 'not checked', 'not checked', 'checked']);
  const xml = await world.connection.images.domainXml('built', { health: 'none' });
  expect(xml).not.toContain('tslxc:health');
});

test('times without a check are refused, by the words of the caller', async () => {
  expect(await tslxc('run', '--health-retries', '2', 'none')).toMatchObject({
    code: 125,
    stderr: expect.stringContaining(
      'the image has no health check of its own: give one by --health-cmd',
    ) as string,
  });
  const asked: ImageDomain = { health: { interval: 5 } };
  await expect(world.connection.createFromImage('none', asked)).rejects.toMatchObject({
    code: 'INVALID_ARG',
    element: 'domain.health',
    message: expect.stringContaining("give 'exec' or 'port'") as string,
  });
});
