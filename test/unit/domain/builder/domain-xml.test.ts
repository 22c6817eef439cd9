/** Definitions written from plain data, and read back as it. */
import { domainXml } from '../../../../lib/domain/builder/domain-xml';
import type { DomainSpec, HealthSpec } from '../../../../lib/domain/builder/spec';
import { checkStartable } from '../../../../lib/domain/validate';
import { readSpec } from '../../../../lib/driver/definitions/spec';
import { parse } from '../parse-context';
import { wholeSpec as all } from './whole-spec';

const session = {
  parse: (xml: string) => ({ definition: parse(xml), uuid: 'explicit', newMacs: [] }) as const,
};

const least: DomainSpec = { name: 'least', uuid: all.uuid ?? '', memory: '8MiB' };

test.each<[string, DomainSpec]>([
  ['with everything', all],
  ['with nothing but a name and memory', least],
  ['with the ids of the host', { ...least, idMap: 'host' }],
  ['with ids that are given to it', { ...least, idMap: 'auto', root: '/srv/root' }],
  [
    'with a root of layers',
    { ...least, root: { source: '/l/top', overlay: { upper: '/u', lower: ['/l/low'] } } },
  ],
  ['with a root that is read-only', { ...least, root: { source: '/srv/root', readonly: true } }],
  [
    'with slashes that say nothing',
    {
      ...least,
      root: { source: '/srv//root/', overlay: '/u' },
      mounts: [
        { source: '/a/', target: '/b//c', recursive: true },
        { type: 'bind', source: '/b//c/', target: '/x/' },
        { type: 'file', source: '/srv//image', target: '/image/' },
      ],
    },
  ],
  ['with as much memory as a large host has', { ...least, memory: '2TiB' }],
  ['with file systems and no root', { ...least, mounts: [{ source: '/a', target: '/b' }] }],
  ['with a port that is checked', { ...least, health: { port: 80 } }],
  ['without a console', { ...least, consoles: 0 }],
])('a domain %s is read as it was written', (_what, spec) => {
  expect(readSpec(session, domainXml(spec))).toEqual(spec);
});

test('everything that is written is carried out', () => {
  const definition = parse(domainXml({ ...all, capabilities: { on: ['sys_time'] } }));
  expect(definition.unsupported).toEqual([]);
  expect(definition.unknown).toBeUndefined();
  expect(() => checkStartable(parse(domainXml(least)))).not.toThrow();
});

test('texts are escaped, whatever they say', () => {
  const nasty = `</name><init>&amp;"'\u00e9\ud83d\ude00]]>`;
  const { os, description } = parse(
    domainXml({ ...least, description: nasty, args: [nasty], env: { A: nasty } }),
  );
  expect(description).toBe(nasty);
  expect(os.initArgs).toEqual([nasty]);
  expect(os.initEnvironment).toEqual([{ name: 'A', value: nasty }]);
});

test('a character that XML has no place for is refused', () => {
  expect(() => domainXml({ ...least, title: 'a\0b' })).toThrow(
    expect.objectContaining({ code: 'INVALID_ARG' }) as Error,
  );
});

test.each([
  [
    'a disk',
    `<disk type='block'><source dev='/dev/vdb'/><target dev='vda'/></disk>`,
    `<disk type='block' device='disk'>`,
  ],
  ['what is ignored', `<controller type='usb'/>`, `<controller type='usb'/>`],
])('%s has no word in a spec, and is named', (_what, device, line) => {
  const xml = domainXml(least).replace('<devices>', `<devices>${device}`);
  expect(() => readSpec(session, xml)).toThrow(
    `unsupported configuration: a DomainSpec has no word for '${line}' of domain 'least'`,
  );
});

test('so is what only the metadata says', () => {
  const extension =
    "<metadata><tslxc:container xmlns:tslxc='urn:tslxc:domain:1'><tslxc:relabel system='yes'/></tslxc:container></metadata>";
  const xml = domainXml(least).replace('<memory', `${extension}<memory`);
  expect(() => readSpec(session, xml)).toThrow("no word for '<tslxc:container>'");
});

test('an empty list of arguments means that there are none', () => {
  expect(domainXml({ ...least, init: '/bin/sh', args: [] })).toBe(
    domainXml({ ...least, init: '/bin/sh' }),
  );
});

test.each([
  ['', {}, 'has none of exec, port'],
  ['.exec', { exec: [] }, 'is empty, and a command needs a program'],
  ['.port', { exec: ['/x'], port: 80 }, 'does not go with exec'],
  ['.port', { port: 65_536 }, 'is 65536, not a whole number from 1 to 65535'],
  ['.interval', { port: 1, interval: 0 }, 'is 0, not a whole number from 1 to 3600000'],
  ['.timeout', { port: 1, timeout: 3_600_001 }, 'is 3600001, not a whole number from 1 to 3600000'],
  ['.retries', { port: 1, retries: 1001 }, 'is 1001, not a whole number from 1 to 1000'],
  ['.grace', { port: 1, grace: -1 }, 'is -1, not a whole number from 0 to 3600000'],
])('a health check is refused in the words of the spec: health%s of %j', (at, health, what) => {
  const element = `spec.health${at}`;
  expect(() => domainXml({ ...least, health: health as HealthSpec })).toThrow(
    expect.objectContaining({
      code: 'INVALID_ARG',
      element,
      message: `invalid argument: domainXml: ${element} ${what}`,
    }) as Error,
  );
});

test('the greatest values of a health check are those of its XML', () => {
  const health = {
    port: 65_535,
    interval: 3_600_000,
    timeout: 3_600_000,
    retries: 1000,
    grace: 3_600_000,
  };
  expect(readSpec(session, domainXml({ ...least, health }))).toMatchObject({ health });
});
