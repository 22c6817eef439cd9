/** Debian roots by the real mmdebstrap, from the network. */
import { existsSync, lstatSync, readFileSync, readdirSync } from 'node:fs';
import { askConsole } from '../support/console/console-answer';
import { eventually } from '../support/time/eventually';
import { containerTest, nothing } from '../support/world/container-test';
import { RootFactory } from '../support/root/root-factory';
import { TestDomain } from '../support/domain/test-domain';

/** Milliseconds that a slow mirror may take. */
const timeout = 500_000;

containerTest(nothing);

test('a container boots from a Debian root, by systemd and up to the login', async () => {
  await using factory = new RootFactory();
  const made = await factory.run(['deb ian', '--debian', 'trixie'], { timeout });
  expect(made).toMatchObject({ code: 0, stderr: '' });
  expect(made.stdout).toMatch(/^building Debian trixie with .*\n(?:.*\n)*downloading packages/);
  expect(readdirSync(factory.folder)).toEqual(['deb ian']);
  const root = factory.path('deb ian');
  expect(lstatSync(root).mode & 0o7777).toBe(0o755);
  expect(readFileSync(`${root}/etc/os-release`, 'utf8')).toContain('VERSION_CODENAME=trixie');
  expect(existsSync(`${root}/etc/hostname`)).toBe(false);

  const filesystems = [{ source: root, target: '/' }];
  // Where the host has v1 controllers, systemd wants to be told that this is meant; else it means nothing.
  const initEnvironment = { SYSTEMD_CGROUP_ENABLE_LEGACY_FORCE: '1' };
  await using container = await TestDomain.make({
    ...{ name: 'mkroot-debian', memory: 524_288, init: '/sbin/init' },
    ...{ initEnvironment, filesystems },
  });
  await container.run('start');
  await eventually(
    () => askConsole(container.domain, '', /Debian GNU\/Linux 13 .*login: /s),
    60_000,
  );
  await container.run('destroy');
});

test('an unknown suite leaves nothing, and says why', async () => {
  await using factory = new RootFactory();
  const { code, stderr } = await factory.run(['web', '--debian', 'nosuchsuite'], { timeout });
  expect(code).toBe(1);
  expect(stderr).toMatch(
    /^error: Failed to make .* 'web'\nerror: operation failed: mmdebstrap: The repository '[^\n]*nosuchsuite[^\n]*\n$/,
  );
  expect(readdirSync(factory.folder)).toEqual([]);
});
