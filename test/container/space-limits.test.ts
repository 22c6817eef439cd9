/** Limits of space on a file system that has no quotas of projects: refused, since they would not hold. test/vm has those that do. */
import { connect } from 'tslxc';
import { domainXml } from '../support/domain/domain-xml';
import { idMapXml, makeClosedRoot, runInside } from '../support/domain/mapped-domain';
import { runCommand } from '../support/process/run-command';
import { makeTestRoot } from '../support/root/test-root';
import { containerTest } from '../support/world/container-test';

const name = 'space-limits';

const world = containerTest(async (keep) => {
  const root = keep(await makeTestRoot());
  const connection = keep(await connect(undefined, { root: root.path }));
  // No tmpfs has them.
  const tree = keep(await makeClosedRoot('/dev/shm'));
  return { root, connection, tree };
});

const limit = "\n<space_hard_limit unit='MiB'>8</space_hard_limit>";

const filesystem = (content: string): string =>
  `<filesystem><source dir='${world.tree.path}'/><target dir='/'/>${content}</filesystem>`;

const define = (devices: string, elements = idMapXml()) =>
  world.connection.defineDomain(domainXml({ name, elements, devices }));

test('the start is refused in the line of the limit, and so is its plan, with what to do', async () => {
  const domain = await define(filesystem(limit));
  const words = `limits of space would not hold on the file system of '${world.tree.path}'`;
  const failing = expect(domain.start()).rejects;
  await failing.toMatchObject({
    code: 'CONFIG_UNSUPPORTED',
    element: 'domain/devices/filesystem/space_hard_limit',
  });
  await expect(domain.start()).rejects.toThrow(words);
  await expect(domain.start()).rejects.toThrow('mounted with prjquota');
  const { code, stderr } = await runCommand(['plan', name], { root: world.root.path });
  expect(code).toBe(1);
  expect(stderr).toContain(words);
});

test('without ids of its own the start is refused', async () => {
  const domain = await define(filesystem(limit), '');
  await expect(domain.start()).rejects.toThrow('without an <idmap> root inside may exceed it');
});

test('one that comes to a running container has none', async () => {
  const ram = (content: string): string =>
    `<filesystem type='ram'><source usage='8' units='MiB'/><target dir='/ram'/>${content}</filesystem>`;
  const domain = await define(ram(limit), '');
  await domain.start();
  expect(await runInside(domain, 'busybox df -k /ram')).toContain('8192');
  await expect(domain.attachDevice(ram(limit).replace('/ram', '/other'))).rejects.toThrow(
    'limits of space can only be set at a start',
  );
});
