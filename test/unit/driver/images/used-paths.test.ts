/** lib/driver/images/used-paths.ts: which directories of images domains need. What it leaves out is removed. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { usedPaths } from '../../../../lib/driver/images/used-paths';
import { domainXml } from '../../../support/domain/domain-xml';
import { FakeHost } from '../../../support/fake/host/fake-host';
import { removeScratchAfterEach, scratchDirectory } from '../scratch';

removeScratchAfterEach();

/** A domain as images make them. */
const ofImage = (name: string): string =>
  domainXml({
    name,
    elements: `<metadata><t:container xmlns:t='urn:tslxc:domain:1'>
      <t:overlay target='/' upper='/images/containers/${name}'><t:lower dir='/layers/${name}-low/root'/>
      <t:lower dir='/layers/lowest/root'/></t:overlay></t:container></metadata>`,
    filesystems: [
      { source: `/layers/${name}-top/root`, target: '/' },
      { source: `/volume/${name}`, target: '/data' },
    ],
  });

const pathsOf = (name: string): string[] => [
  ...[`/layers/${name}-top/root`, `/volume/${name}`],
  ...[`/layers/${name}-low/root`, '/layers/lowest/root', `/images/containers/${name}`],
];

async function hostWith(): Promise<FakeHost> {
  const host = new FakeHost(scratchDirectory());
  const connection = host.connect();
  await connection.defineDomain(ofImage('stored'));
  await connection.createDomain(ofImage('transient'), { ownership: 'leave' });
  return host;
}

const warnings = (host: FakeHost): string[] =>
  host.lines.filter(({ level }) => level === 'warn').map(({ message }) => message);

test('a domain needs its layers, its volumes and what it writes to, whether it is stored or runs', async () => {
  const host = await hostWith();
  const used = usedPaths(host.session());
  expect([...(used?.keys() ?? [])].sort()).toEqual(
    [...new Set([...pathsOf('stored'), ...pathsOf('transient')])].sort(),
  );
  for (const name of ['stored', 'transient']) {
    expect(used?.get(`/images/containers/${name}`)).toBe(name);
    expect(used?.get(`/layers/${name}-top/root`)).toBe(name);
  }
  expect(warnings(host)).toEqual([]);
});

test('a domain that runs needs what it was started with, and what it will be started with', async () => {
  const host = await hostWith();
  const domain = await host.connect().lookupDomainByName('stored');
  await domain.start({ ownership: 'leave' });
  await host.connect().defineDomain(ofImage('stored').replaceAll('layers/stored', 'layers/new'));
  const used = usedPaths(host.session());
  for (const path of ['/layers/stored-top/root', '/layers/new-top/root', '/layers/new-low/root']) {
    expect(used?.get(path)).toBe('stored');
  }
});

test('a transient domain that is gone needs nothing', async () => {
  const host = await hostWith();
  await (await host.connect().lookupDomainByName('transient')).destroy();
  expect([...(usedPaths(host.session())?.keys() ?? [])].sort()).toEqual(pathsOf('stored').sort());
});

describe('it is unknown what is needed, with a warning', () => {
  const unknown = ['nothing of images is removed: a domain can’t be read'];

  test.each([
    ['a definition is damaged', '<domain'],
    ['a definition is empty', ''],
  ])('while %s', async (_what, text) => {
    const host = await hostWith();
    writeFileSync(join(host.root, 'etc/tslxc/lxc/broken.xml'), text);
    expect(usedPaths(host.session())).toBeUndefined();
    expect(warnings(host)).toEqual(unknown);
  });

  test('while a definition is something else than a file', async () => {
    const host = await hostWith();
    mkdirSync(join(host.root, 'etc/tslxc/lxc/broken.xml'));
    expect(usedPaths(host.session())).toBeUndefined();
    expect(warnings(host)).toEqual(unknown);
  });

  test('while the records of one that runs are damaged', async () => {
    const host = await hostWith();
    host.damaged.set('transient', 'start');
    expect(usedPaths(host.session())).toBeUndefined();
    expect(warnings(host)).toEqual(unknown);
  });

  test.each(['runNames', 'names'] as const)(
    'while %s can’t tell which there are',
    async (names) => {
      const host = await hostWith();
      const session = host.session();
      const fail = (): never => {
        throw new Error('EIO');
      };
      if (names === 'runNames') jest.spyOn(session.containers, names).mockImplementation(fail);
      else jest.spyOn(session.store, names).mockImplementation(fail);
      expect(usedPaths(session)).toBeUndefined();
      expect(warnings(host)).toEqual(unknown);
    },
  );
});
