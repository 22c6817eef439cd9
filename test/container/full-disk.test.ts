/** The disk of the state is full, or read-only: a container ends all the same, its end is known, and lists show all others. */
import { checkHost, connect } from 'tslxc';
import type { Connection, Domain } from 'tslxc';
import { domainXml } from '../support/domain/domain-xml';
import { hasEnded } from '../support/process/processes';
import { runCommand, runSuccessfully } from '../support/process/run-command';
import { SmallDisk } from '../support/root/small-disk';
import { makeTestRoot } from '../support/root/test-root';
import { eventually } from '../support/time/eventually';
import { containerTest } from '../support/world/container-test';

const made = containerTest(async (keep) => {
  const root = keep(await makeTestRoot());
  const disk = keep(SmallDisk.mount(root.path));
  const connection = keep(await connect(undefined, { root: root.path }));
  return { root: root.path, disk, connection };
});

async function started(init: string, ...args: readonly string[]): Promise<Domain> {
  const domain = await made.connection.defineDomain(
    domainXml({ name: 'web', init, initArguments: args }),
  );
  await domain.start({ ownership: 'leave' });
  return domain;
}

const tslxc = (...words: readonly string[]): Promise<string> =>
  runSuccessfully(words, { root: made.root });

/** From a connection of its own, as another process would see it. */
async function seen(look: (connection: Connection) => Promise<unknown>): Promise<unknown> {
  await using other = await connect(undefined, { root: made.root });
  return await look(other);
}

test('a destroy succeeds, and is what the domain is off for, now and with room again', async () => {
  await started('/bin/sleep', '1000');
  made.disk.fill();
  await tslxc('destroy', 'web');
  expect(await tslxc('domstate', '--reason', 'web')).toBe('shut off (destroyed)\n\n');
  expect(await tslxc('-q', 'list', '--all')).toBe(' -   web   shut off\n');
  expect(await tslxc('domstats', '--state')).toContain('state.reason=2');
  made.disk.empty();
  expect(await tslxc('domstate', '--reason', 'web')).toBe('shut off (destroyed)\n\n');
  await tslxc('start', 'web');
  await tslxc('destroy', 'web');
});

test('a destroy succeeds also when the monitor is stopped', async () => {
  const domain = await started('/bin/sleep', '1000');
  const id = domain.id ?? 0;
  process.kill(id, 'SIGSTOP');
  made.disk.fill();
  await tslxc('destroy', 'web');
  expect(hasEnded(id)).toBe(true);
  expect(await tslxc('domstate', '--reason', 'web')).toBe('shut off (destroyed)\n\n');
});

test('an end that no process has waited for is on record as it was', async () => {
  await started('/bin/sh', '-c', 'sleep 1; exit 7');
  made.disk.fill();
  await eventually(async () =>
    expect(
      await seen(async (other) => (await other.lookupDomainByName('web')).state()),
    ).toMatchObject({ state: 'shutoff', reason: 'shutdown', exit: { how: 'exited', code: 7 } }),
  );
  made.disk.empty();
});

test('suspend and resume say that they have done it', async () => {
  await started('/bin/sleep', '1000');
  made.disk.fill();
  await tslxc('suspend', 'web');
  await tslxc('resume', 'web');
  expect(await tslxc('domstate', 'web')).toBe('running\n\n');
  await tslxc('destroy', 'web');
});

test('a start is refused before anything is taken, and names the file', async () => {
  await made.connection.defineDomain(domainXml({ name: 'web' }));
  made.disk.fill();
  const { code, stderr } = await runCommand(['start', 'web'], { root: made.root });
  expect([code, stderr]).toEqual([1, expect.stringMatching(/run\/tslxc\/lxc.*: ENOSPC/)]);
  expect(await tslxc('-q', 'list', '--all')).toBe(' -   web   shut off\n');
});

test('doctor sees it, and a disk that is read-only', async () => {
  await made.connection.defineDomain(domainXml({ name: 'web' }));
  const state = async (): Promise<unknown> =>
    (await checkHost({ root: made.root })).checks.filter(({ id }) => id === 'caller.state');
  expect(await state()).toMatchObject([{ status: 'warn' }]);
  made.disk.fill();
  expect(await state()).toMatchObject([
    {
      status: 'fail',
      found: expect.stringMatching(/^the disk of .* is full: 0 KiB are free$/) as string,
    },
  ]);
  made.disk.empty();
  made.disk.readOnly();
  expect(await state()).toContainEqual(
    expect.objectContaining({
      status: 'fail',
      found: `${made.root}/run/tslxc can’t be written (EROFS)`,
    }),
  );
});
