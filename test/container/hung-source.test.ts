/**
 * A file system of the host that answers nothing, and a start that needs what is on it. All that a definition can name there,
 * and all other calls, are tried in test/long/hung-source.test.ts.
 */
import { join } from 'node:path';
import { connect } from 'tslxc';
import { domainXml } from '../support/domain/domain-xml';
import { runIn } from '../support/domain/exec';
import { StuckFolder } from '../support/fake/stuck-folder';
import { lookers } from '../support/process/lookers';
import { eventually } from '../support/time/eventually';
import { latitude, Ticking, timed } from '../support/time/timed';
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
  const starting = timed(hung.start().catch((error: unknown) => error));
  await world.stuck.untilAsked();
  const [, started] = await timed(other.start());
  expect(started).toBeLessThan(latitude);
  expect((await runIn(other, ['echo', 'goes on'])).stdout).toBe('goes on\n');
  const [error, took] = await starting;
  expect(error).toMatchObject({
    code: 'OPERATION_TIMEOUT',
    path,
    element: 'domain/devices/filesystem/source',
    message: expect.stringContaining(`'${path}' has not answered for 0.5 s`) as string,
  });
  expect(took).toBeGreaterThan(startTimeout - 10);
  expect(took).toBeLessThan(startTimeout + latitude);
  await other.destroy();
  expect(ticking.longest).toBeLessThan(latitude);
  expect((await hung.info()).state).toMatchObject({ state: 'shutoff', reason: 'failed' });
  // The process that has waited was killed, and ends as soon as it can.
  await world.stuck.release();
  await world.hasty.close();
  await world.connection.close();
  await eventually(() => expect(lookers()).toEqual([]));
});
