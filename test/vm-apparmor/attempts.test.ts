/**
 * What root inside tries under the profile that is made for a domain. Each attempt is made unconfined too, where it has to
 * succeed: what is refused there already would prove nothing.
 */
import { connect } from 'tslxc';
import type { Connection, Domain } from 'tslxc';
import { attempt, labelOf, loadedProfiles } from '../support/labels/apparmor';
import { domainXml } from '../support/domain/domain-xml';
import { runIn } from '../support/domain/exec';
import { startOnce } from '../support/world/first-start';
import { makeTestRoot } from '../support/root/test-root';
import type { TestRoot } from '../support/root/test-root';

const corePattern = '/proc/sys/kernel/core_pattern';

/** Each succeeds for the same root without the profile, and leaves nothing behind. */
const attempts: Readonly<Record<string, string>> = {
  'to make /proc/sys writable': 'mount -o remount,bind,rw /proc/sys',
  'to write a knob of the host’s': `mount -o remount,bind,rw /proc/sys; read old <${corePattern}; echo "$old" >${corePattern}`,
  'to take off what is read-only': 'umount /proc/sys',
  'to move it away':
    'mount --make-rprivate / && mkdir -p /tmp/at && mount --move /proc/sys /tmp/at',
  'to mount procfs elsewhere': 'mkdir -p /tmp/at && mount -t proc proc /tmp/at',
  'to mount sysfs elsewhere': 'mkdir -p /tmp/at && mount -t sysfs sysfs /tmp/at',
  'to show procfs elsewhere': 'mkdir -p /tmp/at && mount --bind /proc /tmp/at',
  'to show a knob elsewhere': `touch /tmp/knob && mount --bind ${corePattern} /tmp/knob`,
  'to write a knob of a new procfs':
    'mkdir -p /tmp/new/proc && mount -t proc proc /tmp/new/proc && ' +
    `read old <${corePattern} && echo "$old" >/tmp/new/${corePattern}`,
  'to mount what the host has once': 'mkdir -p /tmp/at && mount -t binfmt_misc none /tmp/at',
  'to write a knob whose folders lose their names, renamed from another mount namespace': renames(),
};

/** There what is mounted here is no mount point. */
function renames(): string {
  const elsewhere =
    'cd $at && echo >back && read _ <go && mv a/proc a/q && echo >back && read _ <go && mv b/sys b/x && echo >back';
  const here = [
    'read _ <back && mount -t proc proc a/proc && echo >go',
    'read _ <back && mount --bind a/q/sys b/sys && echo >go',
    `read _ <back && read old <${corePattern} && echo "$old" >b/x/kernel/core_pattern`,
  ];
  return [
    'export at=$(mktemp -d) && cd $at && mkdir -p a/proc b/sys && mkfifo go back',
    `{ unshare -m sh -c '${elsewhere}' >/dev/null 2>&1 & }`,
    // It may be waiting for a step that was refused here.
    'trap "kill $! 2>/dev/null" EXIT',
    ...here,
  ].join(' && ');
}

let root: TestRoot;
let connection: Connection;
let confined: Domain;
let free: Domain;

async function start(name: string, elements: string): Promise<Domain> {
  const initArguments = ['-c', 'while :; do sleep 1000; done'];
  return await connection.createDomain(domainXml({ name, initArguments, elements }));
}

beforeAll(async () => {
  await startOnce();
  root = await makeTestRoot();
  connection = await connect('lxc:///', { root: root.path });
  // Nothing but the profile is between the two.
  const compat =
    "<metadata><t:container xmlns:t='urn:tslxc:domain:1'><t:hardening level='compat'/></t:container></metadata>";
  confined = await start('confined', `${compat}<seclabel type='dynamic' model='apparmor'/>`);
  free = await start('free', compat);
});

afterAll(async () => {
  await connection.close();
  await root.remove();
  expect(loadedProfiles().filter((line) => line.startsWith('tslxc-'))).toEqual([]);
});

test('one is confined, and the other is not', async () => {
  expect(await labelOf(confined)).toMatch(/^tslxc-.* [(]enforce[)]$/);
  expect(await labelOf(free)).toBe('unconfined');
});

test.each(Object.entries(attempts))('it is kept from it: %s', async (_, line) => {
  expect(await attempt(confined, line)).toMatch(/^[1-9]/);
  expect(await attempt(free, line)).toMatch(/^0/);
});

test('its own mounts are left to it', async () => {
  const lines = [
    'mkdir -p /tmp/a /tmp/b && mount -t tmpfs none /tmp/a && touch /tmp/a/there',
    'mount --bind /tmp/a /tmp/b && test -e /tmp/b/there && umount /tmp/b',
    'mount -o remount,bind,ro /tmp/a && ! touch /tmp/a/more',
    'umount /tmp/a',
  ];
  expect(await attempt(confined, lines.join(' && '))).toMatch(/^0/);
});

test('there is no new mount API beside it', async () => {
  const script = [
    'import ctypes, os',
    'libc = ctypes.CDLL(None, use_errno=True)',
    'for number in (428, 429, 430, 431, 432, 433, 442):',
    '    libc.syscall(number, 0, 0, 0, 0, 0)',
    '    print(ctypes.get_errno(), end=" ")',
  ];
  const { stdout } = await runIn(confined, ['python3', '-c', script.join('\n')]);
  expect(stdout.trim()).toBe(Array(7).fill('38').join(' '));
});
