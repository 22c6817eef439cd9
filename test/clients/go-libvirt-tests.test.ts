/** go-libvirt's own tests of a daemon, which they ask for its driver for machines at the port of TCP that libvirt once had. */
import { join } from 'node:path';
import { libvirtSocket, rootAndDaemon } from '../support/clients/client-world';
import {
  goPatience,
  goProgram,
  goSources,
  goTestNames,
  goTests,
} from '../support/clients/go-program';
import { UriGateway } from '../support/clients/uri-gateway';
import { domainXml } from '../support/domain/domain-xml';
import { containerTest } from '../support/world/container-test';

/** Of the network namespace that the tests have to themselves. */
const port = 16_509;

const world = containerTest(async (keep) => {
  const made = await rootAndDaemon(keep);
  keep(await UriGateway.open(port, libvirtSocket));
  return made;
});

const sources = join(goSources, 'digitalocean/go-libvirt');
let tests = '';

beforeAll(async () => {
  tests = await goProgram(['test', '-c', '-vet=off', '-tags', 'integration', '.'], sources);
}, goPatience);

/** Those of a daemon; the others have one of their own. */
const passing = [
  ...['TestDeprecatedConnectDisconnectIntegration', 'TestConnectDisconnectIntegration'],
  ...['TestDeprecatedCapabilities', 'TestCapabilities', 'TestUsingNeverConnected'],
  ...['TestUsingAfterDisconnect', 'TestLostConnection', 'TestMultipleConnections'],
  ...['TestSecretsIntegration', 'TestStoragePoolIntegration', 'TestStoragePoolInvalidIntegration'],
  ...['TestStoragePoolsIntegration', 'TestStoragePoolsAutostartIntegration'],
  ...['TestStoragePoolRefreshIntegration', 'TestStoragePoolRefreshInvalidIntegration'],
  ...['TestXMLIntegration', 'TestVolumeUploadDownloadIntegration', 'Test_concurrentWrite'],
];

/** It needs the driver that libvirt tests itself with. */
const failing = ['TestConnectToURIIntegration'];

/** What they expect to find. */
const secret = `<secret>
  <uuid>19fdc2f2-fa64-46f3-bacf-42a8aafca6dd</uuid>
  <usage type='volume'><volume>/tmp</volume></usage>
</secret>`;

test('they pass, but for one about what is not there, and none of them is new', async () => {
  const { connection, root } = world;
  await connection.defineDomain(domainXml({ name: 'test' }));
  await connection.secrets.define(secret);
  const target = join(root.path, 'pool');
  const pool = await connection.defineStoragePool(
    `<pool type='dir'><name>test</name><target><path>${target}</path></target></pool>`,
  );
  await pool.start({ build: true });
  const pattern = new RegExp(`^(${[...passing, ...failing].join('|')})$`);
  const found = await goTests(tests, pattern, { cwd: sources });
  expect(found).toEqual({ code: 1, passed: passing, failed: failing, skipped: [] });
  const names = (await goTestNames(tests)).filter((name) => name.endsWith('Integration'));
  expect(names.filter((name) => ![...passing, ...failing].includes(name))).toEqual([]);
});
