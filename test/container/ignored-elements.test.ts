/** A definition with much that means nothing to a container: it starts, which is told in four ways, or is refused as a whole. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { eventually } from '../support/time/eventually';
import { runCommand } from '../support/process/run-command';
import { inside } from '../support/domain/inside';
import { domainXml } from '../support/domain/domain-xml';
import { makeBusyboxRoot } from '../support/root/busybox-root';
import { containerTest, rootAndConnection } from '../support/world/container-test';

const name = 'ignored';

/** Path and a text of each, in document order. */
const ignored = [
  ['domain/os/smbios', "<smbios mode='host'/>"],
  ['domain/memoryBacking', '<memoryBacking><nosharepages/></memoryBacking>'],
  ['domain/cputune/vcpupin', "<vcpupin vcpu='0' cpuset='0'/>"],
  ['domain/features/acpi', '<acpi/>'],
  ['domain/features/apic', '<apic/>'],
  ['domain/cpu', "<cpu mode='host-passthrough'/>"],
  ['domain/clock/@offset', "<clock offset='variable'"],
  ['domain/clock/@adjustment', "adjustment='3600'"],
  ['domain/on_crash', '<on_crash>preserve</on_crash>'],
  ['domain/pm', "<pm><suspend-to-mem enabled='no'/></pm>"],
  ['domain/devices/controller', "<controller type='usb' model='none'/>"],
  ['domain/devices/filesystem/@accessmode', "accessmode='mapped'"],
  ['domain/devices/filesystem/@fmode', "fmode='0600'"],
  ['domain/devices/filesystem/driver', "<driver type='path'/>"],
  ['domain/devices/serial', "<serial type='pty'>"],
  ['domain/devices/channel', "<channel type='unix'/>"],
  ['domain/devices/graphics', "<graphics type='vnc'/>"],
  ['domain/devices/video', '<video/>'],
  ['domain/devices/memballoon', "<memballoon model='virtio'/>"],
  ['domain/devices/rng', "<rng model='virtio'/>"],
] as const;

const world = containerTest(async (keep) => {
  const busybox = keep(await makeBusyboxRoot());
  const { root, connection } = await rootAndConnection(keep);
  const xml = domainXml({
    name,
    osElements: "<smbios mode='host'/>",
    elements: `<memoryBacking><nosharepages/></memoryBacking>
<cputune><vcpupin vcpu='0' cpuset='0'/></cputune>
<features><privnet/><acpi/><apic/></features>
<cpu mode='host-passthrough'/>
<clock offset='variable' adjustment='3600'/>
<on_crash>preserve</on_crash>
<pm><suspend-to-mem enabled='no'/></pm>`,
    devices: `<controller type='usb' model='none'/>
<filesystem type='mount' accessmode='mapped' fmode='0600'><driver type='path'/><source dir='${busybox.path}'/><target dir='/'/></filesystem>
<serial type='pty'/><channel type='unix'/><graphics type='vnc'/><video/>
<memballoon model='virtio'/><rng model='virtio'/><colour/>`,
  });
  const file = join(root.path, 'ignored.xml');
  writeFileSync(file, xml);
  const tslxc = (...words: string[]) => runCommand(words, { root: root.path });
  return { root, connection, file, xml, tslxc };
});

const paths = ignored.map(([path]) => path);

/** The text of each place of the stored file that a warning names. */
function expectPlaces(
  warnings: readonly { element?: string; line?: number; column?: number; path?: string }[],
): void {
  for (const { element = '', line = 0, column = 0, path = '' } of warnings) {
    const text = readFileSync(path, 'utf8').split('\n')[line - 1] ?? '';
    const [last = '', parent = ''] = element.split('/').reverse();
    expect(text.slice(column - 1)).toContain(`<${last.startsWith('@') ? parent : last}`);
  }
}

