/** `<seclabel>` on a host without a module that labels: refused in words where it asks for one, and otherwise no label at all. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TslxcError } from 'tslxc';
import { expectGone } from '../support/world/container-traces';
import { domainXml } from '../support/domain/domain-xml';
import { containerTest, rootAndConnection } from '../support/world/container-test';
import { runCommand, runSuccessfully } from '../support/process/run-command';
import { eventually } from '../support/time/eventually';

const name = 'labelled';

const world = containerTest(rootAndConnection);

function configure(text: string): string {
  const folder = join(world.root.path, 'etc/tslxc');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'lxc.conf'), text);
  return join(folder, 'lxc.conf');
}

/** `settings` are those of the host at the start. */
async function refusal(seclabel: string, settings?: string): Promise<TslxcError> {
  const xml = domainXml({ name, initArguments: ['-c', 'sleep 1000'], elements: seclabel });
  const domain = await world.connection.defineDomain(xml);
  if (settings !== undefined) configure(settings);
  const failure = await domain.start().then(
    () => {
      throw new Error('it was not refused');
    },
    (error: unknown) => error as TslxcError,
  );
  const { code, stderr } = await runCommand(['start', name], { root: world.root.path });
  expect(code).toBe(1);
  expect(stderr).toContain(failure.message);
  await expectGone(name);
  return failure;
}

test.each([
  ['selinux', "<seclabel type='dynamic' model='selinux' relabel='yes'/>"],
  [
    'apparmor',
    "<seclabel type='static' model='apparmor' relabel='no'><label>mine</label></seclabel>",
  ],
  ['dac', "<seclabel type='static' model='dac' relabel='no'><label>0:0</label></seclabel>"],
])('model %s is refused with its place', async (model, seclabel) => {
  const failure = await refusal(seclabel);
  expect(failure.message).toContain(`Security driver model '${model}' is not available`);
  expect(failure).toMatchObject({ code: 'CONFIG_UNSUPPORTED', element: 'domain/seclabel/@model' });
  // Of the definition as it is stored, where it is the last element.
  const stored = readFileSync(join(world.root.path, `etc/tslxc/lxc/${name}.xml`), 'utf8');
  const lines = stored.split('\n');
  expect(lines[(failure.line ?? 0) - 1]).toContain('<seclabel');
});

test.each([
  ['none at all', '', false],
  ['type none', "<seclabel type='none'/>", false],
  ['a dynamic one of no model', "<seclabel type='dynamic'/>", true],
])('%s: a container without a label, and a warning if it asks for one', async (...row) => {
  const [, elements, isWarned] = row;
  const xml = domainXml({ name, initArguments: ['-c', 'sleep 1000'], elements });
  const domain = await world.connection.defineDomain(xml);
  await domain.start();
  expect(await domain.securityLabel()).toBeUndefined();
  expect(await domain.xml()).not.toMatch(/<(image)?label>/);
  expect(await runSuccessfully(['dominfo', name], { root: world.root.path })).not.toMatch(
    /Security label/,
  );
  await domain.destroy();
  const log = await eventually(() => {
    const path = join(world.root.path, `var/log/tslxc/lxc/${name}.log`);
    const text = readFileSync(path, 'utf8');
    expect(text).toContain('"warning":"SharedHostNetwork"');
    return text;
  });
  expect(log.includes('"warning":"NoSecurityLabel"')).toBe(isWarned);
  await expectGone(name);
});

test('a host may ask that each container has a label', async () => {
  configure('security_require_confined = 1\n');
  const failure = await refusal('');
  expect(failure.code).toBe('CONFIG_UNSUPPORTED');
  expect(failure.message).toContain('Unconfined guests are not allowed on this host');
});

test.each([
  ['security_driver = "selinux"\n', 'CONFIG_UNSUPPORTED', /selinux/],
  ['\nsecurity_default_confined 1\n', 'CONF_SYNTAX', /lxc\.conf:2/],
])('no start goes round settings that can’t be had: %j', async (text, code, words) => {
  const failure = await refusal('', text);
  expect(failure.code).toBe(code);
  expect(failure.message).toMatch(words);
});
