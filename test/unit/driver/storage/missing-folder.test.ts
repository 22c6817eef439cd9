/** A pool whose folder is missing can't be started, and says what makes it. */
import { join } from 'node:path';
import { FakeHost } from '../../../support/fake/host/fake-host';
import { removeScratchAfterEach, scratchDirectory } from '../scratch';
import { containing } from '../refusal';

removeScratchAfterEach();

test('a start without the folder names it, and what makes it', async () => {
  const host = new FakeHost(scratchDirectory());
  const connection = host.connect();
  const folder = join(host.root, 'disks');
  const xml = `<pool type='dir'><name>disks</name><target><path>${folder}</path></target></pool>`;
  const refusal = {
    code: 'SYSTEM_ERROR',
    path: folder,
    message: containing(
      `the folder ${folder} is missing: ENOENT, no such file or directory; pool-build makes it, or --build at the start`,
    ),
  };
  await expect(connection.createStoragePool(xml)).rejects.toMatchObject(refusal);
  const pool = await connection.defineStoragePool(xml);
  await expect(pool.start()).rejects.toMatchObject(refusal);
  await pool.start({ build: true });
});
