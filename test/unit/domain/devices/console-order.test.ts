/** Consoles that are only kept, as libvirt prints them: with their number, their kind and their protocol. */
import { formatDomain } from '../../../../lib/domain/format';
import { document, parse } from '../parse-context';

test('a console that is only kept is counted, and has the defaults', () => {
  const source = "<source mode='bind' host='127.0.0.1' service='8888'/>";
  const consoles = [
    `<console type='tcp'>${source}<target port='3'/></console>`,
    `<console type='tcp'>${source}<protocol type='telnet'/></console>`,
  ];
  const text = formatDomain(parse(document({ devices: consoles.join('') })));
  expect(text).toContain(`<console type='pty'>
      <target type='lxc' port='0'/>
    </console>
    <console type='tcp'>
      ${source}
      <protocol type='raw'/>
      <target type='lxc' port='1'/>
    </console>
    <console type='tcp'>
      ${source}
      <protocol type='telnet'/>
      <target type='lxc' port='2'/>
    </console>`);
  expect(formatDomain(parse(text))).toBe(text);
});
