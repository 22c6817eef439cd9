/** The machine has booted again, after test/vm/zz-before-reboot.test.ts. */
import { readFileSync } from 'node:fs';
import { connect } from 'tslxc';
import type { Connection } from 'tslxc';
import { expectShell } from '../support/console/console-answer';
import { expectGone } from '../support/world/container-traces';
import { eventually } from '../support/time/eventually';
import { runSuccessfully } from '../support/process/run-command';
import { property, systemctl } from '../support/machine/systemd';

let connection: Connection;

beforeAll(async () => {
  connection = await connect('lxc:///', { root: '/' });
  await eventually(async () => {
    expect(await property('tslxc-autostart', 'ActiveState')).toBe('active');
  });
});

afterAll(() => connection.close());

function startsOf(name: string): number {
  const lines = readFileSync('/run/tslxc/events', 'utf8').split('\n');
  const started = lines.filter((line) => line.includes('"started"') && line.includes(`"${name}"`));
  return started.length;
}

test('this is another boot than the one before', () => {
  expect(readFileSync('/proc/cmdline', 'utf8')).toContain('vmtest.boot=2');
});

test('what was marked has been started once, and nothing else', async () => {
  for (const name of ['boot-one', 'boot-two']) {
    const domain = await connection.lookupDomainByName(name);
    expect(domain.id).toBeDefined();
    await expectShell(domain);
    expect(startsOf(name)).toBe(1);
  }
  const never = await connection.lookupDomainByName('boot-never');
  expect(await never.state()).toEqual({ state: 'shutoff', reason: 'unknown' });
  expect(startsOf('boot-never')).toBe(0);
});

test('a second run of the unit starts none that was stopped since', async () => {
  await runSuccessfully(['destroy', 'boot-two'], { root: '/' });
  await expectGone('boot-two');
  await systemctl('restart', 'tslxc-autostart');
  const two = await connection.lookupDomainByName('boot-two');
  expect(two.id).toBeUndefined();
  expect(startsOf('boot-one')).toBe(1);
});

test('what ran when the machine went down starts again', async () => {
  const never = await connection.lookupDomainByName('boot-never');
  await never.start({ ownership: 'leave' });
  await expectShell(never);
});

test('purge ends it', async () => {
  await systemctl('disable', '--now', 'tslxc-autostart');
  await runSuccessfully(['purge', '--yes'], { root: '/' });
  await expectGone('boot-one');
  expect(await connection.listDomains()).toEqual([]);
});
