/** Timers that are devices of the host: with the clock that libvirt has them with, to be read. */
import { existsSync, lstatSync, rmSync } from 'node:fs';
import { connect } from 'tslxc';
import type { Domain } from 'tslxc';
import { makeBusyboxRoot } from '../support/root/busybox-root';
import { makeTestRoot } from '../support/root/test-root';
import { domainXml } from '../support/domain/domain-xml';
import { runInside } from '../support/domain/mapped-domain';
import { runProgram } from '../support/process/run-command';
import { containerTest } from '../support/world/container-test';
import { initOf } from '../support/world/container-traces';
import { hostHas } from '../support/world/host-side';

const name = 'timers';

/** Of a machine that has none: another device that can be opened, that of loop-control. */
const isOwn = !existsSync('/dev/hpet');

beforeAll(async () => {
  if (isOwn) await runProgram(['mknod', '/dev/hpet', 'c', '10', '237']);
});
afterAll(() => {
  if (isOwn) rmSync('/dev/hpet', { force: true });
});

const world = containerTest(async (keep) => {
  const busybox = keep(await makeBusyboxRoot());
  const root = keep(await makeTestRoot());
  const connection = keep(await connect(undefined, { root: root.path }));
  return { busybox, connection };
});

function define(clock: string): Promise<Domain> {
  const filesystems = [{ source: world.busybox.path, target: '/' }];
  return world.connection.defineDomain(domainXml({ name, filesystems, elements: clock }));
}

const nodeOf = async (timer: string) =>
  lstatSync(`/proc/${await initOf(name)}/root/dev/${timer}`, { throwIfNoEntry: false });

test('a timer with the offset localtime is a node that can be opened to be read', async () => {
  const domain = await define("<clock offset='localtime'><timer name='hpet'/></clock>");
  await domain.start();
  expect((await nodeOf('hpet'))?.rdev).toBe(lstatSync('/dev/hpet').rdev);
  expect(await runInside(domain, '(: < /dev/hpet) && echo opened')).toBe('opened\n');
  expect(await runInside(domain, 'echo > /dev/hpet')).toContain('Operation not permitted');
  expect(await domain.xml()).toContain("<clock offset='localtime'>\n    <timer name='hpet'/>");
});

test.each([
  ['another offset', "<clock offset='utc'><timer name='hpet'/></clock>"],
  ["present='no'", "<clock offset='localtime'><timer name='hpet' present='no'/></clock>"],
])('with %s there is none', async (_what, clock) => {
  const domain = await define(clock);
  await domain.start();
  expect(await nodeOf('hpet')).toBeUndefined();
});

test('one that the host does not have is refused in its line', async () => {
  const domain = await define("<clock offset='localtime'>\n<timer name='rtc'/></clock>");
  if (hostHas('/dev/rtc0', () => existsSync('/dev/rtc0'))) {
    await domain.start();
    expect((await nodeOf('rtc'))?.rdev).toBe(lstatSync('/dev/rtc0').rdev);
    return;
  }
  await expect(domain.start()).rejects.toMatchObject({
    code: 'SYSTEM_ERROR',
    element: 'domain/clock/timer',
    message: expect.stringContaining('Unable to access /dev/rtc0') as string,
  });
});
