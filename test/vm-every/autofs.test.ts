/**
 * The seed's autofs case: a host whose systemd has automounts. Containers start and stop beside them, and none is
 * triggered or lost: neither systemd's own nor one of the test's, which lies where the shared root shows it.
 */
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'tslxc';
import type { Connection } from 'tslxc';
import { makeBusyboxRoot } from '../support/root/busybox-root';
import { expectGone } from '../support/world/container-traces';
import { domainXml } from '../support/domain/domain-xml';
import type { FilesystemSource } from '../support/domain/domain-xml';
import { startOnce } from '../support/world/first-start';
import { expectHostUnchanged, snapshotHost } from '../support/world/host-snapshot';
import { inside } from '../support/domain/inside';
import { mountsOf } from '../support/domain/mounts-of';
import { property, systemctl } from '../support/machine/systemd';
import { makeTestRoot } from '../support/root/test-root';
import type { TestRoot } from '../support/root/test-root';

const name = 'beside-automounts';
const folder = '/srv/vmtest-automount';
const unit = 'srv-vmtest\\x2dautomount';
const binfmt = '/proc/sys/fs/binfmt_misc';
const units = '/run/systemd/system';

const unitFiles = {
  [`${unit}.mount`]: `[Mount]\nWhat=tmpfs\nType=tmpfs\nWhere=${folder}\n`,
  [`${unit}.automount`]: `[Automount]\nWhere=${folder}\n`,
};

let root: TestRoot;
let connection: Connection;

/** The types of what is mounted there on the host, from below. */
function typesAt(target: string): string[] {
  return mountsOf('self')
    .filter((mount) => mount.target === target)
    .map(({ type }) => type);
}

/** Both wait, and no process has looked. */
async function expectWaiting(): Promise<void> {
  for (const [target, automount] of [
    [binfmt, 'proc-sys-fs-binfmt_misc.automount'],
    [folder, `${unit}.automount`],
  ] as const) {
    expect(typesAt(target)).toEqual(['autofs']);
    expect(await property(automount, 'SubState')).toBe('waiting');
  }
}

beforeAll(async () => {
  await startOnce();
  // Another test may have had a look at it.
  await systemctl('stop', 'proc-sys-fs-binfmt_misc.mount');
  mkdirSync(units, { recursive: true });
  for (const [file, text] of Object.entries(unitFiles)) writeFileSync(`${units}/${file}`, text);
  await systemctl('daemon-reload');
  await systemctl('start', `${unit}.automount`);
});

afterAll(async () => {
  await systemctl('stop', `${unit}.automount`, `${unit}.mount`);
  for (const file of Object.keys(unitFiles)) rmSync(`${units}/${file}`);
  rmSync(folder, { recursive: true, force: true });
  await systemctl('daemon-reload');
});

beforeEach(async () => {
  root = await makeTestRoot();
  connection = await connect('lxc:///', { root: root.path });
});

afterEach(async () => {
  await connection.close();
  await root.remove();
});

/** A container with these file systems starts, answers and stops, and the host is as before. */
async function live(filesystems: readonly FilesystemSource[]): Promise<void> {
  await expectWaiting();
  const before = snapshotHost();
  const domain = await connection.defineDomain(domainXml({ name, filesystems }));
  await domain.start();
  expect(await inside(domain, 'echo $((6 * 7))')).toBe('42\n');
  await expectWaiting();
  await domain.destroy();
  await expectGone(name);
  await expectHostUnchanged(before, { except: ['descriptors'] });
  await expectWaiting();
}

test('a container with the host’s root starts and stops, and no automount is triggered or lost', () =>
  live([]));

test('so does one with a root of its own', async () => {
  await using busybox = await makeBusyboxRoot();
  await live([{ source: busybox.path, target: '/' }]);
});

test('and with the host’s root, and the folder around an automount as a source', () =>
  live([{ source: '/srv', target: '/mnt' }]));

test('who comes by afterwards still triggers them', () => {
  expect(readdirSync(folder)).toEqual([]);
  expect(typesAt(folder)).toEqual(['autofs', 'tmpfs']);
  expect(readdirSync(binfmt)).toContain('status');
  expect(typesAt(binfmt)).toEqual(['autofs', 'binfmt_misc']);
});
