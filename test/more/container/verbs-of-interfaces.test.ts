/** The verbs about network interfaces of the host: each option on what every host has, and what each refuses. */
import { commandOn } from '../../support/process/command-on';
import { containerTest, rootAndConnection } from '../../support/world/container-test';

const world = containerTest(rootAndConnection, { per: 'file' });
const { says, refusesEach } = commandOn(() => world.root.path);

const missing = "failed to get interface 'nosuch'";
const zero = '00:00:00:00:00:00';

test('interfaces are listed by state', async () => {
  expect(await says('iface-list --all')).toMatch(
    /^ Name +State +MAC Address\n-+\n[^]* lo +inactive +00:00:00:00:00:00\n/,
  );
  expect((await says('iface-list --inactive --name')).split('\n')).toContain('lo');
  expect((await says('iface-list --name')).split('\n')).not.toContain('lo');
  expect(JSON.parse(await says('iface-list --all --format json'))).toContainEqual({
    name: 'lo',
    mac: zero,
    active: false,
    operationalState: 'unknown',
  });
  await refusesEach([
    ['iface-list --all --inactive', 'mutually exclusive'],
    ['iface-list --format yaml', 'yaml'],
  ]);
});

test('one is told of by its name and by its address', async () => {
  expect(await says('iface-mac lo')).toBe(`${zero}\n\n`);
  expect(await says(`iface-name ${zero}`)).toBe('lo\n\n');
  const lo = { name: 'lo', mac: zero, active: false, operationalState: 'unknown' };
  expect(JSON.parse(await says('iface-mac lo --format json'))).toEqual(lo);
  expect(JSON.parse(await says(`iface-name ${zero} --format json`))).toEqual(lo);
  expect(await says('iface-dumpxml lo --inactive')).toBe(
    `<interface type='ethernet' name='lo'>\n  <mtu size='65536'/>\n  <link state='unknown'/>\n  <mac address='${zero}'/>\n</interface>\n\n`,
  );
  expect(await says(`iface-dumpxml ${zero} --xpath //mtu --wrap`)).toBe(
    '<nodes>\n  <mtu size="65536"/>\n</nodes>\n\n',
  );
  await refusesEach([
    ['iface-mac nosuch', missing],
    ['iface-mac lo --format yaml', 'yaml'],
    ['iface-name nosuch', missing],
    [`iface-name ${zero} --format yaml`, 'yaml'],
    ['iface-dumpxml nosuch', missing],
    ['iface-dumpxml lo --xpath [', 'Incorrect xpath'],
  ]);
});

test('nothing of an interface is changed, as by libvirt with udev', async () => {
  const unsupported = 'this function is not supported by the connection driver: virInterface';
  await refusesEach([
    ['iface-start lo', 'Failed to start interface lo'],
    ['iface-destroy lo', unsupported],
    ['iface-undefine nosuch', missing],
    ['iface-bridge lo br9', 'Failed to define new bridge interface br9'],
    ['iface-define file.xml', 'Failed to define interface from file.xml'],
  ]);
});
