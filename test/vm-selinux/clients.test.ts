/**
 * Debian's own virsh where SELinux enforces a policy: the seed's labels, as `virsh -c lxc:///` has them by the daemon; and a polkit of
 * the machine's own, which systemd starts.
 */
import { execFileSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { clientEnvironment, lastLibvirtSocket, startDaemon } from '../support/clients/client-world';
import { DaemonProcess } from '../support/clients/daemon-process';
import { domainXml, helloWorldXml } from '../support/domain/domain-xml';
import { LabelledCase } from '../support/labels/labelled-case';
import {
  isEnforcing,
  labelsBelow,
  pairPattern,
  processContext,
  setLabel,
  withLxcContexts,
  withMode,
} from '../support/labels/selinux-labels';
import { systemctl } from '../support/machine/systemd';
import { commandLine, runProgram } from '../support/process/run-command';
import type { CommandResult } from '../support/process/run-command';
import { eventually } from '../support/time/eventually';
import { initOf } from '../support/world/container-traces';
import { containerTest } from '../support/world/container-test';

const image = 'system_u:object_r:svirt_image_t';
const given = 's0:c192,c392';
const nobody = 65534;
const rule = '/etc/polkit-1/rules.d/10-tslxc-test.rules';

// Before any picture of the host is taken.
beforeAll(async () => {
  using _mode = withMode('permissive');
  await systemctl('start', 'polkit.service');
});

const world = containerTest(async (keep) => {
  keep(withLxcContexts({ process: 'system_u:system_r:svirt_t:s0', file: `${image}:s0` }));
  return keep(await LabelledCase.make());
});

/** What virsh prints; anything but success is what it says. */
async function virsh(...words: readonly string[]): Promise<string> {
  const argv = ['virsh', '-c', 'lxc:///', ...words];
  const { code, stdout, stderr } = await runProgram(argv, { env: clientEnvironment });
  return code === 0 ? stdout : `status ${code}: ${stderr}`;
}

/** The seed's elements, without what is printed only. */
const seclabels = {
  dynamic: "<seclabel type='dynamic' model='selinux' relabel='yes'/>",
  'dynamic with a base label':
    "<seclabel type='dynamic' model='selinux' relabel='yes'><baselabel>system_u:system_r:svirt_custom_t:s0</baselabel></seclabel>",
  'static with relabelling': `<seclabel type='static' model='selinux' relabel='yes'><label>system_u:system_r:svirt_custom_t:${given}</label></seclabel>`,
  'static without relabelling': `<seclabel type='static' model='selinux' relabel='no'><label>system_u:system_r:svirt_custom_t:${given}</label></seclabel>`,
} as const;

interface Expected {
  readonly seclabel: keyof typeof seclabels;
  readonly type: 'svirt_t' | 'svirt_custom_t';
  readonly relabel: 'yes' | 'no';
}

test.each<Expected>([
  { seclabel: 'dynamic', type: 'svirt_t', relabel: 'yes' },
  { seclabel: 'dynamic with a base label', type: 'svirt_custom_t', relabel: 'yes' },
  { seclabel: 'static with relabelling', type: 'svirt_custom_t', relabel: 'yes' },
  { seclabel: 'static without relabelling', type: 'svirt_custom_t', relabel: 'no' },
])('virsh starts the seed’s domain with a $seclabel label', async (expected) => {
  const { seclabel, type, relabel } = expected;
  expect(isEnforcing()).toBe(true);
  await using _daemon = await startDaemon(world.root);
  const source = await world.tree();
  if (relabel === 'no') setLabel(source, `${image}:${given}`);
  const labels = labelsBelow(source);
  const file = join(world.root, 'seed.xml');
  const xml = domainXml({
    name: 'seed-label',
    initArguments: ['-c', 'sleep 10000'],
    elements: seclabels[seclabel],
    filesystems: [{ source, target: '/' }],
  });
  writeFileSync(file, xml);
  expect(await virsh('define', file)).toContain("Domain 'seed-label' defined from");
  expect(await virsh('start', 'seed-label')).toContain("Domain 'seed-label' started");

  const text = await virsh('dumpxml', 'seed-label');
  const [, label = ''] = /<label>(.*)<\/label>/.exec(text) ?? [];
  const isGiven = seclabel.startsWith('static');
  const [, first, second] = pairPattern.exec(label) ?? [];
  const range = isGiven ? given : `s0:c${first ?? ''},c${second ?? ''}`;
  expect(label).toBe(`system_u:system_r:${type}:${range}`);
  expect(processContext(await initOf('seed-label'))).toBe(label);
  const info = await virsh('dominfo', 'seed-label');
  expect(info).toMatch(/^Security model: +selinux$/m);
  expect(info).toContain(`Security label: ${label} (enforcing)`);
  const shown = new Set(labelsBelow(source).map((line) => line.split(' ').at(-1)));
  expect(shown).toEqual(new Set([`${image}:${range}`]));
  if (relabel === 'yes') expect(text).toContain(`<imagelabel>${image}:${range}</imagelabel>`);

  expect(await virsh('destroy', 'seed-label')).toContain("Domain 'seed-label' destroyed");
  expect(labelsBelow(source)).toEqual(labels);
  expect(await virsh('undefine', 'seed-label')).toContain('undefined');
});

test('virsh is told that the host has SELinux, and by which labels', async () => {
  await using _daemon = await startDaemon(world.root);
  const capabilities = await virsh('capabilities');
  expect(capabilities).toMatch(/<secmodel>\s*<model>selinux<\/model>\s*<doi>0<\/doi>/);
  expect(capabilities).toContain("<baselabel type='lxc'>system_u:system_r:svirt_t:s0</baselabel>");
});

/** Runs virsh as the user nobody, who has no rights here. */
function asNobody(...words: readonly string[]): Promise<CommandResult> {
  return runProgram(['virsh', '-c', 'lxc:///', ...words], {
    uid: nobody,
    env: { ...clientEnvironment, HOME: '/' },
  });
}

test('the machine’s own polkit says who else than root may start one', async () => {
  // What polkit's daemon may look at is Debian's policy, which is not what is tested.
  using _mode = withMode('permissive');
  await using _daemon = await DaemonProcess.start({
    root: world.root,
    argv: commandLine('daemon', '--libvirt', '--polkit'),
    socket: lastLibvirtSocket,
  });
  const domain = await world.connection.defineDomain(helloWorldXml);
  const refused = await asNobody('start', 'helloworld');
  expect([refused.code, refused.stderr]).toEqual([
    1,
    expect.stringContaining("authenticate action 'org.libvirt.unix.manage'"),
  ]);
  const looks = await asNobody('-r', 'list', '--all', '--name');
  expect([looks.code, looks.stdout.trim(), looks.stderr]).toEqual([0, 'helloworld', '']);
  try {
    writeFileSync(
      rule,
      `polkit.addRule(function (action, subject) {
         if (subject.user !== 'nobody' || action.id !== 'org.libvirt.unix.manage') return undefined;
         return polkit.Result.YES;
       });\n`,
    );
    // polkit's daemon notices a rule by itself.
    await eventually(async () => {
      const { code, stderr } = await asNobody('start', 'helloworld');
      expect([code, stderr]).toEqual([0, '']);
    });
    expect(await domain.state()).toMatchObject({ state: 'running' });
    expect((await asNobody('destroy', 'helloworld')).code).toBe(0);
  } finally {
    rmSync(rule, { force: true });
  }
  expect(execFileSync('systemctl', ['is-active', 'polkit.service'], { encoding: 'utf8' })).toBe(
    'active\n',
  );
});
