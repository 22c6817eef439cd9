/** The settings of a host, in libvirt's syntax. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { statePaths } from '../../../lib/host/state/state-paths';
import { parseSettings, readSettings, visibleSettings } from '../../../lib/host/settings';

const parse = (text: string): unknown => parseSettings(text, '/etc/tslxc/lxc.conf');

const defaults = {
  defaultConfined: false,
  requireConfined: false,
  strict: false,
  hookTimeout: 30,
  libvirtHooks: false,
};

test('without any, the host’s own driver is used and no container has to be confined', () => {
  expect(parse('')).toEqual(defaults);
  expect(parse('# security_driver = "selinux"\n\n   # indented\n')).toEqual(defaults);
});

test('each setting, with comments behind it and either kind of quotes', () => {
  const text = `security_driver = "selinux" # not none
    security_default_confined=1
security_require_confined = 0#off
strict = 1
hook_timeout = 5
libvirt_hooks = 1
hardening = "isolated"`;
  expect(parse(text)).toEqual({
    driver: 'selinux',
    defaultConfined: true,
    requireConfined: false,
    strict: true,
    hookTimeout: 5,
    libvirtHooks: true,
    hardening: 'isolated',
  });
  expect(parse("security_driver='none'\r\n")).toMatchObject({ driver: 'none' });
});

test.each([
  ['security_drivr = "none"', 1, "unknown setting 'security_drivr'"],
  ['\n\ntoString = 1', 3, "unknown setting 'toString'"],
  ['security_driver = "smack"', 1, 'expecting one of "selinux", "apparmor", "none"'],
  ['security_driver = 1', 1, 'expecting one of'],
  ['security_default_confined = 2', 1, 'expecting 0 or 1'],
  ['security_require_confined = "1"', 1, 'expecting 0 or 1'],
  ['strict = 2', 1, "expecting 0 or 1 for 'strict', not 2"],
  [
    'hardening = "none"',
    1,
    'expecting one of "compat", "hardened", "isolated" for \'hardening\', not "none"',
  ],
  ['hook_timeout = 0', 1, "expecting a number of seconds from 1 on for 'hook_timeout'"],
  ['libvirt_hooks = "yes"', 1, "expecting 0 or 1 for 'libvirt_hooks'"],
  ['#\nsecurity_driver', 2, 'expecting an assignment'],
  ['security_driver "none"', 1, 'expecting an assignment'],
  [
    'security_driver = none',
    1,
    "expecting a whole number or text in quotes for 'security_driver', not none",
  ],
  ['security_driver = "none', 1, 'expecting a whole number or text'],
  ['security_driver = "none" "none"', 1, 'expecting a whole number or text'],
  ['security_default_confined = 1 security_require_confined = 1', 1, 'expecting a whole number'],
  ['= 1', 1, 'expecting an assignment'],
])('%j is refused at its line', (text, line, message) => {
  expect(() => parse(text)).toThrow(
    expect.objectContaining({
      code: 'CONF_SYNTAX',
      path: '/etc/tslxc/lxc.conf',
      line,
      message: expect.stringContaining(
        `configuration file syntax error: /etc/tslxc/lxc.conf:${line}: ${message}`,
      ) as string,
    }) as Error,
  );
});

test('the file is that of the root, and may be missing but not unreadable', () => {
  const root = mkdtempSync('/var/tmp/tslxc-settings-');
  const paths = statePaths(root);
  try {
    expect(readSettings(paths)).toEqual(defaults);
    mkdirSync(join(root, 'etc/tslxc'), { recursive: true });
    writeFileSync(join(root, 'etc/tslxc/lxc.conf'), 'security_require_confined = 1\n');
    expect(readSettings(paths)).toMatchObject({ requireConfined: true });
    rmSync(paths.settings);
    mkdirSync(paths.settings);
    for (const read of [readSettings, visibleSettings]) {
      expect(() => read(paths)).toThrow(
        expect.objectContaining({ code: 'SYSTEM_ERROR', errno: 21 }) as Error,
      );
    }
  } finally {
    rmSync(root, { recursive: true });
  }
});
