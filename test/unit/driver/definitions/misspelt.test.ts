/** A word that is misspelt is named by a validation also where the parser misses what it was to be. */
import { join } from 'node:path';
import { createPort } from '../../../../lib/driver/interfaces/port-verbs';
import type { Session } from '../../../../lib/driver/session/session';
import { statePaths } from '../../../../lib/host/state/state-paths';
import { domainXml } from '../../../support/domain/domain-xml';
import { FakeHost } from '../../../support/fake/host/fake-host';
import { removeScratchAfterEach, scratchDirectory } from '../scratch';

removeScratchAfterEach();

interface Case {
  readonly xml: string;
  /** Paths of what is named. */
  readonly named: readonly string[];
  /** Of the parser's own error. */
  readonly missing: string;
  readonly define: (xml: string, options: { readonly validate?: boolean }) => Promise<unknown>;
}

/** A domain in which `<memory>` and `<type>` are misspelt. */
const domain = domainXml({ name: 'web' })
  .replace(/<(\/?)memory/g, '<$1memmory')
  .replace(/(<os>\s*)<type/, '$1<tipe')
  .replace('</type>', '</tipe>');

let host: FakeHost;

beforeEach(() => {
  host = new FakeHost(scratchDirectory());
});

/** Each kind of definition. */
const cases: Readonly<Record<string, (host: FakeHost) => Case>> = {
  domain: (on) => ({
    xml: domain,
    named: ['domain/memmory', 'domain/os/tipe'],
    missing: '<type>',
    define: (xml, options) => on.connect().defineDomain(xml, options),
  }),
  'transient domain': (on) => ({
    xml: domain,
    named: ['domain/memmory', 'domain/os/tipe'],
    missing: '<type>',
    define: (xml, options) => on.connect().createDomain(xml, options),
  }),
  network: (on) => ({
    xml: "<network colour='red'><nme>lab</nme></network>",
    named: ['network/@colour', 'network/nme'],
    missing: 'has no <name>',
    define: (xml, options) => on.connect().defineNetwork(xml, options),
  }),
  port: (on) => ({
    xml: '<networkport><ownr><name>web</name></ownr></networkport>',
    named: ['networkport/ownr'],
    missing: 'owner',
    define: (xml, options) => {
      const session = { paths: statePaths(on.root) } as unknown as Session;
      const network = { name: 'lab', uuid: '11111111-1111-4111-8111-111111111111' };
      return createPort(session, network, { xml, ...options });
    },
  }),
  pool: (on) => ({
    xml: "<pool type='dir'><name>disks</name><target><pth>/srv</pth></target></pool>",
    named: ['pool/target/pth'],
    missing: 'missing storage pool target path',
    define: (xml, options) => on.connect().defineStoragePool(xml, options),
  }),
  volume: (on) => ({
    xml: '<volume><nam>a</nam><capacity>4</capacity></volume>',
    named: ['volume/nam'],
    missing: 'missing volume name element',
    define: async (xml, options) => {
      const target = `<target><path>${join(on.root, 'disks')}</path></target>`;
      const text = `<pool type='dir'><name>disks</name>${target}</pool>`;
      const pool = await on.connect().createStoragePool(text, { build: true });
      return pool.createVolume(xml, options).finally(() => pool.destroy());
    },
  }),
  filter: (on) => ({
    xml: "<filter nme='mine'><rule action='drop' direction='in'/></filter>",
    named: ['filter/@nme'],
    missing: 'filter has no name',
    define: (xml, options) => on.connect().networkFilters.define(xml, options),
  }),
  secret: (on) => ({
    xml: "<secret><usage type='volume'><volme>/x</volme></usage></secret>",
    named: ['secret/usage/volme'],
    missing: 'volume',
    define: (xml, options) => on.connect().secrets.define(xml, options),
  }),
};

test.each(Object.keys(cases))('of a %s, with its position', async (kind) => {
  const made = cases[kind]?.(host);
  if (made === undefined) throw new Error(kind);
  const { xml, named, missing, define } = made;
  await expect(define(xml, { validate: true })).rejects.toMatchObject({
    code: 'XML_INVALID_SCHEMA',
    problems: named.map(
      (element) =>
        expect.objectContaining({ element, line: expect.any(Number) as number }) as unknown,
    ),
  });
  // Without a validation, as in libvirt, only what is missing is told.
  await expect(define(xml, {})).rejects.toMatchObject({
    code: expect.not.stringMatching('XML_INVALID_SCHEMA') as string,
    message: expect.stringContaining(missing) as string,
  });
});

test('a text in which nothing is unknown has the error of the parser', async () => {
  const xml = domainXml({ name: 'web' }).replace(/<memory[^]*<\/memory>/, '');
  await expect(host.connect().defineDomain(xml, { validate: true })).rejects.toMatchObject({
    code: 'XML_ERROR',
    message: expect.stringContaining('Memory size must be specified') as string,
  });
});
