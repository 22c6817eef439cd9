/**
 * What a process opens once and keeps: the monitor's executable, libuv's inotify instance. A test that
 * compares descriptors begins after that.
 */
import { connect } from '../../lib/index';
import { domainXml } from '../support/domain-xml';
import { eventually } from '../support/eventually';
import { hasEnded } from '../support/processes';
import { makeTestRoot } from '../support/test-root';

/** Starts a container, follows events, and leaves no more than what is kept. */
export async function warmUp(name: string): Promise<void> {
  await using root = await makeTestRoot();
  await using connection = await connect('lxc:///', { root: root.path });
  const events = connection.events();
  const domain = await connection.createDomain(domainXml({ name }));
  await events.next();
  const monitor = domain.id ?? 0;
  await domain.destroy();
  await eventually(() => expect(hasEnded(monitor)).toBe(true));
}
