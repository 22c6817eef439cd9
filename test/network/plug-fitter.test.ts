/** The process that changes the devices of a container, when its caller dies: what it does is on record, or it does nothing. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { native } from '../../lib/host/native';
import { runPaths, statePaths } from '../../lib/host/state/state-paths';
import { HostLinks, host } from '../support/network/host-links';
import { interfaceXml, macOf, NetworkWorld } from '../support/network/network-world';
import { commandEnvironment } from '../support/process/run-command';
import { libraryWords } from '../support/process/library-child';
import { eventually } from '../support/time/eventually';
import { containerTest } from '../support/world/container-test';

let links: HostLinks;

beforeAll(async () => {
  links = new HostLinks();
  await links.bridge('br0', '192.0.2.1/24');
});

afterAll(() => links[Symbol.dispose]());

const world = containerTest(async (keep) => keep(await NetworkWorld.make()));

const name = 'fitted';
const attached = interfaceXml({ type: 'bridge', source: "bridge='br0'", mac: '02' });
const files = () => runPaths(statePaths(world.root), name);
const isOnHost = (): boolean =>
  host.links().some(({ address }) => address === macOf('02').replace('52', 'fe'));

function isStopped(pid: number): boolean {
  return / T /.test(readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\)/, ')'));
}

test('held up while its caller is killed, it is ended before the device is taken out', async () => {
  const devices = interfaceXml({ type: 'bridge', source: "bridge='br0'" });
  const { domain } = await world.start({ name, devices }, { ownership: 'leave' });
  const [program, ...words] = libraryWords(`
    const domain = await (await connect()).lookupDomainByName(${JSON.stringify(name)});
    await domain.attachDevice(${JSON.stringify(attached)});`);
  const env = { ...commandEnvironment(world.root), TSLXC_FAILPOINT: 'fitter:after-plan=stopSelf' };
  const caller = spawn(program, words, { env, stdio: 'ignore' });
  const fitter = await eventually(() => {
    const pid = Number(readFileSync(files().fitterLock, 'utf8'));
    expect(isStopped(pid)).toBe(true);
    return pid;
  });
  const pidfd = native().openPidfd(fitter);
  caller.kill('SIGKILL');
  await once(caller, 'exit');
  // The next process that looks takes the device out.
  expect(await domain.xml()).not.toContain(macOf('02'));
  expect(readFileSync(files().start, 'utf8')).not.toContain('"plug"');
  const isOver = await native().waitPidfd(pidfd, 0);
  if (!isOver) native().signalPidfd(pidfd, constants.signals.SIGKILL);
  native().closeDescriptor(pidfd);
  expect(isOver).toBe(true);
  expect(isOnHost()).toBe(false);
  await domain.destroy();
});
