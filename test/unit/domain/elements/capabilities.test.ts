/** `<features><capabilities>` and `<tslxc:container>`: read, and printed as libvirt prints. */
import { formatDomain } from '../../../../lib/domain/format';
import { capabilityNumbers } from '../../../../lib/domain/elements/capability-numbers';
import { checkStartable } from '../../../../lib/domain/validate';
import { document, parse } from '../parse-context';

const features = (content: string) => document({ elements: `<features>${content}</features>` });
const capabilitiesOf = (content: string) => parse(features(content)).features.capabilities;

/** `<features>` of the printed document. */
function printed(content: string): string {
  const text = formatDomain(parse(features(content)));
  return /^ {2}<features>\n([^]*)^ {2}<\/features>\n/m.exec(text)?.[1] ?? '';
}

test('a state that is left out means on', () => {
  expect(capabilitiesOf('<capabilities><mknod/><chown state="off"/></capabilities>')).toEqual({
    policy: 'default',
    on: ['mknod'],
    off: ['chown'],
  });
});

test.each(['default', 'allow', 'deny'])('policy %s is read, and may start', (policy) => {
  const definition = parse(features(`<capabilities policy='${policy}'/>`));
  expect(definition.features.capabilities).toEqual({ policy, on: [], off: [] });
  expect(() => checkStartable(definition)).not.toThrow();
});

test('every capability can be named', () => {
  const all = Object.keys(capabilityNumbers);
  const content = all.map((name) => `<${name} state='on'/>`).join('');
  expect(capabilitiesOf(`<capabilities>${content}</capabilities>`).on).toEqual(all);
});

test('they are printed in libvirt’s order, each with its state', () => {
  expect(printed("<acpi/><capabilities><syslog/><chown state='off'/></capabilities>")).toBe(
    `    <acpi/>
    <capabilities policy='default'>
      <chown state='off'/>
      <syslog state='on'/>
    </capabilities>
`,
  );
});

test('a policy by itself is printed, unless it is the default', () => {
  expect(printed("<capabilities policy='deny'/>")).toBe("    <capabilities policy='deny'/>\n");
  expect(formatDomain(parse(features('<capabilities/>')))).not.toContain('features');
});

test('the command line of the kernel goes to init’s environment, and is printed', () => {
  const definition = parse(document({ os: '<cmdline>quiet ro</cmdline>' }));
  expect(definition.os.commandLine).toBe('quiet ro');
  expect(definition.unsupported).toEqual([]);
  expect(formatDomain(definition)).toContain('<cmdline>quiet ro</cmdline>');
  expect(parse(document({ os: '<cmdline/>' })).os).not.toHaveProperty('commandLine');
});

test('the extension says what libvirt has no words for, and is printed with the metadata', () => {
  const elements = `<metadata><x:container xmlns:x='urn:tslxc:domain:1'><x:hardening level='compat'/>
<x:no-new-privileges/><x:rlimit name='core' soft='0' hard='unlimited'/>
<x:rlimit name='nofile' soft='18446744073709551614' hard='18446744073709551614'/></x:container></metadata>`;
  const definition = parse(document({ elements }));
  expect(definition.extension).toMatchObject({
    hardening: 'compat',
    noNewPrivileges: true,
    resourceLimits: [
      { name: 'core', soft: 0n, hard: (1n << 64n) - 1n },
      { name: 'nofile', soft: (1n << 64n) - 2n, hard: (1n << 64n) - 2n },
    ],
  });
  expect(parse(formatDomain(definition)).extension).toMatchObject({ hardening: 'compat' });
});
