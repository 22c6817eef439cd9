/** rmi: each image that can be removed is, and each that can't is named. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { statePaths } from '../../../../../lib/host/state/state-paths';
import { imagePaths, recordPath } from '../../../../../lib/image/store/image-paths';
import { FakeConnection } from '../../../../support/fake/connection/fake-connection';
import { FakeHost } from '../../../../support/fake/host/fake-host';
import { removeScratchAfterEach, scratchDirectory } from '../../../driver/scratch';
import { run } from '../../run-main';

removeScratchAfterEach();

/** A connection to a root with these images, which have no layers. */
function withImages(names: readonly string[]) {
  const root = scratchDirectory();
  const paths = imagePaths(statePaths(root));
  for (const name of names) {
    const path = recordPath(paths, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, JSON.stringify({ name, chains: [], digest: 'sha256:0' }));
  }
  return Object.assign(new FakeConnection(), { images: new FakeHost(root).connect().images });
}

test('one that is not there is named with what is, keeps no other, and makes the exit status 1', async () => {
  const connection = withImages(['one:latest', 'nginx:latest', 'two:1']);
  const { status, stdout, stderr } = await run('rmi one nginxx nothing two:1', { connection });
  expect(status).toBe(1);
  expect(stdout).toBe("Image 'one' removed\nImage 'two:1' removed\n\n");
  expect(stderr).toBe(
    "error: Failed to remove image 'nginxx'\n" +
      "error: Image not found: no image 'nginxx:latest' on this host; did you mean 'nginx'?\n" +
      "error: Failed to remove image 'nothing'\n" +
      "error: Image not found: no image 'nothing:latest' on this host\n",
  );
  expect((await connection.images.list()).map(({ name }) => name)).toEqual(['nginx:latest']);
});

test('one that is to be run is to be pulled first', async () => {
  const connection = withImages([]);
  const { status, stderr } = await run('run --print-xml nginx', { connection });
  expect(status).toBe(125);
  expect(stderr).toContain(
    "Image not found: no image 'nginx:latest' on this host: pull it first, as by tslxc pull docker://docker.io/library/nginx",
  );
});
