/** Properties of reading and printing, over random definitions and random texts. T18. */
import fc from 'fast-check';

import type { DiskDefinition, HostDisk, DomainDefinition } from '../../../lib/domain/definition';
import { limitsWithoutEffect } from '../../../lib/domain/filesystem/space-limits';
import type { KeptPart, UnsupportedElement } from '../../../lib/domain/xml/unsupported';
import { devicesVocabulary } from '../../../lib/domain/devices/device-vocabulary';
import {
  domainVocabulary,
  memoryVocabulary,
  osTypeVocabulary,
  osVocabulary,
} from '../../../lib/domain/elements/vocabulary';
import type { XmlElement } from '../../../lib/domain/xml/element';
import { notCarriedOut, type Vocabulary } from '../../../lib/domain/xml/vocabulary';
import { formatDomain } from '../../../lib/domain/format';
import { TslxcError } from '../../../lib/errors';
import { repeats } from '../../support/time/repeats';
import { filesystems } from './filesystem/filesystem-arbitrary';
import { defined, hostInterfaces, interfaces, optional } from './interface/interface-arbitrary';
import { document, parse, withoutPositions } from './parse-context';
import { securityLabels, sourceLabels } from './security/seclabel-arbitrary';

const character = fc.oneof(
  { weight: 6, arbitrary: fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }) },
  {
    weight: 3,
    arbitrary: fc.constantFrom(
      '<',
      '>',
      '&',
      "'",
      '"',
      '\r',
      '\n',
      '\t',
      ' ',
      ';',
      ']',
      '#',
      '-',
      '!',
    ),
  },
);
const text = fc
  .array(character, { minLength: 1, maxLength: 12 })
  .map((parts) => parts.join(''))
  // XML holds no other control characters, and no half surrogate pairs or noncharacters.
  .map((value) => value.replace(/[^\t\n\r -\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '?'));
const word = fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_.-]{0,8}$/);
const position = fc.constant({ line: 1, column: 1 });

const attributes = fc
  .uniqueArray(fc.record({ name: word, value: text }), {
    selector: ({ name }) => name,
    maxLength: 3,
  })
  .map((list) => list.filter(({ name }) => !/^xml/i.test(name)));

/** As `parseXml` leaves them: no blanks between elements, no two texts in a row. */
function normalized(children: readonly (XmlElement | string)[]): (XmlElement | string)[] {
  const merged: (XmlElement | string)[] = [];
  for (const child of children) {
    const last = merged.at(-1);
    if (typeof child === 'string' && typeof last === 'string')
      merged[merged.length - 1] = last + child;
    else merged.push(child);
  }
  const isLayout =
    merged.some((child) => typeof child !== 'string') &&
    merged.every((child) => typeof child !== 'string' || /^[ \t\n\r]*$/.test(child));
  return isLayout ? merged.filter((child) => typeof child !== 'string') : merged;
}

const raw = (namespace: string): fc.Arbitrary<XmlElement> =>
  fc.letrec<{ element: XmlElement }>((tie) => ({
    element: fc.record({
      name: word.filter((name) => !/^xml/i.test(name)),
      namespace: fc.constant(namespace),
      attributes,
      children: fc
        .array(fc.oneof({ maxDepth: 3 }, text, tie('element')), { maxLength: 4 })
        .map(normalized),
      position,
    }),
  })).element;

const named = (name: string, at = position): fc.Arbitrary<XmlElement> =>
  fc.tuple(raw(''), at).map(([element, where]) => ({ ...element, name, position: where }));

const metadata = fc.uniqueArray(fc.integer({ min: 0, max: 9 }), { maxLength: 3 }).chain((numbers) =>
  fc.tuple(
    ...numbers.map((number) => {
      const declaration = { name: 'xmlns', value: `urn:${number}` };
      return raw(`urn:${number}`).map((element) => ({
        ...element,
        attributes: [declaration, ...element.attributes],
      }));
    }),
  ),
);

const path = fc
  .array(
    text.map((part) => part.replaceAll('/', '')).filter((part) => part !== ''),
    { maxLength: 3 },
  )
  .map((parts) => `/${parts.join('/')}`);

/** What the vocabulary of its parent says of a word. */
function inert(path: string, { attributes, children }: Vocabulary): UnsupportedElement {
  const word = path.slice(path.lastIndexOf('/') + 1);
  const standing = notCarriedOut(attributes.get(word.slice(1)) ?? children.get(word));
  if (standing === undefined) throw new Error(`${path} is carried out`);
  return { path: `domain/${path}`, position: { line: 1, column: 1 }, ...standing };
}

