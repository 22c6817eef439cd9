/** A purge in another network namespace than that of a network that runs. */
import { libraryWords } from '../support/process/library-child';
import { runProgram } from '../support/process/run-command';
import { makeNetworkWorld, networkXml, traces } from '../support/network/virtual-network-world';

test('a network of another network namespace is neither stopped nor forgotten by a purge, which says so', async () => {
  await using world = await makeNetworkWorld();
  const network = await world.connection.createNetwork(
    networkXml('lan', 51, `<bridge name='lan0'/>`),
  );
  const before = traces();
  const words = libraryWords(`
    const connection = await connect();
    const gone = [];
    await connection.purge({ onItem: ({ kind, name }) => gone.push(kind + ' ' + name) })
      .catch(({ message }) => console.log(message));
    console.log(JSON.stringify(gone));`);
  const { stdout } = await runProgram(['unshare', '--net', '--', ...words], { root: world.root });
  const [message, gone = ''] = stdout.trim().split('\n');
  expect(message).toBe(
    "Requested operation is not valid: network 'lan' runs in another network namespace of this host",
  );
  expect(gone).not.toContain('lan');
  expect(traces()).toEqual(before);
  expect(await network.info()).toMatchObject({ active: true });
});
