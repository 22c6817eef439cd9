/** What is told of title, description and metadata of a virtual network, whichever definition and whichever process changes them. */
import { execFileSync } from 'node:child_process';
import type { Network, NetworkEvent } from 'tslxc';
import { statePaths } from '../../../lib/host/state/state-paths';
import { HookScripts } from '../../support/domain/hook-scripts';
import { runSuccessfully } from '../../support/process/run-command';
import { eventually } from '../../support/time/eventually';
import { containerTest, rootAndConnection } from '../../support/world/container-test';

const world = containerTest(rootAndConnection);

/** What an event says that is not of its time. */
function saidBy({ event, detail, uri }: NetworkEvent): string {
  return [event, detail, uri].filter((word) => word !== undefined).join(' ');
}

/** What is told of this network from now on. */
function toldOf({ uuid }: Network): readonly string[] {
  const told: string[] = [];
  world.connection.on('network', (event) => {
    // The network that is there without being asked for is not meant.
    if (event.uuid === uuid) told.push(saidBy(event));
  });
  return told;
}

test('each change is told of once, of what runs as of what is stored, and one that is refused is not', async () => {
  const { connection, root } = world;
  const network = await connection.defineNetwork('<network><name>lab</name></network>');
  const told = toldOf(network);
  await runSuccessfully(['net-desc', 'lab', '--title', 'A title'], { root: root.path });
  await network.start();
  try {
    await network.setDescription('What it is for', { which: 'both' });
    const element = ['--key', 'k', '--set', '<one/>', '--live'];
    await runSuccessfully(['net-metadata', 'lab', 'urn:x', ...element], { root: root.path });
    await network.setMetadata('urn:x', undefined, { which: 'live' });
    await expect(network.setTitle('one\ntwo')).rejects.toThrow('newlines');
    await expect(network.setMetadata('', undefined)).rejects.toThrow(
      'the URI of metadata must not be empty',
    );
    await network.setTitle(undefined, { which: 'inactive' });
  } finally {
    await network.destroy();
  }
  await expect(network.setTitle('late', { which: 'live' })).rejects.toThrow('not running');
  await network.undefine();
  await eventually(() => expect(told.at(-1)).toBe('undefined'));
  expect(told).toEqual([
    'metadata-change title',
    'started',
    'metadata-change description',
    'metadata-change element urn:x',
    'metadata-change element urn:x',
    'metadata-change title',
    'stopped',
    'undefined',
  ]);
});

describe('what has happened is told of', () => {
  let network: Network;

  beforeEach(async () => {
    network = await world.connection.defineNetwork('<network><name>lab</name></network>');
    await network.start();
  });

  afterEach(async () => {
    await network.destroy();
    await network.undefine();
  });

  test('though who has done it is killed while a hook hears of it', async () => {
    const told = toldOf(network);
    const words = ['net-desc', 'lab', '--title', 'A title'];
    const kill = await new HookScripts(world.root).stuckAt('network', 'updated', words);
    await kill();
    expect(await network.getTitle()).toBe('A title');
    await eventually(() => expect(told).toEqual(['metadata-change title']));
  });

  test('though the stored definition can not be written after it', async () => {
    const told = toldOf(network);
    const folder = statePaths(world.root.path).networkDefinitions;
    execFileSync('mount', ['--bind', folder, folder]);
    try {
      execFileSync('mount', ['-o', 'remount,bind,ro', folder]);
      await expect(network.setTitle('A title', { which: 'both' })).rejects.toThrow('EROFS');
    } finally {
      execFileSync('umount', ['--lazy', folder]);
    }
    expect(await network.getTitle()).toBe('A title');
    expect(await network.getTitle({ which: 'inactive' })).toBeUndefined();
    await eventually(() => expect(told).toEqual(['metadata-change title']));
  });
});
