/** Roots that `tslxc mkroot` makes: a container starts in one, its DHCP client works, a failure leaves nothing. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, existsSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { applets, busyboxTree } from '../../../lib/rootfs/busybox-tree';
import { findMmdebstrap } from '../../../lib/rootfs/debian';
import { askConsole } from '../../support/console/console-answer';
import { eventually } from '../../support/time/eventually';
import { containerTest, nothing } from '../../support/world/container-test';
import { listProcesses, readProcess } from '../../support/process/processes';
import { RootFactory } from '../../support/root/root-factory';
import { commandEnvironment, commandLine, runProgram } from '../../support/process/run-command';
import { TestDomain } from '../../support/domain/test-domain';

/** nobody */
const uid = 65534;

containerTest(nothing);

const words = (text: string): string[] => text.split(/\s+/).filter((word) => word !== '');

async function makeBusybox(factory: RootFactory): Promise<string> {
  expect(await factory.run(['web root'])).toMatchObject({ code: 0, stderr: '' });
  return factory.path('web root');
}

describe('a busybox root', () => {
  test.each(['read-write', 'read-only'] as const)(
    '%s: a container starts in it',
    async (access) => {
      await using factory = new RootFactory();
      const source = await makeBusybox(factory);
      const filesystems = [{ source, target: '/', access }];
      await using container = await TestDomain.make({ name: 'mkroot-busybox', filesystems });
      await container.run('start');
      let asked = 0;
      const ask = async (line: string): Promise<string> => {
        // What was asked before is replayed.
        asked += 1;
        const answer = new RegExp(`^<${asked}:([^>]*)>\\r$`, 'm');
        const typed = `echo "<${asked}:$(${line})>"`;
        return answer.exec(await askConsole(container.domain, typed, answer))?.[1] ?? '';
      };
      expect(words(await ask('ls bin/')).sort()).toEqual(['busybox', ...applets].sort());
      const top = busyboxTree.map(({ path }) => path).filter((path) => !path.includes('/'));
      expect(words(await ask('ls')).sort()).toEqual([...top].sort());
      expect(await ask('cat /proc/mounts')).toMatch(/^proc \/proc\/sys proc ro,/m);
      expect(await ask('which ifconfig ping udhcpc')).toMatch(
        /^\/bin\/ifconfig\r\n.*\/bin\/udhcpc$/s,
      );
      expect(words(await ask('ls -l /dev/pts/0')).slice(2, 4)).toEqual(['root', 'tty']);
      await container.run('destroy');
    },
  );

  test('can be made by any user, and belongs to that user', async () => {
    await using factory = new RootFactory();
    chmodSync(factory.top, 0o755);
    chownSync(factory.folder, uid, uid);
    expect(await factory.run(['web'], { uid })).toMatchObject({ code: 0, stderr: '' });
    expect(statSync(factory.path('web/bin/busybox')).uid).toBe(uid);
    expect(readdirSync(factory.folder)).toEqual(['web']);
  });
});

/** What `ip -json` and resolv.conf say after the commands, which run in a network of their own. */
interface Network {
  readonly addresses: readonly string[];
  readonly mtu: number;
  readonly state: string;
  readonly routes: readonly string[];
  readonly resolver: string;
}

/**
 * Runs commands in a new network namespace with the interfaces `dhcp0` and `dhcp1`, which are one cable; `$ROOT` is
 * the root, `client EVENT` its udhcpc script. Each `show` among them gives a Network.
 */
async function inNetwork(root: string, script: string): Promise<Network[]> {
  const program = `set -e
    ip link set lo up
    ip link add dhcp0 type veth peer name dhcp1
    ip addr add 192.0.2.1/24 dev dhcp1
    ip link set dhcp1 up
    client() { chroot "$ROOT" /usr/share/udhcpc/default.script "$@"; }
    show() {
      echo "{\\"links\\": $(ip -json -4 addr show dev dhcp0), \\"routes\\": $(ip -json -4 route show dev dhcp0),"
      echo "\\"link\\": $(ip -json link show dev dhcp0)}" && echo ==
      cat "$ROOT/etc/resolv.conf" 2>/dev/null || :
      echo ==
    }
    export interface=dhcp0
    ${script}`;
  const argv = ['unshare', '--net', '--pid', '--fork', '--kill-child', 'sh', '-c', program];
  const { code, stdout, stderr } = await runProgram(argv, { env: { ROOT: root } });
  expect({ code, stderr }).toMatchObject({ code: 0 });
  const parts = stdout.split('==\n').slice(0, -1);
  return parts.flatMap((part, index) =>
    index % 2 === 0 ? [networkOf(part, parts[index + 1] ?? '')] : [],
  );
}

interface IpJson {
  readonly links: readonly {
    readonly addr_info?: readonly { local: string; prefixlen: number; broadcast?: string }[];
  }[];
  readonly routes: readonly { dst: string; gateway?: string; metric?: number }[];
  readonly link: readonly { mtu: number; flags: readonly string[] }[];
}

