/**
 * The library keeps a copy of the monitor's executable open for the life of its process. A first start makes
 * it, so that pictures of the host that are taken afterwards compare.
 */
import { connect } from 'tslxc';
import { monitorsOf } from './container-traces';
import { domainXml } from './domain-xml';
import { eventually } from './eventually';
import { makeTestRoot } from './test-root';

export async function startOnce(): Promise<void> {
  await using root = await makeTestRoot();
  const connection = await connect(undefined, { root: root.path });
  const domain = await connection.createDomain(domainXml({ name: 'first-start' }));
  await domain.destroy();
  await eventually(() => expect(monitorsOf(domain.name)).toEqual([]));
  await connection.close();
}
