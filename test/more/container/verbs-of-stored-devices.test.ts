/** The verbs that put devices into a stored definition, and take them out: each option on a real one, and what each refuses. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from 'tslxc';
import { domainXml } from '../../support/domain/domain-xml';
import { commandOn } from '../../support/process/command-on';
import { makeTestRoot } from '../../support/root/test-root';
import { containerTest } from '../../support/world/container-test';

const world = containerTest(async (keep) => {
  const root = keep(await makeTestRoot());
  const connection = keep(await connect(undefined, { root: root.path }));
  const domain = await connection.defineDomain(domainXml({ name: 'off' }));
  return { root, domain, file: join(root.path, 'device.xml') };
});

const { says, refuses, refusesEach } = commandOn(() => world.root.path);

const stopped = 'domain is not running';
const exclusive = 'mutually exclusive';
const missing = "failed to get domain 'nosuch'";

test('a disk with all that it may be given', async () => {
  const { domain, root } = world;
  const image = join(root.path, 'image');
  writeFileSync(image, Buffer.alloc(1024 * 1024));
  await says(
    'attach-disk off /dev/loop0 vda --config --sourcetype block --targetbus virtio --type disk --mode readonly --rawio ' +
      '--address pci:0000.00.0a.0 --multifunction --serial S1 --wwn 5000c50015ea71aa --alias ua-disk --iothread 1 --cache none --io native',
  );
  await says(`attach-disk off ${image} vdb --current --driver loop --subdriver raw --shareable`);
  await says(`attach-disk off ${image} vdc --persistent`);
  const xml = await domain.xml();
  expect(xml).toMatch(/<target dev='vda' bus='virtio'\/>\n +<readonly\/>/);
  expect(xml).toMatch(/<target dev='vdb' bus='virtio'\/>\n +<shareable\/>/);
  expect(await says('domblklist off --details --inactive')).toContain(
    ` file    disk     vdc      ${image}\n`,
  );
  expect(await says('detach-disk off vdc --print-xml')).toContain("<target dev='vdc'");
  await says('detach-disk off vdc --persistent');
  await says('detach-disk off vdb --current');
  expect(
    await says(
      'attach-disk off img vdd --print-xml --source-protocol nbd --source-host-name h:1 --source-host-transport tcp --throttle-groups a',
    ),
  ).toContain("<host transport='tcp' name='h' port='1'/>");
  expect(
    await says(
      'attach-disk off img vdd --print-xml --source-protocol nbd --source-host-transport unix --source-host-socket /s',
    ),
  ).toContain("<host transport='unix' socket='/s'/>");
  await refusesEach([
    [
      'attach-disk off /dev/loop0 vda --config --sourcetype block --targetbus virtio --type disk --driver loop --subdriver raw --serial S1 --wwn 5000c50015ea71aa --alias ua-disk --iothread 1 --cache none --io native',
      'target vda already exists',
    ],
    ['attach-disk off /dev/loop0 vde --live', stopped],
    ['attach-disk off /dev/loop0 vde --persistent --current', exclusive],
    ['attach-disk off /dev/loop0 vde --config --current', exclusive],
    ['attach-disk off /dev/loop0 vde --mode both', "No support for both in command 'attach-disk'"],
    ['attach-disk off /dev/loop0 vde --address isa:1', 'Invalid address.'],
    ['attach-disk off img vde --source-host-name h', '--source-protocol is required'],
    ['attach-disk off img vde --source-host-transport tcp', '--source-protocol is required'],
    [
      'attach-disk off img vde --source-protocol nbd --source-host-socket /s',
      '--source-host-transport is required',
    ],
    ['attach-disk nosuch /dev/loop0 vde', missing],
    ['detach-disk off vda --live', stopped],
    ['detach-disk off vda --persistent --current', exclusive],
    ['detach-disk off vdz --config', 'No disk found whose source path or target is vdz'],
    ['detach-disk nosuch vda', missing],
    ['domblklist nosuch', missing],
  ]);
  expect(await says('detach-disk off vda --config')).toBe('Disk detached successfully\n\n');
  expect(await domain.xml()).not.toContain('<disk');
});

test('a device from a file', async () => {
  const { domain, file } = world;
  const tree = (target: string): string =>
    `<filesystem type='mount'><source dir='/srv'/><target dir='${target}'/></filesystem>`;
  writeFileSync(file, tree('/mnt/a'));
  await says(`attach-device off ${file} --config`);
  writeFileSync(file, tree('/mnt/b'));
  await says(`attach-device off ${file} --current`);
  writeFileSync(file, tree('/mnt/b').replace('/></f', '/><readonly/></f'));
  await says(`update-device off ${file} --config --force`);
  await says(`update-device off ${file} --current`);
  await says(`update-device off ${file} --persistent`);
  expect(await domain.xml()).toMatch(/\/mnt\/a[^]*\/mnt\/b'\/>\n +<readonly\/>/);
  await refusesEach([
    [`attach-device off ${file} --live`, stopped],
    [`attach-device off ${file} --persistent --current`, exclusive],
    [`attach-device off ${file} --config`, 'Failed to attach device from'],
    ['attach-device off /nowhere/at/all', 'No such file or directory'],
    [`attach-device nosuch ${file}`, missing],
    [`update-device off ${file} --live`, stopped],
    [`update-device off ${file} --persistent --current`, exclusive],
    ['update-device off /nowhere/at/all', 'No such file or directory'],
    [`update-device nosuch ${file}`, missing],
    [`detach-device off ${file} --live`, stopped],
    [`detach-device off ${file} --persistent --current`, exclusive],
    ['detach-device off /nowhere/at/all', 'No such file or directory'],
  ]);
  await says(`detach-device off ${file} --current`);
  writeFileSync(file, tree('/mnt/a'));
  await says(`detach-device off ${file} --config`);
  expect(await domain.xml()).not.toContain('/mnt/');
  expect(await refuses(`detach-device off ${file} --config`)).toContain('Failed to detach device');
  expect(await refuses(`update-device off ${file} --config`)).toContain('Failed to update device');
});

test('an interface with all that it may be given', async () => {
  const { domain } = world;
  const mac = '52:54:00:0d:0d:01';
  await says(
    `attach-interface off network default --config --target web0 --mac ${mac} --model virtio --alias ua-net --inbound 1000,,64 --outbound 500`,
  );
  await says('attach-interface off direct eth7 --source-mode bridge --current');
  expect(await says('attach-interface off bridge br0 --print-xml --script /bin/x --managed')).toBe(
    "<interface type='bridge' managed='yes'>\n  <source bridge='br0'/>\n  <script path='/bin/x'/>\n</interface>\n\n",
  );
  await says('attach-interface off bridge br0 --persistent');
  expect(await domain.xml()).toMatch(/<inbound average='1000' burst='64'\/>/);
  expect(await says('domiflist off --inactive')).toMatch(
    new RegExp(` network +default +virtio +${mac}\n`),
  );
  expect(await says(`domif-getlink off ${mac} --config`)).toBe(`${mac} up\n`);
  await says(`domif-setlink off ${mac} down --config`);
  expect(await says(`domif-getlink off ${mac} --persistent`)).toBe(`${mac} down\n`);
  await says(`domif-setlink off ${mac} up --persistent`);
  expect(await says(`domif-setlink off ${mac} down --print-xml --config`)).toContain(
    "<link state='down'/>",
  );
  await says(`domiftune off ${mac} --inbound 2000 --outbound 0 --config`);
  expect(await says(`domiftune off ${mac} --current`)).toContain('inbound.average: 2000\n');
  await refusesEach([
    [
      `attach-interface off network default --config --target web0 --mac ${mac} --model virtio --alias ua-net --inbound 1000 --outbound 500`,
      'Failed to attach interface',
    ],
    ['attach-interface off network default --live', stopped],
    ['attach-interface off network default --persistent --current', exclusive],
    ['attach-interface off user x', "No support for user in command 'attach-interface'"],
    ['attach-interface off direct eth7 --source-mode bogus', ' (--source-mode)\n'],
    [
      'attach-interface off network default --mac zz --config',
      "error: XML error: unable to parse mac address 'zz' (--mac)\n",
    ],
    ['attach-interface off bridge br0 --inbound x', "field 'average' is malformed"],
    ['attach-interface nosuch network default', missing],
    ['attach-interface nosuch bridge br0 --script /bin/x', missing],
    ['detach-interface off user', 'No interface found whose type is user'],
    [`detach-interface off network --mac ${mac} --live`, stopped],
    ['detach-interface off network --persistent --current', exclusive],
    [
      'detach-interface off network --mac 00:00:00:00:00:01 --config',
      'No interface with MAC address',
    ],
    ['detach-interface nosuch network', missing],
    ['domif-getlink off eth9 --config', 'Interface (dev: eth9) not found.'],
    ['domif-getlink nosuch eth9 --persistent', missing],
    ['domif-setlink off eth9 up --config', "interface 'eth9' not found"],
    [`domif-setlink off ${mac} sideways --persistent`, "invalid link state 'sideways'"],
    ['domif-setlink nosuch eth9 up', missing],
    [`domiftune off ${mac} --live`, stopped],
    [`domiftune off ${mac} --live --current`, exclusive],
    [`domiftune off ${mac} --inbound x`, "field 'average' is malformed"],
    [`domiftune off ${mac} --outbound ,5`, 'outbound average is mandatory'],
    [`domiftune off eth9 --config`, 'Unable to get number of interface parameters'],
    ['domiftune nosuch eth9', missing],
    ['domiflist nosuch', missing],
  ]);
  expect(await says(`detach-interface off network --mac ${mac} --print-xml`)).toContain(mac);
  await says(`detach-interface off network --mac ${mac} --config`);
  await says('detach-interface off direct --current');
  await says('detach-interface off bridge --persistent');
  expect(await domain.xml()).not.toContain('<interface');
});