function networkOf(text: string, resolver: string): Network {
  const { links, routes, link } = JSON.parse(text) as IpJson;
  return {
    addresses: links.flatMap(({ addr_info = [] }) =>
      addr_info.map(
        ({ local, prefixlen, broadcast }) => `${local}/${prefixlen} ${broadcast ?? ''}`,
      ),
    ),
    mtu: link[0]?.mtu ?? 0,
    state: link[0]?.flags.includes('UP') === true ? 'up' : 'down',
    routes: routes.map(({ dst, gateway = 'link', metric = 0 }) => `${dst} ${gateway} ${metric}`),
    resolver,
  };
}

describe('the script of its DHCP client', () => {
  test('configures address, routes and resolver, and takes the address away again', async () => {
    await using factory = new RootFactory();
    const root = await makeBusybox(factory);
    const [off, bound, renewed, other, failed] = await inNetwork(
      root,
      `client deconfig; show
      export ip=192.0.2.5 subnet=255.255.255.0 mask=24 broadcast=192.0.2.255 mtu=1400
      export router='192.0.2.1 192.0.2.2' dns='192.0.2.53 192.0.2.54' domain=example.org
      client bound; show
      ip link set dev dhcp0 mtu 1300
      unset mtu broadcast; router=192.0.2.2; client renew; show
      ip=192.0.2.6; client renew; show
      client leasefail 2>/dev/null; client nak 2>/dev/null; show
      client deconfig; [ -z "$(ip -4 addr show dev dhcp0)" ]`,
    );
    expect(off).toEqual({ addresses: [], mtu: 1500, state: 'up', routes: [], resolver: '' });
    expect(bound).toEqual({
      addresses: ['192.0.2.5/24 192.0.2.255'],
      mtu: 1400,
      state: 'up',
      routes: ['default 192.0.2.1 0', 'default 192.0.2.2 1', '192.0.2.0/24 link 0'],
      resolver: 'search example.org\nnameserver 192.0.2.53\nnameserver 192.0.2.54\n',
    });
    const routes = ['default 192.0.2.2 0', '192.0.2.0/24 link 0'];
    expect(renewed).toEqual({ ...bound, mtu: 1300, routes });
    expect(other).toEqual({ ...renewed, addresses: ['192.0.2.6/24 192.0.2.255'] });
    expect(failed).toEqual(other);
  });

  test('reaches a gateway beside a single address', async () => {
    await using factory = new RootFactory();
    const root = await makeBusybox(factory);
    const [network] = await inNetwork(
      root,
      'ip=192.0.2.5 mask=32 router=198.51.100.1 client deconfig\n' +
        'ip=192.0.2.5 mask=32 router=198.51.100.1 client bound; show',
    );
    expect(network?.addresses).toEqual([expect.stringContaining('192.0.2.5/32')]);
    expect(network?.routes).toEqual(['default 198.51.100.1 0', '198.51.100.1 link 0']);
  });

  test('takes what a server says for data', async () => {
    await using factory = new RootFactory();
    const root = await makeBusybox(factory);
    const [network] = await inNetwork(
      root,
      `export ip=192.0.2.5 mask=24 domain='$(echo > /pwned) * \\n -n' dns='* 192.0.2.53'
      client deconfig; client bound; show`,
    );
    expect(network?.resolver).toBe(
      'search $(echo > /pwned) * \\n -n\nnameserver *\nnameserver 192.0.2.53\n',
    );
    expect(existsSync(join(root, 'pwned'))).toBe(false);
  });

  test('fails when it is not called by udhcpc, and says so', async () => {
    await using factory = new RootFactory();
    const script = join(await makeBusybox(factory), 'usr/share/udhcpc/default.script');
    expect((await runProgram(['/bin/sh', script, 'bound'])).stderr).toContain('set by udhcpc');
    const { code, stderr } = await runProgram(['/bin/sh', script], { env: { interface: 'lo' } });
    expect([code, stderr]).toEqual([1, expect.stringContaining('usage: ')]);
  });

  test('is found by the root’s own udhcpc, which gets a lease from a server', async () => {
    await using factory = new RootFactory();
    const root = await makeBusybox(factory);
    const settings = join(factory.folder, 'udhcpd.conf');
    const lines = [
      'start 192.0.2.50',
      'end 192.0.2.50',
      'interface dhcp1',
      `pidfile ${factory.path('pid')}`,
      `lease_file ${factory.path('leases')}`,
      'option subnet 255.255.255.0',
      'option router 192.0.2.1',
      'option dns 192.0.2.53',
      'option domain example.org',
    ];
    writeFileSync(settings, `${lines.join('\n')}\n`);
    const [network] = await inNetwork(
      root,
      `busybox udhcpd -f '${settings}' >&2 &
      chroot "$ROOT" /bin/udhcpc -i dhcp0 -f -q -n >&2
      chroot "$ROOT" /bin/ping -c 1 192.0.2.1 >&2
      show`,
    );
    expect(network).toMatchObject({
      addresses: [expect.stringContaining('192.0.2.50/24')],
      routes: ['default 192.0.2.1 0', '192.0.2.0/24 link 0'],
      resolver: 'search example.org\nnameserver 192.0.2.53\n',
    });
  });
});

