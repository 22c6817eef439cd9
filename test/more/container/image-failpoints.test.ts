/**
 * A pull is killed, or fails, at each of its failpoints: afterwards the image is there as a whole or not at all, the next pull
 * works, and nothing is left of the one before.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from 'tslxc';
import { imageFailpoints, type ImageFailpoint } from '../../../lib/image/failpoint';
import { makeLayout } from '../../support/image/image-layout';
import { directory, file } from '../../support/image/tar-archive';
import { listProcesses, readProcess } from '../../support/process/processes';
import { commandEnvironment, commandLine, spawnCommand } from '../../support/process/run-command';
import { pidOf, pidsOf } from '../../support/domain/exec';
import { eventually } from '../../support/time/eventually';
import { containerTest } from '../../support/world/container-test';
import { makeTestRoot } from '../../support/root/test-root';

const world = containerTest(async (keep) => {
  const root = keep(await makeTestRoot());
  const connection = keep(await connect(undefined, { root: root.path }));
  const layers = [
    [directory('data'), file('data/one', '1'.repeat(100_000))],
    [file('data/two', '2'.repeat(100_000))],
  ];
  const source = makeLayout(join(root.path, 'layout'), { layers });
  return { root, connection, source };
});

const store = (...path: string[]): string => join(world.root.path, 'var/lib/tslxc/images', ...path);

/** Where the record is there already, so is the image. */
const late: readonly ImageFailpoint[] = ['image:after-record', 'image:after-clean-up'];

test.each(imageFailpoints.flatMap((point) => [[point, 'kill'] as const, [point, 'fail'] as const]))(
  'at %s: %s',
  async (point, action) => {
    const { connection, root, source } = world;
    const first = await spawnCommand(['pull', source, 'tried'], {
      root: root.path,
      env: { TSLXC_IMAGE_FAILPOINT: `${point}=${action}` },
    });
    if (action === 'kill') expect(first.signal).toBe('SIGKILL');
    else expect(first).toMatchObject({ code: 1, stderr: expect.stringContaining(point) as string });
    const images = await connection.images.list();
    expect(images.map(({ name }) => name)).toEqual(late.includes(point) ? ['tried:latest'] : []);
    // Programs that it has started end with it.
    await eventually(() => expect(toolsOf(root.path)).toEqual([]));
    const again = await connection.images.pull(source, { name: 'tried' });
    const [top = '', bottom = ''] = again.layers;
    expect(readFileSync(join(bottom, 'data/one'), 'utf8')).toHaveLength(100_000);
    expect(readFileSync(join(top, 'data/two'), 'utf8')).toHaveLength(100_000);
    expect(readdirSync(store('drafts'))).toEqual([]);
    expect(readdirSync(store('layers'))).toHaveLength(2);
    await connection.images.remove('tried');
    expect([readdirSync(store('layers')), existsSync(top)]).toEqual([[], false]);
  },
);

test('two pulls of one image at once are both done, and each layer is there once', async () => {
  const { connection, source, root } = world;
  const [one, two, other] = await Promise.all([
    connection.images.pull(source, { name: 'one' }),
    connection.images.pull(source, { name: 'two' }),
    spawnCommand(['pull', source, 'three'], { root: root.path }),
  ]);
  expect(other.code).toBe(0);
  expect(two.layers).toEqual(one.layers);
  expect(readdirSync(store('layers'))).toHaveLength(2);
  expect(readdirSync(store('drafts'))).toEqual([]);
});

describe('while skopeo is at work', () => {
  const sleeping = ['sleep', '98765'];

  /** A pull whose copy goes on for ever, with the process that it is. */
  async function pulling(): Promise<ChildProcess> {
    const folder = join(world.root.path, 'bin');
    mkdirSync(folder);
    const skopeo = `case "$*" in *"copy "*) exec ${sleeping.join(' ')};; esac; exec /usr/bin/skopeo "$@"`;
    writeFileSync(join(folder, 'skopeo'), `#!/bin/sh\n${skopeo}\n`, { mode: 0o755 });
    const [program = '', ...words] = commandLine('pull', world.source, 'tried');
    const PATH = `${folder}:${process.env['PATH'] ?? ''}`;
    const child = spawn(program, words, {
      env: { ...commandEnvironment(world.root.path), PATH },
      stdio: 'ignore',
    });
    await pidOf(...sleeping);
    return child;
  }

  test.each(['SIGKILL', 'SIGINT'] as const)('%s ends both, and leaves no image', async (signal) => {
    const child = await pulling();
    const ended = once(child, 'exit') as Promise<[number | null, string | null]>;
    child.kill(signal);
    const [code] = await ended;
    // Of what Ctrl-C ends, by the rules of shells; then it has cleaned up itself.
    expect(code).toBe(signal === 'SIGINT' ? 130 : null);
    await eventually(() => expect(pidsOf(...sleeping)).toEqual([]));
    if (signal === 'SIGINT') expect(readdirSync(store('drafts'))).toEqual([]);
    expect(await world.connection.images.list()).toEqual([]);
    await world.connection.images.pull(world.source, { name: 'tried' });
    expect(readdirSync(store('drafts'))).toEqual([]);
  });
});

/** skopeo and umoci at work below the root. */
function toolsOf(root: string): string[] {
  return listProcesses()
    .map((pid) => readProcess(pid).words.join(' '))
    .filter((words) => /^\S*(skopeo|umoci) /.test(words) && words.includes(root));
}
