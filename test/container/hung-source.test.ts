/**
 * A file system of the host that answers nothing, and a start that needs what is on it. All that a definition can name there,
 * and all other calls, are tried in test/long/hung-source.test.ts.
 */
import { join } from 'node:path';
import { connect } from 'tslxc';
import { domainXml } from '../support/domain/domain-xml';
import { expectTimelyEnd } from '../support/fake/hung-start';
import { StuckFolder } from '../support/fake/stuck-folder';
import { lookers } from '../support/process/lookers';
import { eventually } from '../support/time/eventually';
import { Ticking } from '../support/time/timed';
import { containerTest, rootAndConnection } from '../support/world/container-test';

/** Milliseconds. */
const startTimeout = 500;

const world = containerTest(async (keep) => {
  const stuck = keep(await StuckFolder.mount());
  const { root, connection } = await rootAndConnection(keep);
  const hasty = keep(await connect(undefined, { root: root.path, startTimeout }));
  return { stuck, root, connection, hasty };
});

test('a source that does not answer ends its start in time, and holds up nothing else', async () => {
  using ticking = new Ticking();
  const path = join(world.stuck.path, 'data');
  const filesystems = [{ source: path, target: '/mnt' }];
  const hung = await world.hasty.defineDomain(domainXml({ name: 'hung', filesystems }));
  const other = await world.connection.defineDomain(domainXml({ name: 'hung-other' }));
  const error = {
    code: 'OPERATION_TIMEOUT',
    path,
    element: 'domain/devices/filesystem/source',
    message: expect.stringContaining(`'${path}' has not answered for 0.5 s`) as string,
  };
  await expectTimelyEnd({ stuck: world.stuck, hung, other, startTimeout, error, ticking });
  // The process that has waited was killed, and ends as soon as it can.
  await world.stuck.release();
  await world.hasty.close();
  await world.connection.close();
  await eventually(() => expect(lookers()).toEqual([]));
});