/** A mmdebstrap that has begun its work: files, a mount, and a process that nothing but SIGKILL ends. */
const busyMmdebstrap = (then: string): string => `
  for target; do :; done
  mkdir "$target/dev" && mount -t tmpfs tmpfs "$target/dev" && echo > "$target/dev/file"
  (trap "" INT TERM HUP; exec setsid sh -c 'sleep 1000; : mkroot-sleeper') >/dev/null 2>&1 &
  echo 'I: working' >&2
  ${then}`;

const sleepers = (): number[] =>
  listProcesses().filter((pid) => readProcess(pid).words.join(' ').includes(': mkroot-sleeper'));

describe('a Debian root', () => {
  test('whose building fails leaves nothing, and says the first reason', async () => {
    await using factory = new RootFactory();
    const script = busyMmdebstrap("echo 'E: no such suite' >&2; echo 'E: failed' >&2; exit 25");
    const env = factory.withProgram('mmdebstrap', script);
    const { code, stdout, stderr } = await factory.run(['web', '--debian', 'nosuch'], { env });
    expect(code).toBe(1);
    expect(stdout).toMatch(/^building Debian nosuch with .*\nworking\nE: no such suite\n/);
    expect(stderr).toBe(
      "error: Failed to make the root file system 'web'\n" +
        'error: operation failed: mmdebstrap: no such suite\n',
    );
    expect(readdirSync(factory.folder)).toEqual([]);
    await eventually(() => expect(sleepers()).toEqual([]));
  });

  test('that has no init is a failure too', async () => {
    await using factory = new RootFactory();
    const env = factory.withProgram('mmdebstrap', 'exit 0\n');
    const { stderr } = await factory.run(['web', '--debian', 'sid'], { env });
    expect(stderr).toContain('the root that it made has no /sbin/init');
    expect(readdirSync(factory.folder)).toEqual([]);
  });

  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)('%s ends its building, and nothing is left', async (signal, status) => {
    await using factory = new RootFactory();
    const env = factory.withProgram('mmdebstrap', busyMmdebstrap('trap "" INT TERM; sleep 1000'));
    const child = startMkroot(factory, env);
    await child.hasSaid('working');
    await eventually(() => expect(sleepers().length).toBeGreaterThan(0));
    child.kill(signal);
    expect(await child.ended).toEqual([status, null]);
    await child.hasSaid("interrupted: nothing was left in place of 'web'\n");
    expect(readdirSync(factory.folder)).toEqual([]);
    await eventually(() => expect(sleepers()).toEqual([]));
  });

  test('whose maker is killed goes on no longer', async () => {
    await using factory = new RootFactory();
    const env = factory.withProgram('mmdebstrap', busyMmdebstrap('sleep 1000'));
    const child = startMkroot(factory, env);
    await child.hasSaid('working');
    await eventually(() => expect(sleepers().length).toBeGreaterThan(0));
    child.kill('SIGKILL');
    await child.ended;
    await eventually(() => expect(sleepers()).toEqual([]));
    expect(existsSync(factory.path('web'))).toBe(false);
  });

  test('is for root, and its program is named when it is missing', async () => {
    const { code, stderr } = await runProgram(
      commandLine('mkroot', '/var/tmp/nosuch', '--debian', 'sid'),
      { uid },
    );
    expect([code, stderr]).toEqual([1, expect.stringMatching(/^error: access denied: .*root\n$/)]);
    await expect(findMmdebstrap(['/nosuch', '/proc'])).rejects.toMatchObject({
      code: 'OPERATION_UNSUPPORTED',
      message: expect.stringContaining(
        'install the Debian package mmdebstrap, or choose a busybox root, which needs busybox-static',
      ) as string,
    });
  });
});

interface Running {
  readonly ended: Promise<unknown[]>;
  hasSaid(text: string): Promise<void>;
  kill(signal: NodeJS.Signals): void;
}

function startMkroot(factory: RootFactory, env: Readonly<Record<string, string>>): Running {
  const [program = '', ...rest] = commandLine('mkroot', 'web', '--debian', 'sid');
  const child = spawn(program, rest, {
    cwd: factory.folder,
    env: { ...commandEnvironment(), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  }
  return {
    ended: once(child, 'close'),
    hasSaid: (wanted) => eventually(() => expect(text).toContain(wanted)),
    kill: (signal) => void child.kill(signal),
  };
}
