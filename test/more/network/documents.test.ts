/** The examples of docs/networks.md, run as they are printed; the other pages are in test/support/documents/pages.ts. */
import { containerTest, nothing } from '../../support/world/container-test';
import { DocumentWorld } from '../../support/documents/document-world';
import { expectPage } from '../../support/documents/run-page';
import { domainXml } from '../../support/domain/domain-xml';

/** On the default network, with an address that needs nothing inside. */
const xml = domainXml({
  name: 'web',
  initArguments: ['-c', 'echo ready; while :; do sleep 1; done'],
  devices: `<interface type='network'>
    <mac address='52:54:00:4d:2b:cd'/>
    <source network='default'/>
    <ip address='192.168.122.50' prefix='24'/>
  </interface>`,
});

containerTest(nothing);

test('docs/networks.md', async () => {
  await using world = await DocumentWorld.make({ xml, ready: /ready/ });
  await expectPage(world, 'docs/networks.md', [
    /^52:54:00:4d:2b:cd web \w+\nvnet\d+ eth0 [^]*192\.168\.122\.50 24\n/,
  ]);
});
