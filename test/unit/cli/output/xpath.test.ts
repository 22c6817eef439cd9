/** Parts of a document by XPath 1.0, printed as virsh prints them. */
import { selectXml } from '../../../../lib/cli/output/xpath';
import { FakeConnection } from '../../../support/fake/connection/fake-connection';
import { run } from '../run-main';

const xml = `<domain type='lxc' xmlns:lxc='http://libvirt.org/schemas/domain/lxc/1.0'>
  <name>web &amp; more</name>
  <devices>
    <console type='pty'>
      <target type='lxc' port='0'/>
    </console>
    <interface type='network'>
      <mac address='52:54:00:00:00:01'/>
    </interface>
    <interface type='bridge'/>
  </devices>
  <lxc:namespace>
    <lxc:sharenet type='netns' value='red'/>
  </lxc:namespace>
</domain>
`;

test.each([
  ['/domain/name', '<name>web &amp; more</name>\n'],
  ['//interface[2]', '<interface type="bridge"/>\n'],
  [
    "//interface[@type='network']",
    '<interface type="network">\n  <mac address="52:54:00:00:00:01"/>\n</interface>\n',
  ],
  ['//interface/@type', ' type="network"\n type="bridge"\n'],
  ['//name/text()', 'web &amp; more\n'],
  ['//interface[last()]/@type | //name', '<name>web &amp; more</name>\n type="bridge"\n'],
  ['//none', ''],
  ['//lxc:sharenet/@value', ' value="red"\n'],
  ["//*[local-name()='sharenet']/@value", ' value="red"\n'],
])('%s', (expression, text) => {
  expect(selectXml(xml, expression, 'separate')).toBe(text);
});

test.each([
  [
    '//target | //mac',
    '<nodes>\n  <target type="lxc" port="0"/>\n  <mac address="52:54:00:00:00:01"/>\n</nodes>\n',
  ],
  [
    '//console',
    '<nodes>\n  <console type="pty">\n    <target type="lxc" port="0"/>\n  </console>\n</nodes>\n',
  ],
  ['//name/text()', '<nodes>web &amp; more</nodes>\n'],
  ['//mac/@address', '<nodes address="52:54:00:00:00:01"/>\n'],
  ['//none', '<nodes/>\n'],
])('wrapped: %s', (expression, text) => {
  expect(selectXml(xml, expression, 'wrapped')).toBe(text);
});

test.each(['//interface[', 'count(//interface)', 'string(//name)', '//none:x', ''])(
  '%j selects nothing, and that is said',
  (expression) => {
    expect(() => selectXml(xml, expression, 'separate')).toThrow(
      `internal error: Incorrect xpath '${expression}'`,
    );
  },
);

test.each([
  'dumpxml web --xpath /domain/name',
  'net-dumpxml lab --xpath /network/name',
  'capabilities --xpath /capabilities',
])('%s', async (words) => {
  const connection = new FakeConnection([{ name: 'web' }]).withNetworks({ name: 'lab' });
  const name = /web|lab/.exec(words)?.[0];
  const text = name === undefined ? '<capabilities/>' : `<name>${name}</name>`;
  expect((await run(words, { connection })).stdout).toBe(`${text}\n\n`);
  expect((await run(`${words} --wrap`, { connection })).stdout).toBe(
    `<nodes>\n  ${text}\n</nodes>\n\n`,
  );
});
