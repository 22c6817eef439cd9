/** `<portForward>`: what is read and printed, what is forwarded, and what makes no sense. */
import { formatDomain } from '../../../../../lib/domain/format';
import { forwardedPorts, sharedPort } from '../../../../../lib/domain/interface/port/port-forward';
import type { PortForward } from '../../../../../lib/domain/interface/definition';
import { document, parse, withoutPositions } from '../../parse-context';

const definitionOf = (forwards: string, source = "type='network'><source network='n'/>") =>
  parse(document({ devices: `<interface ${source}${forwards}</interface>` }));

const forwardOf = (content: string): PortForward => {
  const [forward] = definitionOf(content).interfaces[0]?.portForwards ?? [];
  if (forward === undefined) throw new Error('nothing is forwarded');
  return forward;
};

test('all that can be said is read, and printed in the same way', () => {
  const forwards = [
    "<portForward proto='tcp' address='192.0.2.1' dev='eth0'>",
    "<range start='22' to='2022'/>",
    "<range start='1000' end='1050' to='2000' exclude='no'/>",
    "<range start='1010' exclude='yes'/>",
    '</portForward>',
    "<portForward proto='udp'/>",
  ];
  const definition = definitionOf(forwards.join(''));
  expect(definition.unsupported).toEqual([]);
  const read = [
    {
      protocol: 'tcp',
      address: '192.0.2.1',
      device: 'eth0',
      ranges: [
        { start: 22, to: 2022 },
        { start: 1000, end: 1050, to: 2000, exclude: false },
        { start: 1010, exclude: true },
      ],
    },
    { protocol: 'udp', ranges: [] },
  ];
  expect(definition.interfaces.map(withoutPositions)).toEqual([
    expect.objectContaining({ portForwards: read }),
  ]);
  const printed = formatDomain(definition).split('\n');
  const lines = printed
    .map((line) => line.trim())
    .filter((line) => /portForward|<range/.test(line));
  expect(lines).toEqual(forwards);
});

test.each([
  ['', "Missing required attribute 'proto' in element 'portForward'"],
  [" proto='icmp'", "Invalid value for attribute 'proto' in element 'portForward': 'icmp'"],
  [" proto='tcp' address='x'", "Invalid address 'x' in <portForward>"],
])('<portForward%s is refused', (attributes, message) => {
  expect(() => definitionOf(`<portForward${attributes}/>`)).toThrow(`XML error: ${message}`);
});

test.each([
  ['', "Missing required attribute 'start' in element 'range'"],
  [" start='0'", '0 is not a port'],
  [" start='65536'", "Invalid value for attribute 'start' in element 'range': '65536'"],
  [" start='9' end='8'", 'the range of ports ends at 8, before its start 9'],
  [" start='8' to='9' exclude='yes'", "an excluded range has no 'to'"],
  [" start='1' end='9' to='65530'", 'the ports 1-9 would be forwarded to ports above 65535'],
])('<range%s is refused', (attributes, message) => {
  const forward = `<portForward proto='tcp'><range${attributes}/></portForward>`;
  expect(() => definitionOf(forward)).toThrow(message);
});

test('an interface in no virtual network has none', () => {
  const { unsupported } = definitionOf(
    "<portForward proto='tcp'/>",
    "type='bridge'><source bridge='br0'/>",
  );
  expect(unsupported).toEqual([
    expect.objectContaining({ path: 'domain/devices/interface/portForward' }),
  ]);
});

test('what is excluded is left out, wherever it stands', () => {
  const forward = forwardOf(
    "<portForward proto='tcp'><range start='5' exclude='yes'/><range start='1' end='9' to='11'/></portForward>",
  );
  expect(forwardedPorts(forward)).toEqual([
    { start: 1, end: 4, to: 11 },
    { start: 6, end: 9, to: 16 },
  ]);
  expect(forwardedPorts(forwardOf("<portForward proto='tcp'/>"))).toEqual([
    { start: 1, end: 65535, to: 1 },
  ]);
});

test.each([
  ["proto='tcp'><range start='10'/>", 10],
  ["proto='udp'><range start='10'/>", undefined],
  ["proto='tcp'><range start='12' end='20'/>", undefined],
  ["proto='tcp'><range start='11' end='20'/>", 11],
  ["proto='tcp'><range start='1' end='20'/><range start='9' end='10' exclude='yes'/>", 11],
  ["proto='tcp' address='192.0.2.1'><range start='1' end='20'/>", 10],
  ["proto='tcp' address='192.0.2.2'><range start='1' end='20'/>", undefined],
  ["proto='tcp' address='0.0.0.0'><range start='1' end='20'/>", 10],
  ["proto='tcp' address='::'><range start='1' end='20'/>", undefined],
  ["proto='tcp' dev='eth1'><range start='10'/>", undefined],
  ["proto='tcp'>", 10],
])('<portForward %s may be meant by the same packet at the port %s', (content, expected) => {
  const one = forwardOf(
    "<portForward proto='tcp' address='192.0.2.1' dev='eth0'><range start='10' end='11'/></portForward>",
  );
  const other = forwardOf(`<portForward ${content}</portForward>`);
  expect([sharedPort(one, other), sharedPort(other, one)]).toEqual([expected, expected]);
});