const kept = fc
  .record({ smbios: named('smbios'), machine: text, dumpCore: fc.constantFrom('on', 'off') })
  .map(({ smbios, machine, dumpCore }): { kept: KeptPart[]; unsupported: UnsupportedElement[] } => {
    return {
      kept: [
        { path: 'domain/os/type', attributes: [{ name: 'machine', value: machine }], children: [] },
        { path: 'domain/os', attributes: [], children: [smbios] },
        {
          path: 'domain/memory',
          attributes: [{ name: 'dumpCore', value: dumpCore }],
          children: [],
        },
      ],
      unsupported: [
        inert('memory/@dumpCore', memoryVocabulary),
        inert('os/type/@machine', osTypeVocabulary),
        inert('os/smbios', osVocabulary),
      ],
    };
  });

const os = fc
  .record({
    arch: fc.constant('x86_64'),
    init: text,
    initArgs: fc.array(text, { maxLength: 3 }),
    initEnvironment: fc.array(fc.record({ name: text, value: text }), { maxLength: 3 }),
    initDirectory: optional(text),
    initUser: optional(text),
    initGroup: optional(text),
    commandLine: optional(text),
  })
  .map(defined);

const vcpu = fc
  .record({ count: fc.integer({ min: 2, max: 9 }), current: optional(fc.constant(1)) })
  .map(({ count, current }) => ({
    count,
    ...(current === undefined ? {} : { current }),
    placement: 'static' as const,
  }));

/** Two ranges that overlap on neither side. */
const ranges = fc
  .record({
    count: fc.integer({ min: 1, max: 65536 }),
    gap: fc.integer({ min: 0, max: 1000 }),
    position,
  })
  .map(({ count, gap, position: at }) => [
    { start: 0, target: 100_000 + gap, count, position: at },
    { start: count + gap, target: 1_000_000, count, position: at },
  ]);

const idMap = fc.record({ uids: ranges, gids: ranges, position });

const action = fc.constantFrom('destroy' as const, 'restart' as const);

const diskKinds: readonly Pick<HostDisk, 'type' | 'driver'>[] = [
  { type: 'block' },
  { type: 'file' },
  { type: 'file', driver: { name: 'loop' } },
  { type: 'file', driver: { format: 'raw' } },
  { type: 'file', driver: { name: 'loop', format: 'raw' } },
  { type: 'file', driver: { name: 'nbd', format: 'raw' } },
  { type: 'file', driver: { format: 'qcow2' } },
];

const disk = fc
  .record({
    kind: fc.constantFrom(...diskKinds),
    source: path,
    target: fc.constantFrom('sda', 'hdb', 'vdc1', 'xvdz'),
    bus: fc.constantFrom('scsi', 'ide', 'virtio'),
    readonly: fc.boolean(),
    shareable: fc.boolean(),
    sourceLabels: optional(sourceLabels(text)),
    position,
  })
  .map(({ kind, ...others }): DiskDefinition => ({ ...kind, ...defined(others) }));

const volumeDisk = fc
  .record({
    type: fc.constant('volume' as const),
    volume: fc.record({ pool: text, volume: text }),
    driver: optional(fc.constantFrom({ name: 'loop' as const }, { format: 'qcow2' })),
    target: fc.constantFrom('sdb', 'vdv'),
    bus: fc.constantFrom('scsi', 'virtio'),
    readonly: fc.boolean(),
    shareable: fc.boolean(),
    sourceLabels: optional(sourceLabels(text)),
    position,
  })
  .map((disk): DiskDefinition => defined(disk));

const definitions: fc.Arbitrary<DomainDefinition> = fc
  .record({
    name: text.map((name) => name.replace(/[\n/]/g, '_')).filter((name) => !/^\.{1,2}$/.test(name)),
    uuid: fc.uuid(),
    title: optional(text.map((title) => title.replaceAll('\n', ' '))),
    description: optional(text),
    metadata,
    memory: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
    vcpu,
    os,
    features: fc.constant({
      privateNetwork: false,
      capabilities: { policy: 'default' as const, on: [], off: [] },
    }),
    extension: fc.constant({}),
    sharedNamespaces: fc.constant([]),
    clockOffset: fc.constantFrom('utc', 'localtime'),
    onPoweroff: action,
    onReboot: action,
    onCrash: action,
    emulator: text,
    filesystems: filesystems(text, path),
    consoles: fc.array(
      fc
        .record({ type: fc.constant('pty'), sourceLabels: optional(sourceLabels(text)), position })
        .map(defined),
      { maxLength: 3 },
    ),
    securityLabels: securityLabels(text),
    idMap: optional(idMap),
    cpu: optional(named('cpu')),
    disks: fc.uniqueArray(fc.oneof(disk, volumeDisk), {
      maxLength: 3,
      selector: ({ target }) => target,
    }),
    hostDevices: fc.array(
      fc
        .record({
          type: fc.constantFrom('storage', 'misc'),
          source: path,
          sourceLabels: optional(sourceLabels(text)),
          position,
        })
        .map(defined),
      { maxLength: 3 },
    ),
    interfaces,
    hostInterfaces,
    controllers: fc.array(named('controller'), { maxLength: 2 }),
    rest: optional(kept),
  })
  .map(({ cpu, controllers, rest, ...definition }) => {
    const unsupported = [
      ...(rest?.unsupported ?? []),
      ...(cpu === undefined ? [] : [inert('cpu', domainVocabulary)]),
      ...controllers.map(() => inert('devices/controller', devicesVocabulary)),
      ...limitsWithoutEffect(definition as unknown as DomainDefinition),
    ];
    return {
      ...defined(definition),
      currentMemory: definition.memory,
      otherElements: cpu === undefined ? [] : [cpu],
      otherDevices: controllers,
      ...(rest === undefined ? {} : { kept: rest.kept }),
      unsupported,
    };
  });

