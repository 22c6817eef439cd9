/** lib/driver/images: an image that is not there has a code of its own, in every call that names one. */
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
