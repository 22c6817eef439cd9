/** Which security model a host has, and the contexts that its policy means for containers. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isAppArmorOn, hostSecurity } from '../../../../lib/host/security/driver';
import type { SecurityProbes } from '../../../../lib/host/security/driver';
import { parseLxcContexts, readLxcContexts } from '../../../../lib/host/security/lxc-contexts';
import { processLabels } from '../../../../lib/host/security/process-labels';
import type { SecurityModel } from '../../../../lib/host/security/host-security';

const text = `process = "system_u:system_r:container_t:s0"
content = "system_u:object_r:virt_var_lib_t:s0"
file = "system_u:object_r:container_file_t:s0"
ro_file = "system_u:object_r:container_ro_file_t:s0"
sandbox_lxc_process = "system_u:system_r:container_t:s0"
`;
const contexts = {
  process: 'system_u:system_r:container_t:s0',
  content: 'system_u:object_r:virt_var_lib_t:s0',
  file: 'system_u:object_r:container_file_t:s0',
  readonlyFile: 'system_u:object_r:container_ro_file_t:s0',
};

function probes(...there: readonly SecurityModel[]): SecurityProbes {
  const selinux = { model: 'selinux', doi: '0', enforcing: true, contexts } as const;
  return {
    selinux: {
      isThere: () => there.includes('selinux'),
      look: () => ({ ...selinux, baseLabel: contexts.process }),
    },
    apparmor: {
      isThere: () => there.includes('apparmor'),
      look: () => ({ model: 'apparmor', doi: '0' }),
    },
    none: { isThere: () => true, look: () => ({ model: 'none', doi: '0' }) },
  };
}

let folder: string;
beforeEach(() => (folder = mkdtempSync('/var/tmp/tslxc-driver-')));
afterEach(() => rmSync(folder, { recursive: true }));

test.each([
  [['selinux', 'apparmor'], 'selinux'],
  [['apparmor'], 'apparmor'],
  [[], 'none'],
] as const)('of %j the model is %s', (there, model) => {
  expect(hostSecurity({}, probes(...there)).model).toBe(model);
});

test('the settings choose among those that are there', () => {
  const both = probes('selinux', 'apparmor');
  expect(hostSecurity({ driver: 'apparmor' }, both).model).toBe('apparmor');
  expect(hostSecurity({ driver: 'none' }, both)).toEqual({ model: 'none', doi: '0' });
  expect(() => hostSecurity({ driver: 'selinux' }, probes('apparmor'))).toThrow(
    expect.objectContaining({
      code: 'CONFIG_UNSUPPORTED',
      message: 'unsupported configuration: Security driver selinux not enabled',
    }) as Error,
  );
});

test('the contexts of containers', () => {
  const path = join(folder, 'lxc_contexts');
  writeFileSync(path, text);
  expect(readLxcContexts(path)).toEqual(contexts);
  expect(parseLxcContexts(text.replace(/^ro_file.*\n/m, ''), path).readonlyFile).toBe(
    contexts.content,
  );
});

test.each(['process', 'file', 'content'])('without %s the policy is unfit', (key) => {
  const without = text.replace(new RegExp(`^${key} .*\n`, 'm'), '');
  expect(() => parseLxcContexts(without, '/etc/selinux/x/contexts/lxc_contexts')).toThrow(
    expect.objectContaining({
      code: 'INTERNAL_ERROR',
      path: '/etc/selinux/x/contexts/lxc_contexts',
      message: `internal error: the key '${key}' is missing in /etc/selinux/x/contexts/lxc_contexts`,
    }) as Error,
  );
});

test('what is no context is told with its key', () => {
  expect(() => parseLxcContexts(text.replace('container_file_t:s0', ''), '/c')).toThrow(
    "'system_u:object_r:' of the key 'file' in /c is not a security context",
  );
});

test('AppArmor is there when it is on and its profiles can be read', () => {
  const files = { enabled: join(folder, 'enabled'), profiles: join(folder, 'profiles') };
  expect(isAppArmorOn(files)).toBe(false);
  writeFileSync(files.enabled, 'Y\n');
  expect(isAppArmorOn(files)).toBe(false);
  writeFileSync(files.profiles, '');
  expect(isAppArmorOn(files)).toBe(true);
  writeFileSync(files.enabled, 'N\n');
  expect(isAppArmorOn(files)).toBe(false);
});

test('labels of processes, each once, without those that have ended', () => {
  const label = (pid: string, content: string): void => {
    mkdirSync(join(folder, pid, 'attr'), { recursive: true });
    writeFileSync(join(folder, pid, 'attr/current'), content);
  };
  label('1', 'system_u:system_r:init_t:s0\0');
  label('20', 'system_u:system_r:container_t:s0:c1,c2');
  label('21', 'system_u:system_r:container_t:s0:c1,c2\n');
  label('self', 'not:a:process:s0');
  mkdirSync(join(folder, '30'));
  expect([...processLabels(folder)].sort()).toEqual([
    'system_u:system_r:container_t:s0:c1,c2',
    'system_u:system_r:init_t:s0',
  ]);
});