/** `kept` is a set; parsing finds its parts in the order of reading. Disks are printed in an order of their own (`disk-order.test.ts`). */
function comparable(definition: DomainDefinition): unknown {
  const byPath = <T extends { readonly path: string }>(list: readonly T[] = []) =>
    [...list].sort((a, b) => (a.path < b.path ? -1 : 1));
  const { unsupported, ...rest } = definition;
  return withoutPositions({
    ...rest,
    disks: [...definition.disks].sort((a, b) => (a.target < b.target ? -1 : 1)),
    unsupported: byPath(unsupported),
    kept: byPath(definition.kept),
  });
}

test('a definition that is printed and read again is the same', () => {
  fc.assert(
    fc.property(definitions, (definition) => {
      expect(comparable(parse(formatDomain(definition)))).toEqual(comparable(definition));
    }),
    { numRuns: repeats(100) },
  );
});

test('printing is a fixed point', () => {
  fc.assert(
    fc.property(definitions, (definition) => {
      const once = formatDomain(definition);
      expect(formatDomain(parse(once))).toBe(once);
    }),
    { numRuns: repeats(60) },
  );
});

test('any text survives as title, argument, environment, path and metadata', () => {
  const base = parse(document({}));
  fc.assert(
    fc.property(text, (value) => {
      const again = parse(
        formatDomain({
          ...base,
          description: value,
          os: {
            ...base.os,
            init: value,
            initArgs: [value],
            initEnvironment: [{ name: value, value }],
            initUser: value,
          },
        }),
      );
      expect(again.description).toBe(value);
      expect(again.os.init).toBe(value);
      expect(again.os.initArgs).toEqual([value]);
      expect(again.os.initEnvironment).toEqual([{ name: value, value }]);
      expect(again.os.initUser).toBe(value);
    }),
    { numRuns: repeats(300) },
  );
});

/** Reading either gives a definition or refuses with a place; nothing else may come out. */
function readsOrRefuses(xml: string): void {
  try {
    parse(xml);
  } catch (error) {
    if (!TslxcError.is(error)) throw error;
    expect(error.name).toBe('DefinitionError');
    expect(typeof error.element).toBe('string');
    expect(error.line).toBeGreaterThanOrEqual(1);
    expect(error.column).toBeGreaterThanOrEqual(1);
  }
}

test('random bytes are read or refused', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      readsOrRefuses(Buffer.from(bytes).toString('utf8'));
      readsOrRefuses(Buffer.from(bytes).toString('latin1'));
      readsOrRefuses(Buffer.from(bytes).toString('utf16le'));
    }),
    { numRuns: repeats(300) },
  );
});

test('a document with a piece cut out or put in is read or refused', () => {
  const whole = document({
    elements:
      "<seclabel type='static' model='selinux' relabel='yes'>x<label>l</label></seclabel>" +
      "<!-- c --><metadata><a:b xmlns:a='u'>&amp;<![CDATA[x]]></a:b></metadata><vcpu>2</vcpu>",
    os: "<initarg>-x</initarg><initenv name='A'>1</initenv>",
    devices: `<filesystem type='mount'><source dir='/a'/><target dir='/b'/></filesystem>
<interface type='network'><mac address='52:54:00:4d:2b:cd'/><source network='default'/>
<ip address='10.0.0.2' prefix='24'/><route address='0.0.0.0' gateway='10.0.0.1'/>
<vlan><tag id='7'/></vlan><bandwidth><inbound average='1'/></bandwidth><guest dev='eth0'/></interface>
<hostdev mode='capabilities' type='net'><source><interface>eth1</interface></source></hostdev>
<disk type='block'><source dev='/x'><seclabel model='selinux'><label>l</label></seclabel></source><target dev='sda'/></disk>`,
  });
  const piece = fc.oneof(
    text,
    fc.constantFrom('<', '</', '<!--', '<?', '<!DOCTYPE', '&', "'", '\0', '<a/>'),
  );
  const location = fc.integer({ min: 0, max: whole.length });
  fc.assert(
    fc.property(location, fc.integer({ min: 0, max: 40 }), piece, (start, length, inserted) => {
      readsOrRefuses(whole.slice(0, start) + inserted + whole.slice(start + length));
    }),
    { numRuns: repeats(1000) },
  );
});
