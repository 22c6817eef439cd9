/** The namespaces of a running container as descriptors: those of its init, and none when it does not run. */
import { closeSync, fstatSync, readlinkSync, statSync } from 'node:fs';
import { helloWorldXml } from '../support/domain/domain-xml';
import { listProcesses, readProcess } from '../support/process/processes';
import { containerTest, rootAndConnection } from '../support/world/container-test';

const world = containerTest(rootAndConnection);

const names = ['user', 'ipc', 'uts', 'net', 'pid', 'mnt'];

test('they are init’s, in the order in which they are joined', async () => {
  const domain = await world.connection.defineDomain(helloWorldXml);
  await domain.start();
  const descriptors = await domain.openNamespaces();
  try {
    const init = listProcesses().find((pid) => readProcess(pid).parent === domain.id) ?? 0;
    expect(descriptors.map((descriptor) => fstatSync(descriptor).ino)).toEqual(
      names.map((name) => statSync(`/proc/${init}/ns/${name}`).ino),
    );
    expect(readlinkSync(`/proc/self/fd/${descriptors[4] ?? -1}`)).not.toBe(
      readlinkSync('/proc/self/ns/pid'),
    );
  } finally {
    for (const descriptor of descriptors) closeSync(descriptor);
  }
});

test('a domain that does not run has none', async () => {
  const domain = await world.connection.defineDomain(helloWorldXml);
  await expect(domain.openNamespaces()).rejects.toMatchObject({ code: 'OPERATION_INVALID' });
});
