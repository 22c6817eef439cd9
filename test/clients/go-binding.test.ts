/** Debian's binding of libvirt's library for Go, libvirt-go: those of its own tests that ask for `lxc:///`. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { clientEnvironment, rootAndDaemon } from '../support/clients/client-world';
import { goPatience, goProgram, goSources, goTests } from '../support/clients/go-program';
import { containerTest } from '../support/world/container-test';
import { hostHas } from '../support/world/host-side';

containerTest(rootAndDaemon);

const binding = join(goSources, 'libvirt/libvirt-go');
let tests = '';

beforeAll(async () => {
  // Go's vet finds fault with it.
  tests = await goProgram(['test', '-c', '-vet=off', '-tags', 'integration', '.'], binding);
}, goPatience);

test('the binding’s own tests of containers, filters, secrets, pools and interfaces pass', async () => {
  const hasSmbios = hostHas('a DMI table', () => existsSync('/sys/firmware/dmi/tables/DMI'));
  const names = [
    ...['IntegrationGetMetadata', 'IntegrationSetMetadata'],
    ...(hasSmbios ? ['IntegrationGetSysinfo'] : []),
    'IntergrationDefineUndefineNWFilterXML',
    ...['IntegrationNWFilterGetName', 'IntegrationNWFilterGetUUID'],
    ...['IntegrationNWFilterGetUUIDString', 'IntegrationNWFilterGetXMLDesc'],
    ...['IntegrationLookupNWFilterByName', 'IntegrationLookupNWFilterByUUIDString'],
    'IntegrationDomainAttachDetachDevice',
    ...['StorageVolResize', 'StorageVolWipe', 'StorageVolWipePattern'],
    ...['IntegrationSecretDefineUndefine', 'IntegrationSecretGetUUID'],
    ...['IntegrationSecretGetUUIDString', 'IntegrationSecretGetXMLDesc'],
    ...['IntegrationSecretGetUsageType', 'IntegrationSecretGetUsageID'],
    ...['IntegrationLookupSecretByUsage', 'IntegrationGetDomainCPUStats'],
    ...['IntegrationListAllInterfaces', 'IntergrationListAllNWFilters'],
    'IntegrationDomainInterfaceStats',
    ...['StorageVolUploadDownload', 'StorageVolUploadDownloadCallbacks'],
  ].map((name) => `Test${name}`);
  const pattern = new RegExp(`^(${names.join('|')})$`);
  const options = { env: clientEnvironment, cwd: binding };
  expect(await goTests(tests, pattern, options)).toMatchObject({ code: 0, passed: names });
});
