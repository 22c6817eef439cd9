/** examples/systemd-unit under a real systemd: installed, started again, stopped, removed. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from 'tslxc';
import { examplesFolder } from '../support/examples/example';
import { installUnits, property, systemctl } from '../support/machine/systemd';
import { runProgram, runSuccessfully } from '../support/process/run-command';
import { eventually } from '../support/time/eventually';
import { expectGone, initOf } from '../support/world/container-traces';

const unit = 'tslxc@clock';
const patience = 120_000;

/** Runs one of the example's scripts, which has to succeed. */
async function script(name: string): Promise<void> {
  const argv = [join(examplesFolder, 'systemd-unit', name)];
  const { code, stdout, stderr } = await runProgram(argv, { timeout: patience });
  if (code !== 0) throw new Error(`${name}: ${code}\n${stdout}${stderr}`);
}

test('the container is started by its unit, again when it is killed, and ends with it', async () => {
  await installUnits();
  await script('install.sh');
  expect(await property(unit, 'ActiveState')).toBe('active');
  await using connection = await connect('lxc:///', { root: '/' });
  const domain = await connection.lookupDomainByName('clock');
  await domain.waitFor({ console: /\d\d:\d\d:\d\d/ });
  expect((await domain.info()).isolation).toBe('user-namespace');

  const init = await initOf('clock');
  process.kill(init, 'SIGKILL');
  await eventually(async () => {
    expect(await property(unit, 'NRestarts')).toBe('1');
    expect(await property(unit, 'ActiveState')).toBe('active');
    expect(await initOf('clock')).not.toBe(init);
  }, 15_000);

  await systemctl('stop', unit);
  await expectGone('clock');
  expect(await property(unit, 'Result')).toBe('success');

  await script('remove.sh');
  expect(await runSuccessfully(['list', '--all', '--name'], { root: '/' })).not.toContain('clock');
  const left = ['/var/lib/clock', '/etc/systemd/system/tslxc@clock.service.d'];
  expect(left.filter((path) => existsSync(path))).toEqual([]);
});
