/** lib/domain/interface/port/port-ids.ts: the ids that a port of a switch has from the time that it is defined. */
import { portId } from '../../../../../lib/container/interfaces/port-id';
import { withUuid } from '../../../../../lib/domain/interface/port/port-ids';
import { formatDomain } from '../../../../../lib/domain/format';
import { context, document, parse } from '../../parse-context';

const given = '09b11c53-8b5c-4eeb-8f00-d84eaa0aaa4f';
// Made of the uuid and the address of the parse context. Ports of earlier versions have the first: it must stay.
const made = 'a1cfe441-3e11-8006-8620-51fd1dc97a18';
const instance = 'e433dd6b-b988-836e-8c65-01d7f7a8f54d';

const bridge = "type='bridge'><source bridge='ovsbr0'/>";
const network = "type='network'><source network='lab'/>";
const direct = "type='direct'><source dev='e' mode='vepa'/>";

const printed = (content: string): string =>
  formatDomain(parse(document({ devices: `<interface ${content}</interface>` })));

/** As libvirt 11.3 prints them, but for the ids. */
test.each([
  [
    `${bridge}<virtualport type='openvswitch'/>`,
    "<virtualport type='openvswitch'>",
    `<parameters interfaceid='${made}'/>`,
  ],
  [
    `${network}<virtualport type='openvswitch'><parameters profileid='web'/></virtualport>`,
    "<virtualport type='openvswitch'>",
    `<parameters interfaceid='${made}' profileid='web'/>`,
  ],
  [
    `${bridge}<virtualport type='openvswitch'><parameters interfaceid='${given.toUpperCase()}'/></virtualport>`,
    "<virtualport type='openvswitch'>",
    `<parameters interfaceid='${given}'/>`,
  ],
  [
    `${network}<virtualport/>`,
    '<virtualport>',
    `<parameters instanceid='${instance}' interfaceid='${made}'/>`,
  ],
  [
    `${network}<virtualport><parameters instanceid='${given}'/></virtualport>`,
    '<virtualport>',
    `<parameters instanceid='${given}' interfaceid='${made}'/>`,
  ],
  // What a start refuses is kept as it was written, with its ids.
  [
    `${direct}<virtualport type='802.1Qbg'><parameters typeidversion='1' managerid='11' typeid='1193047'/></virtualport>`,
    "<virtualport type='802.1Qbg'>",
    `<parameters managerid='11' typeid='1193047' typeidversion='1' instanceid='${instance}'/>`,
  ],
  [
    `${bridge}<script path='/s'/><virtualport type='openvswitch'/>`,
    "<virtualport type='openvswitch'>",
    `<parameters interfaceid='${made}'/>`,
  ],
  [
    `${network}<script path='/s'/><virtualport><parameters interfaceid='${given}'/></virtualport>`,
    '<virtualport>',
    `<parameters instanceid='${instance}' interfaceid='${given}'/>`,
  ],
])('<interface %s', (content, element, parameters) => {
  const text = printed(content);
  expect(text).toContain(`      ${element}\n        ${parameters}\n      </virtualport>\n`);
  expect(formatDomain(parse(text))).toBe(text);
});

test.each([
  [`${direct}<virtualport type='802.1Qbh'><parameters profileid='web'/></virtualport>`],
  [`${bridge}<virtualport type='midonet'><parameters interfaceid='${given}'/></virtualport>`],
  ["type='ethernet'><virtualport type='openvswitch'/>"],
])('<interface %s has all the ids that it needs', (content) => {
  const [, port = ''] = /(<virtualport.*)$/s.exec(content) ?? [];
  expect(printed(content).replace(/>\n */g, '>')).toContain(port);
});

test('what libvirt gives a port of a network keeps it from no start', () => {
  const port = `<virtualport><parameters instanceid='${given}' interfaceid='${given}'/></virtualport>`;
  const { interfaces, unsupported } = parse(
    document({ devices: `<interface ${network}${port}</interface>` }),
  );
  expect(unsupported).toEqual([]);
  expect(interfaces).toMatchObject([{ virtualPort: { interfaceId: given, instanceId: given } }]);
  const ofSwitch = port.replace('<virtualport', "<virtualport type='openvswitch'");
  const refused = parse(document({ devices: `<interface ${bridge}${ofSwitch}</interface>` }));
  expect(refused.unsupported).toMatchObject([
    { path: 'domain/devices/interface/virtualport/parameters/@instanceid', start: 'refuses' },
  ]);
  const wrong = port.replace(given, 'none');
  expect(() => printed(`${network}${wrong}`)).toThrow(
    'cannot parse instanceid parameter as a uuid',
  );
});

test('ids that were made of a uuid go with it, and those that were given stay', () => {
  const other = '22222222-2222-4222-8222-222222222222';
  const macs = ['01', '02', '03'].map((last) => `52:54:00:00:00:${last}`);
  const more = ['', `<parameters interfaceid='${given}'/>`, ''];
  // The last one is kept as it was written.
  const devices = macs.map((mac, index) => {
    const port = `<virtualport type='openvswitch'>${more[index] ?? ''}</virtualport>`;
    const script = index === 2 ? "<script path='/s'/>" : '';
    return `<interface ${bridge}<mac address='${mac}'/>${port}${script}</interface>`;
  });
  const before = parse(document({ devices: devices.join('') }));
  expect(before.interfaces).toHaveLength(2);
  const after = formatDomain(withUuid(before, other, portId));
  expect(after).toContain(`<uuid>${other}</uuid>`);
  expect([...after.matchAll(/interfaceid='([^']*)'/g)].map(([, id]) => id).sort()).toEqual(
    [macs[0], macs[2]]
      .map((mac = '') => portId(other, mac, 'interface'))
      .concat(given)
      .sort(),
  );
  expect(formatDomain(before)).toContain(made);
  expect(made).toBe(portId(context.newUuid(), '52:54:00:00:00:01', 'interface'));
});
