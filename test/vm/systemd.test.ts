/** A Debian with systemd as init, as it comes from the archive: it boots, and ends in each of its own ways. */
import { connect } from 'tslxc';
import { ConsoleSession } from '../support/console/console-session';
import { expectGone } from '../support/world/container-traces';
import { domainXml } from '../support/domain/domain-xml';
import { containerTest } from '../support/world/container-test';
import { makeTestRoot } from '../support/root/test-root';

const name = 'debian';
/** As the image is made (scripts/vm/image/trees.js). */
const source = '/containers/debian';
const password = 'container';

/** Milliseconds for a boot or an end under emulation; for an answer of what runs. */
const long = 120_000;
const short = 60_000;

/** systemd(1): start poweroff.target. SIGRTMIN is 34 in the C library's count. */
const powerOffSignal = 34 + 4;

const uuid = '4dea22b3-1d52-d8f3-2516-782e98ab3fa0';

const xml = domainXml({
  name,
  uuid,
  memory: 512 * 1024,
  init: '/sbin/init',
  elements: '<features><privnet/></features>',
  filesystems: [{ source, target: '/' }],
});

const domain = containerTest(async (keep) => {
  keep(() => expectGone(name));
  const root = keep(await makeTestRoot());
  const connection = keep(await connect('lxc:///', { root: root.path }));
  const domain = await connection.defineDomain(xml);
  await domain.start();
  return domain;
});

/** Waits for the login prompt on the console, and answers it. */
async function logIn(): Promise<ConsoleSession> {
  const session = await ConsoleSession.open(domain);
  await session.expect(/debian login: $/, long);
  session.enter('root');
  await session.expect(/Password: $/, short);
  session.enter(password);
  await session.expect(/root@debian:~# /, short);
  return session;
}

/** The end of the container as all see it. */
async function expectPoweredOff(session: ConsoleSession): Promise<void> {
  await session.end(long);
  // reboot(2): in a PID namespace, power off is init's end by SIGINT.
  expect(await domain.wait()).toMatchObject({ how: 'killed', signal: 2 });
  expect(await domain.state()).toMatchObject({ state: 'shutoff', reason: 'shutdown' });
  await expectGone(name);
}

test('it boots to a login prompt, with no failed unit, and ends by its own signal for that', async () => {
  using session = await logIn();
  session.enter('systemctl is-system-running --wait; echo end=$?');
  await session.expect(/\rrunning\r\nend=0/, long);
  await domain.sendSignal(powerOffSignal);
  await expectPoweredOff(session);
});

test('its units have cgroups of their own below the container’s, and `poweroff` inside ends it', async () => {
  using session = await logIn();
  session.enter('cat /proc/1/cgroup /proc/self/cgroup; tty; cat /proc/1/comm; echo end=$?');
  const [seen] = await session.expect(/0::[^]*end=0/, short);
  expect(seen.split('\r\n').slice(0, 4)).toEqual([
    '0::/init.scope',
    '0::/system.slice/console-getty.service',
    '/dev/pts/0',
    'systemd',
  ]);
  session.enter('poweroff');
  await expectPoweredOff(session);
});

test('it sees its own disk, and none of the host’s mounts', async () => {
  using session = await logIn();
  session.enter(
    "grep -o '/dev/vd[a-z]' /proc/self/mountinfo; ls /.. | wc -l; ls / | wc -l; echo end=$?",
  );
  const [seen] = await session.expect(/\/dev\/vdc\r\n[^]*end=0/, short);
  const [disk, above, root_, ...rest] = seen.split('\r\n');
  expect([disk, ...rest]).toEqual(['/dev/vdc', 'end=0']);
  expect(above).toBe(root_);
  // systemd takes the machine id of a first boot from container_uuid.
  session.enter('cat /etc/machine-id');
  await session.expect(new RegExp(`${uuid.replaceAll('-', '')}\r\n`), short);
});