test('the command says what is left out, and what is ignored: a line for each on stderr', async () => {
  const defined = await world.tslxc('define', world.file);
  expect(defined).toMatchObject({
    code: 0,
    stdout: `Domain '${name}' defined from ${world.file}\n\n`,
  });
  expect(defined.stderr).toMatch(
    /^warning: <colour> is left out: .* \(domain\/devices\/colour, line \d+, column \d+\)\n$/,
  );
  const planned = await world.tslxc('plan', name);
  const started = await world.tslxc('start', name);
  expect(planned).toMatchObject({ code: 0, stderr: started.stderr });
  expect(started).toMatchObject({ code: 0, stdout: `Domain '${name}' started\n\n` });
  const lines = started.stderr.trim().split('\n');
  expect(lines).toHaveLength(ignored.length);
  for (const path of paths) {
    const form = new RegExp(
      `^warning: .* is ignored: .* \\(${path}, line \\d+, column \\d+\\) of /`,
    );
    expect(lines).toContainEqual(expect.stringMatching(form));
  }
  const domain = await world.connection.lookupDomainByName(name);
  expect(await inside(domain, 'echo runs')).toBe('runs\n');
  const { stdout } = await world.tslxc('dumpxml', name, '--inactive');
  for (const [, text] of ignored) expect(stdout).toContain(text.replace(/><.*/, ''));
  expect(stdout).not.toContain('colour');
  await domain.destroy();
});

test('the library gives them as a result, events, and lines of the domain’s log', async () => {
  const domain = await world.connection.defineDomain(world.xml);
  const { warnings } = await domain.start();
  const ours = warnings.filter(({ detail }) => detail === 'IgnoredElement');
  expect(ours.map(({ element }) => element).sort()).toEqual([...paths].sort());
  expectPlaces(ours);
  await domain.destroy();
  const events = readFileSync(join(world.root.path, 'run/tslxc/events'), 'utf8')
    .split('\n')
    .filter((line) => line.includes('"IgnoredElement"'))
    .map((line) => JSON.parse(line) as { element: string; line: number; column: number });
  expect(events.map(({ element, line }) => [element, line])).toEqual(
    ours.map(({ element, line }) => [element, line]),
  );
  await eventually(() => {
    const log = readFileSync(join(world.root.path, 'var/log/tslxc/lxc', `${name}.log`), 'utf8');
    for (const { message } of ours) expect(log).toContain(JSON.stringify(message).slice(1, -1));
  });
});

test('a strict start refuses all of it at once, and nothing runs', async () => {
  const domain = await world.connection.defineDomain(world.xml);
  await expect(domain.start({ strict: true })).rejects.toMatchObject({
    code: 'CONFIG_UNSUPPORTED',
    problems: expect.arrayContaining(
      paths.map((element) => expect.objectContaining({ element }) as unknown),
    ) as unknown,
  });
  const refused = await world.tslxc('start', name, '--strict');
  expect(refused).toMatchObject({ code: 1, stdout: '\n' });
  const lines = refused.stderr.trim().split('\n');
  expect(lines.slice(0, 2)).toEqual([
    `error: Failed to start domain '${name}'`,
    expect.stringMatching(
      `^error: unsupported configuration: ${ignored.length} parts of the definition are not carried out, and the start is strict \\(/.*\\.xml\\):$`,
    ),
  ]);
  expect(lines).toHaveLength(2 + ignored.length);
  expect(await domain.state()).toMatchObject({ state: 'shutoff' });

  writeFileSync(join(world.root.path, 'etc/tslxc/lxc.conf'), 'strict = 1\n');
  await expect(domain.start()).rejects.toMatchObject({ code: 'CONFIG_UNSUPPORTED' });
  const validated = await world.tslxc('define', world.file);
  expect(validated.code).toBe(1);
  expect(validated.stderr).toContain('  <colour> is unknown (domain/devices/colour, line ');
  writeFileSync(join(world.root.path, 'etc/tslxc/lxc.conf'), '');
});

test('create --validate refuses what is unknown, with its line', async () => {
  const validated = await world.tslxc('create', world.file, '--validate');
  const line = world.xml.split('\n').findIndex((text) => text.includes('<colour/>')) + 1;
  expect(validated.code).toBe(1);
  expect(validated.stderr).toContain(`(domain/devices/colour, line ${line}, column `);
  expect(await world.connection.listDomains()).toEqual([]);
});
