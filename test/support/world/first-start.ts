/**
 * What a process opens once and keeps: a copy of the monitor's executable, libuv's inotify instance. A first
 * start opens them, so that pictures of the host that are taken afterwards compare.
 */
import { connect } from 'tslxc';
import { monitorsOf } from './container-traces';
import { domainXml } from '../domain/domain-xml';
import { eventually } from '../time/eventually';
import { makeTestRoot } from '../root/test-root';

/** Starts a container, follows events, and leaves no more than what is kept. */
export async function startOnce(): Promise<void> {
  await using root = await makeTestRoot();
  await using connection = await connect(undefined, { root: root.path });
  const events = connection.events();
  const domain = await connection.createDomain(domainXml({ name: 'first-start' }));
  await events.next();
  await domain.destroy();
  await eventually(() => expect(monitorsOf(domain.name)).toEqual([]));
}
