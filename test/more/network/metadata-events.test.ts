/** What is told of title, description and metadata of a virtual network, whichever definition and whichever process changes them. */
import type { NetworkEvent } from 'tslxc';
import { runSuccessfully } from '../../support/process/run-command';
import { eventually } from '../../support/time/eventually';
import { containerTest, rootAndConnection } from '../../support/world/container-test';

const world = containerTest(rootAndConnection);

/** What an event says that is not of its time. */
function saidBy({ event, detail, uri }: NetworkEvent): string {
  return [event, detail, uri].filter((word) => word !== undefined).join(' ');
}

test('each change is told of once, of what runs as of what is stored, and one that is refused is not', async () => {
  const { connection, root } = world;
  const network = await connection.defineNetwork('<network><name>lab</name></network>');
  const told: string[] = [];
  connection.on('network', (event) => {
    // The network that is there without being asked for is not meant.
    if (event.uuid === network.uuid) told.push(saidBy(event));
  });
  await runSuccessfully(['net-desc', 'lab', '--title', 'A title'], { root: root.path });
  await network.start();
  try {
    await network.setDescription('What it is for', { which: 'both' });
    const element = ['--key', 'k', '--set', '<one/>', '--live'];
    await runSuccessfully(['net-metadata', 'lab', 'urn:x', ...element], { root: root.path });
    await network.setMetadata('urn:x', undefined, { which: 'live' });
    await expect(network.setTitle('one\ntwo')).rejects.toThrow('newlines');
    await expect(network.setMetadata('', undefined)).rejects.toThrow();
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
