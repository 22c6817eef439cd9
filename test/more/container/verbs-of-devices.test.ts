/** The verbs about devices of the host: each option on this host, whatever it has, and what each refuses. */
import { readdirSync } from 'node:fs';
import { commandOn } from '../../support/process/command-on';
import { containerTest, rootAndConnection } from '../../support/world/container-test';

const world = containerTest(rootAndConnection, { per: 'file' });
const { says, refusesEach } = commandOn(() => world.root.path);

const missing = "Could not find matching device 'nosuch'";
const adapter = '20000000c9848141,10000000c9848141';

/** A loopback interface is on every host. */
const loopback = 'net_lo_00_00_00_00_00_00';

test('devices are listed by name, by capability and as a tree', async () => {
  const all = (await says('nodedev-list')).trimEnd().split('\n');
  expect(all).toEqual(expect.arrayContaining(['computer', loopback]));
  const pci = (await says('nodedev-list --cap pci')).split('\n').filter((line) => line !== '');
  expect(pci).toHaveLength(readdirSync('/sys/bus/pci/devices').length);
  expect(await says('nodedev-list --cap system,mdev')).toBe('computer\n\n');
  expect(await says('nodedev-list --tree')).toMatch(/^computer\n {2}\|\n {2}\+- /);
  expect((await says('nodedev-list --all --persistent')).trimEnd().split('\n')).toEqual(all);
  expect(await says('nodedev-list --inactive')).toBe('\n');
  expect(await says('nodedev-list --transient')).toBe('\n');
  const json: unknown = JSON.parse(await says('nodedev-list --cap system --format json'));
  expect(json).toEqual([{ name: 'computer', capabilities: ['system'] }]);
  await refusesEach([
    ['nodedev-list --cap nosuch', 'Invalid capability type'],
    ['nodedev-list --tree --cap pci', 'Option --tree is incompatible with --cap'],
    ['nodedev-list --all --inactive', 'Option --all is incompatible with --inactive'],
    ['nodedev-list --transient --persistent', 'Option --transient is incompatible'],
    ['nodedev-list --format yaml', 'yaml'],
  ]);
});

test('one is told of', async () => {
  expect(await says(`nodedev-info ${loopback}`)).toBe(
    `Name:           ${loopback}\nParent:         computer\nActive:         yes\nPersistent:     yes\nAutostart:      yes\n\n`,
  );
  expect(JSON.parse(await says('nodedev-info computer --format json'))).toEqual({
    name: 'computer',
    capabilities: ['system'],
  });
  expect(await says(`nodedev-dumpxml ${loopback} --inactive`)).toContain(
    "<capability type='net'>\n    <interface>lo</interface>",
  );
  expect(await says(`nodedev-dumpxml ${loopback} --xpath //interface --wrap`)).toBe(
    '<nodes>\n  <interface>lo</interface>\n</nodes>\n\n',
  );
  await refusesEach([
    ['nodedev-info nosuch', missing],
    ['nodedev-info computer --format yaml', 'yaml'],
    ['nodedev-dumpxml nosuch', missing],
    ['nodedev-dumpxml computer --xpath [', 'Incorrect xpath'],
    [`nodedev-dumpxml ${adapter}`, `Could not find matching device '${adapter}'`],
    ['nodedev-dumpxml a,b,c', "Malformed device value 'a,b,c'"],
    ['nodedev-dumpxml a,b', "Malformed wwn: 'a'"],
  ]);
});

test('what libvirt refuses for containers is refused, of a device that there is', async () => {
  const unsupported = 'this function is not supported by the connection driver: virNodeDevice';
  await refusesEach([
    [`nodedev-detach ${loopback}`, `Failed to detach device ${loopback}`],
    [`nodedev-reset ${loopback}`, unsupported],
    ['nodedev-reset nosuch', missing],
    [`nodedev-update ${loopback} file.xml`, `Failed to update node device ${loopback} from`],
  ]);
});
