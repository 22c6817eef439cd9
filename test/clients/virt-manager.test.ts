/** virt-manager on a virtual screen: its window shows a domain, and what the domain's console puts out. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BackgroundProgram } from '../support/clients/background-program';
import { clientEnvironment, rootAndDaemon } from '../support/clients/client-world';
import type { Colour, Picture } from '../support/clients/picture';
import { Screen } from '../support/clients/screen';
import { domainXml } from '../support/domain/domain-xml';
import { packageRoot } from '../support/process/run-command';
import { eventually } from '../support/time/eventually';
import { containerTest } from '../support/world/container-test';

/** Larger than the window that it makes of a console. */
const size = { width: 1600, height: 1000 };

const world = containerTest(async (keep) => {
  const made = await rootAndDaemon(keep);
  const screen = keep(await Screen.start(size));
  const { path } = made.root;
  const environment = {
    ...clientEnvironment,
    DISPLAY: screen.display,
    GDK_BACKEND: 'x11',
    // Debian's Python, which has the modules that it needs, whatever other is installed.
    PATH: '/usr/sbin:/usr/bin:/sbin:/bin',
    HOME: path,
    XDG_CACHE_HOME: join(path, 'cache'),
    XDG_CONFIG_HOME: join(path, 'config'),
    XDG_RUNTIME_DIR: path,
    // What it remembers is for this test, and no screen reader is needed.
    GSETTINGS_BACKEND: 'memory',
    NO_AT_BRIDGE: '1',
  };
  const bus = keep(
    new BackgroundProgram(
      ['dbus-daemon', '--session', '--nofork', '--print-address=1'],
      environment,
    ),
  );
  const address = await eventually(() => {
    const [, found] = /^(unix:\S+)$/m.exec(bus.said) ?? [];
    if (found === undefined) throw new Error(`no bus: ${bus.said}`);
    return found;
  });
  return { ...made, screen, environment: { ...environment, DBUS_SESSION_BUS_ADDRESS: address } };
});

/** One that nothing else on the screen has, which the terminal shows where it is written. */
const magenta: Colour = [255, 0, 255];
const line = `printf '\\033[48;2;${magenta.join(';')}m%60s\\033[0m\\n'`;
/** A screenful, again and again: a client sees what comes after it, too. */
const script = `while sleep 1; do i=0; while [ $i -lt 20 ]; do ${line}; i=$((i+1)); done; done`;

/** Far more than a cursor or a selected word has. */
const much = 10_000;

const title = 'helloworld on LXC';

/** What its window looks like once `isThere`. */
function pictureWhen(
  manager: BackgroundProgram,
  isThere: (picture: Picture) => boolean,
): Promise<Picture> {
  return eventually(async () => {
    const picture = await world.screen.picture(title);
    if (picture !== undefined && isThere(picture)) return picture;
    const titles = (await world.screen.titles()).join(', ');
    const seen = picture === undefined ? 'no window' : `${picture.count(magenta)} pixels`;
    throw new Error(`${seen}; the windows are ${titles}; it says: ${manager.said}`);
  }, 20_000);
}

test('the window of a domain has its name and what its console puts out, until it is off', async () => {
  const { connection, environment } = world;
  const domain = await connection.defineDomain(domainXml({ initArguments: ['-c', script] }));
  await domain.start();
  const words = ['--connect', 'lxc:///', '--no-fork', '--show-domain-console', 'helloworld'];
  await using manager = new BackgroundProgram(['virt-manager', ...words], environment);
  const shown = await pictureWhen(manager, (picture) => picture.count(magenta) > much);
  expect(shown.width).toBeGreaterThan(400);
  // For a developer who wants to see it.
  mkdirSync(join(packageRoot, 'build'), { recursive: true });
  writeFileSync(join(packageRoot, 'build/virt-manager.png'), shown.png());
  // It is told of the end, and shows no console any more.
  await domain.destroy();
  await pictureWhen(manager, (picture) => picture.count(magenta) === 0);
});
