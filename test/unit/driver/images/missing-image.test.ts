/** lib/driver/images: an image that is not there has a code of its own, in every call that names one, and by whatever words. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { statePaths } from '../../../../lib/host/state/state-paths';
import { imagePaths, recordPath } from '../../../../lib/image/store/image-paths';
import { FakeHost } from '../../../support/fake/host/fake-host';
import { removeScratchAfterEach, scratchDirectory } from '../scratch';

removeScratchAfterEach();

test.each([
  ['lookup', ''],
  ['remove', ''],
  ['domainXml', ': pull it first, as by tslxc pull docker://docker.io/library/nginx'],
  ['createFromImage', ': pull it first, as by tslxc pull docker://docker.io/library/nginx'],
] as const)('%s says of an image that is not there that there is none', async (call, advice) => {
  const connection = new FakeHost(scratchDirectory()).connect();
  const calls = {
    lookup: () => connection.images.lookup('nginx'),
    remove: () => connection.images.remove('nginx'),
    domainXml: () => connection.images.domainXml('nginx'),
    createFromImage: () => connection.createFromImage('nginx'),
  };
  await expect(calls[call]()).rejects.toMatchObject({
    code: 'NO_IMAGE',
    message: `Image not found: no image 'nginx:latest' on this host${advice}`,
  });
  await expect(connection.images.lookup('No Name')).rejects.toMatchObject({ code: 'INVALID_ARG' });
});

test.each(['oci-archive:/srv/Web.tar', '/srv/Web.tar', 'https://example.org/Web.tar'])(
  'what is at %s is no image of this host, which is said together with the way there',
  async (words) => {
    const connection = new FakeHost(scratchDirectory()).connect();
    await expect(connection.images.domainXml(words)).rejects.toMatchObject({
      code: 'NO_IMAGE',
      message: expect.stringMatching(
        /^Image not found: no image '.*' on this host: .*pull/,
      ) as string,
    });
  },
);

test.each(['docker.io/library/nginx', 'docker.io/nginx:latest', 'docker://nginx', 'nginx'])(
  'the image nginx is found as %s',
  async (words) => {
    const root = scratchDirectory();
    const path = recordPath(imagePaths(statePaths(root)), 'nginx:latest');
    mkdirSync(dirname(path), { recursive: true });
    const record = { name: 'nginx:latest', chains: [], digest: 'sha256:0' };
    writeFileSync(path, JSON.stringify(record));
    const { images } = new FakeHost(root).connect();
    expect(await images.lookup(words)).toMatchObject({ name: 'nginx:latest' });
  },
);
