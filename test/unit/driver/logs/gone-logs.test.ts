/** What can be asked of a transient domain that is gone: how it ended, and its log, which is kept for a while. */
import { mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Connection } from '../../../../lib/driver/connection';
import { statePaths } from '../../../../lib/host/state/state-paths';
import { domainXml } from '../../../support/domain/domain-xml';
import { exitRecord, FakeHost } from '../../../support/fake/host/fake-host';
import { eventually } from '../../../support/time/eventually';
import { removeScratchAfterEach, scratchDirectory } from '../scratch';

removeScratchAfterEach();

let host: FakeHost;
let connection: Connection;
let logs: string;

beforeEach(() => {
  host = new FakeHost(scratchDirectory());
  connection = host.connect();
  logs = statePaths(host.root).logs;
});

/** A transient domain that has run and ended. */
async function run(name: string, exit = exitRecord()): Promise<void> {
  await connection.createDomain(domainXml({ name }));
  host.end(name, exit);
  await eventually(() => expect(host.state(name).phase).toBe('off'));
}

/** As a run leaves it. */
function log(file: string, seconds: number): void {
  mkdirSync(logs, { recursive: true });
  writeFileSync(join(logs, file), 'a line\n');
  utimesSync(join(logs, file), seconds, seconds);
}

describe('lastExit', () => {
  test('is told of a transient domain that is gone, and of its last run', async () => {
    await run('job', exitRecord({ code: 1 }));
    await run('job', exitRecord({ code: 5 }));
    await run('other', exitRecord({ code: 7 }));
    expect(await connection.lastExit('job')).toMatchObject({ how: 'exited', code: 5 });
  });

  test('is refused for what runs, has not run, or was never there', async () => {
    await expect(connection.lastExit('job')).rejects.toMatchObject({ code: 'NO_DOMAIN' });
    const invalid = { code: 'OPERATION_INVALID' };
    const domain = await connection.defineDomain(domainXml({ name: 'web' }));
    await expect(connection.lastExit('web')).rejects.toMatchObject(invalid);
    await domain.start();
    await expect(connection.lastExit('web')).rejects.toMatchObject(invalid);
    await domain.destroy();
    expect(await connection.lastExit('web')).toMatchObject({ requested: 'destroy' });
  });

  test('a domain that has got the name since has not ended', async () => {
    await run('job', exitRecord({ code: 1 }));
    await connection.defineDomain(domainXml({ name: 'job' }));
    await expect(connection.lastExit('job')).rejects.toMatchObject({ code: 'OPERATION_INVALID' });
  });

  test('an end of another boot is not told', async () => {
    await run('job');
    host.boot = 'boot-2';
    await expect(connection.lastExit('job')).rejects.toMatchObject({ code: 'NO_DOMAIN' });
  });
});

test('the log of one that has put out nothing has no lines, and that of one that was never there is refused', async () => {
  log('silent.log', 1);
  expect(await connection.logs('silent').next()).toEqual({ done: true, value: undefined });
  await expect(connection.logs('never').next()).rejects.toMatchObject({ code: 'NO_DOMAIN' });
});

test('the logs of the youngest hundred that are gone are kept, and all of those that are there', async () => {
  await connection.defineDomain(domainXml({ name: 'kept' }));
  for (const file of ['kept.log', 'kept.console.log.1']) log(file, 1);
  for (let at = 0; at < 119; at += 1) log(`job.${at}.console.log`, 1000 + at);
  log('job.0.log', 5000);
  await run('last');
  expect(readdirSync(logs)).toHaveLength(122);
  log('one-more.log.1', 4000);
  log('yet-another.log.1', 4000);
  await run('last');
  const left = readdirSync(logs);
  expect(left).toEqual(
    expect.arrayContaining(['kept.log', 'kept.console.log.1', 'one-more.log.1']),
  );
  // It was written to last by its other file.
  expect(left).toEqual(expect.arrayContaining(['job.0.log', 'job.0.console.log']));
  expect(left).not.toContain('job.1.console.log');
  expect(left).toHaveLength(103);
});
