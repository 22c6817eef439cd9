/** lib/image/document.ts: the domain that an image and the caller's words make. What is in the image's files is told by the test. */
import { writeSpec } from '../../../lib/domain/builder/domain-xml';
import { imageSpec, keyOfImageDomain, newDomainName } from '../../../lib/image/document';
import type { NetworkShare } from '../../../lib/image/network-share';
import { readSpec } from '../../../lib/driver/definitions/spec';
import { parse } from '../domain/parse-context';
import type { ImageConfig, ImageDomain, ImageInfo } from '../../../lib/image/types';

/** What a program is looked for with, and whether a file can be shown at /etc/resolv.conf. */
const mockAsked: string[][] = [];
let mockShows = true;

jest.mock('../../../lib/image/image-tree', () => ({
  ImageTree: class {
    constructor(layers: readonly string[]) {
      mockAsked.push(['layers', ...layers]);
    }
    findProgram(word: string, path: string, directory: string): string {
      mockAsked.push(['program', word, path, directory]);
      return word.startsWith('/') ? word : `/bin/${word}`;
    }
    accountOf(user: string): object | undefined {
      const alice = { name: 'alice', uid: '1234', gid: '2345', home: '/srv/alice' };
      const homeless = { name: 'homeless', uid: '7', gid: '8', home: '' };
      return [alice, homeless].find(({ name, uid }) => user === name || user === uid);
    }
    canShowAt(): boolean {
      return mockShows;
    }
    [Symbol.dispose](): void {
      mockAsked.push(['closed']);
    }
  },
}));

beforeEach(() => {
  mockAsked.length = 0;
  mockShows = true;
});

const silent: ImageConfig = {
  ...{ entrypoint: [], cmd: [], env: [], user: '', workingDirectory: '/', ports: [], volumes: [] },
};

interface Made {
  readonly config?: Partial<ImageConfig>;
  readonly domain?: ImageDomain;
  readonly share?: NetworkShare;
  readonly layers?: readonly string[];
}

const threeLayers = ['/l/top', '/l/middle', '/l/low'];

function made({
  config = { cmd: ['id'] },
  domain = {},
  share,
  layers = threeLayers,
}: Made): string {
  const image: ImageInfo = {
    ...{ name: 'web:1', source: 'oci:web', digest: 'sha256:1', pulled: '', architecture: 'amd64' },
    ...{ bytes: 0, layers, config: { ...silent, ...config } },
  };
  const named = { image, name: 'one', upper: '/u', empty: '/e', domain };
  return writeSpec(imageSpec({ ...named, shares: [share] }));
}

/** The lines of the XML that begin with one of these elements, without their indentation. */
const linesOf = (xml: string, ...elements: readonly string[]): string[] =>
  xml
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => elements.some((element) => line.startsWith(`<${element}`)));

const allOf = (xml: string, element: string): string[] =>
  [...xml.matchAll(new RegExp(`<${element}[^>]*>([^<]*)</${element}>`, 'g'))].map(
    ([, text = '']) => text,
  );

test('an image that says nothing but a program has ids of its own, no network, and what is written apart', () => {
  expect(made({})).toBe(`<domain type='lxc'>
  <name>one</name>
  <metadata>
    <tslxc:container xmlns:tslxc='urn:tslxc:domain:1'>
      <tslxc:idmap allocate='auto' count='65536'/>
      <tslxc:overlay target='/' upper='/u'>
        <tslxc:lower dir='/l/middle'/>
        <tslxc:lower dir='/l/low'/>
      </tslxc:overlay>
    </tslxc:container>
    <image:image xmlns:image='urn:tslxc:image:1' name='web:1' digest='sha256:1'/>
  </metadata>
  <memory unit='GiB'>1</memory>
  <vcpu>1</vcpu>
  <os>
    <type>exe</type>
    <init>/bin/id</init>
    <initenv name='PATH'>/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin</initenv>
    <initdir>/</initdir>
    <inituser>0</inituser>
    <initgroup>0</initgroup>
  </os>
  <features>
    <privnet/>
  </features>
  <devices>
    <filesystem type='mount'>
      <source dir='/l/top'/>
      <target dir='/'/>
    </filesystem>
    <filesystem type='ram'>
      <source usage='64' units='MiB'/>
      <target dir='/dev/shm'/>
    </filesystem>
    <console type='pty'/>
  </devices>
</domain>
`);
  // It was looked for in all layers, and nothing of them stays open.
  expect(mockAsked.at(0)).toEqual(['layers', '/l/top', '/l/middle', '/l/low', '/e']);
  expect(mockAsked.at(-1)).toEqual(['closed']);
});

test.each<[string, ImageDomain, string[]]>([
  ['the caller says nothing', {}, ['/bin/sh', '-c', 'echo image']],
  ['the caller gives other words', { args: ['-e'] }, ['/bin/sh', '-c', '-e']],
  ['the caller gives no words', { args: [] }, ['/bin/sh', '-c']],
  // The image's words were for the image's own entry point.
  ['the caller gives another program', { init: 'env' }, ['/bin/env']],
  ['the caller gives both', { init: 'env', args: ['-i'] }, ['/bin/env', '-i']],
])('the program where %s', (_what, domain, words) => {
  const xml = made({ config: { entrypoint: ['sh', '-c'], cmd: ['echo image'] }, domain });
  expect([...allOf(xml, 'init'), ...allOf(xml, 'initarg')]).toEqual(words);
});

test('the caller’s variables are over the image’s, and empty ones are left out', () => {
  const config = { cmd: ['id'], env: ['A=1', 'B=2', 'PATH=/bin', 'EMPTY=', 'broken', '=nameless'] };
  const xml = made({
    config,
    domain: { env: { B: '3=4', C: '', D: '5', E: undefined as unknown as string } },
  });
  expect(linesOf(xml, 'initenv')).toEqual([
    "<initenv name='PATH'>/bin</initenv>",
    "<initenv name='A'>1</initenv>",
    "<initenv name='B'>3=4</initenv>",
    "<initenv name='D'>5</initenv>",
  ]);
  expect(mockAsked).toContainEqual(['program', 'id', '/bin', '/']);
});

test.each<[string, string, string[]]>([
  ['nobody, who is root', '', ['0', '0']],
  ['a name of the image', 'alice', ['alice', '2345', '/srv/alice']],
  ['an id of the image', '1234', ['1234', '2345', '/srv/alice']],
  ['an id that it does not have', '99', ['99', '0']],
  ['a user and a group', 'alice:staff', ['alice', 'staff', '/srv/alice']],
  ['a group alone', ':staff', ['0', 'staff']],
  ['a user without a home', 'homeless', ['homeless', '8', '/']],
])('the user: %s', (_what, user, [name = '', group = '', home]) => {
  const xml = made({ config: { cmd: ['id'], user } });
  expect([...allOf(xml, 'inituser'), ...allOf(xml, 'initgroup')]).toEqual([name, group]);
  expect(/name='HOME'>([^<]*)/.exec(xml)?.[1]).toBe(home);
});

test('a HOME that the image or the caller names stays', () => {
  const config = { cmd: ['id'], user: 'alice', env: ['HOME=/of/the/image'] };
  expect(made({ config })).toContain("<initenv name='HOME'>/of/the/image<");
  expect(made({ config, domain: { env: { HOME: '/mine' } } })).toContain("'HOME'>/mine<");
});

test('directory, signal, ports and volumes are the image’s, or the caller’s', () => {
  const config: Partial<ImageConfig> = {
    ...{ cmd: ['id'], workingDirectory: '/srv', stopSignal: 'SIGQUIT' },
    ...{ ports: ['80', '53/udp', '7000-7009/sctp'], volumes: ['/data'] },
  };
  const elements = ['initdir', 'tslxc:stop', 'image:port', 'image:volume'];
  expect(linesOf(made({ config }), ...elements)).toEqual([
    "<tslxc:stop signal='SIGQUIT'/>",
    "<image:port protocol='tcp' start='80'/>",
    "<image:port protocol='udp' start='53'/>",
    "<image:port protocol='sctp' start='7000' end='7009'/>",
    "<image:volume target='/data'/>",
    '<initdir>/srv</initdir>',
  ]);
  const domain = { cwd: '/tmp', stopSignal: 'SIGINT', ports: ['8080/tcp'] };
  expect(linesOf(made({ config, domain }), ...elements)).toEqual([
    "<tslxc:stop signal='SIGINT'/>",
    "<image:port protocol='tcp' start='8080'/>",
    "<image:volume target='/data'/>",
    '<initdir>/tmp</initdir>',
  ]);
});

test('the caller’s user has the group of the image’s, unless the caller names one', () => {
  const config = { cmd: ['id'], user: '7:8' };
  const ids = (domain: ImageDomain): string[] => {
    const xml = made({ config, domain });
    return [...allOf(xml, 'inituser'), ...allOf(xml, 'initgroup')];
  };
  expect(ids({})).toEqual(['7', '8']);
  expect(ids({ user: 'alice' })).toEqual(['alice', '2345']);
  expect(ids({ user: 'alice', group: 'staff' })).toEqual(['alice', 'staff']);
  expect(ids({ group: 'staff' })).toEqual(['7', 'staff']);
});

test('all else that a DomainSpec says is carried over, and read back as it was said', () => {
  const domain: ImageDomain = {
    ...{ memory: '64MiB', vcpus: 2, limits: { processes: 50, cpuShares: 100 }, consoles: 2 },
    ...{ restart: { policy: 'on-failure', max: 3 }, health: { port: 80 }, hardening: 'compat' },
    mounts: [{ type: 'ram', target: '/tmp', size: '16MiB' }],
    devices: [
      { type: 'character', source: '/dev/fuse' },
      { type: 'block', source: '/dev/vdb' },
    ],
    capabilities: { off: ['net_raw'] },
    resourceLimits: { nofile: { soft: 10, hard: 20 } },
    root: { readonly: true },
  };
  const config = { cmd: ['id'], stopSignal: 'SIGRTMIN+3', ports: ['80'], volumes: ['/data'] };
  const xml = made({ config, domain });
  const session = { parse: (text: string) => ({ definition: parse(text) }) as never };
  expect(readSpec(session, xml)).toEqual({
    ...domain,
    health: { port: 80, interval: 30_000, timeout: 30_000 },
    mounts: [{ type: 'ram', target: '/dev/shm', size: '64MiB' }, ...(domain.mounts ?? [])],
    name: 'one',
    uuid: expect.any(String) as string,
    init: '/bin/id',
    env: { PATH: expect.any(String) as string },
    ...{ cwd: '/', user: '0', group: '0', stopSignal: 'SIGRTMIN+3' },
    privateNetwork: true,
    idMap: 'auto',
    root: {
      source: '/l/top',
      readonly: true,
      overlay: { upper: '/u', lower: ['/l/middle', '/l/low'] },
    },
    image: { name: 'web:1', digest: 'sha256:1', ports: ['80/tcp'], volumes: ['/data'] },
  });
});

test('a caller’s directories come over the image’s, in their order', () => {
  const mounts = [
    { source: '/host/b', target: '/b' },
    { source: '/host/a', target: '/a', readonly: true },
  ];
  expect(linesOf(made({ domain: { mounts } }), 'source', 'target', 'readonly')).toEqual([
    "<source dir='/l/top'/>",
    "<target dir='/'/>",
    "<source usage='64' units='MiB'/>",
    "<target dir='/dev/shm'/>",
    "<source dir='/host/b'/>",
    "<target dir='/b'/>",
    "<source dir='/host/a'/>",
    "<target dir='/a'/>",
    '<readonly/>',
  ]);
});

test.each(['/dev/shm/', '/dev'])(
  'a mount of the caller at %s is in the place of shared memory',
  (target) => {
    const mounts = [{ type: 'ram', target, size: '1MiB' }] as const;
    expect(linesOf(made({ domain: { mounts } }), 'target')).toEqual([
      "<target dir='/'/>",
      `<target dir='${target}'/>`,
    ]);
    expect(keyOfImageDomain(['mounts', 0, 'target'], { mounts })).toEqual(['mounts', 0, 'target']);
  },
);

test.each<[ImageDomain, string[], string[]]>([
  [{}, ['privnet'], []],
  [{ privateNetwork: false }, [], []],
  [{ interfaces: [{ type: 'network', network: 'lab' }] }, [], ['lab']],
])('the network of %j', (domain, features, networks) => {
  const xml = made({ domain });
  expect(xml.includes('<privnet/>') ? ['privnet'] : []).toEqual(features);
  expect([...xml.matchAll(/<source network='([^']*)'/g)].map(([, name]) => name)).toEqual(networks);
});

describe('the name server of the network', () => {
  const share: NetworkShare = {
    ...{ mac: '52:54:00:00:00:01', addresses: ['192.168.7.2/24'], routers: ['192.168.7.1'] },
    resolver: '/run/resolver',
  };
  const domain: ImageDomain = { interfaces: [{ type: 'network', network: 'lab' }] };
  const shown = (some: ImageDomain): boolean =>
    made({ domain: { ...domain, ...some }, share }).includes("<source dir='/run/resolver'/>");

  test('is shown at /etc/resolv.conf', () => {
    expect(shown({})).toBe(true);
    expect(shown({ mounts: [{ source: '/host', target: '/etcetera' }] })).toBe(true);
  });

  test.each(['/etc/resolv.conf', '/etc', '/', '/etc//resolv.conf/'])(
    'is not written over the caller’s %s',
    (target) => {
      expect(shown({ mounts: [{ source: '/host', target }] })).toBe(false);
    },
  );

  test('is not shown where a link leads nowhere', () => {
    mockShows = false;
    expect(shown({})).toBe(false);
  });
});

test('where the caller says so, the ids are those of the host', () => {
  expect(made({ domain: { idMap: 'auto' } })).toContain("<tslxc:idmap allocate='auto'");
  expect(made({ domain: { idMap: 'host' } })).toContain("<tslxc:idmap allocate='none'/>");
});

test.each<[string, Made, string]>([
  [
    'no program',
    { config: {} },
    'the image names no program (Entrypoint, Cmd): give a command or an entry point',
  ],
  [
    'an empty program',
    { config: { cmd: [''] } },
    'the image names no program (Entrypoint, Cmd): give a command or an entry point',
  ],
  [
    'no words for an image without an entry point',
    { config: { cmd: ['sh'] }, domain: { args: [] } },
    "the image has no entry point, and 'args' is an empty list",
  ],
  [
    'a relative directory of the image',
    { config: { cmd: ['id'], workingDirectory: 'srv' } },
    "the working directory 'srv' is not an absolute path",
  ],
  [
    'a relative directory',
    { domain: { cwd: '' } },
    "the working directory '' is not an absolute path",
  ],
  ['port 0', { config: { cmd: ['id'], ports: ['0'] } }, "'0' is not a port such as 80/tcp"],
  ['port 65536', { domain: { ports: ['1-65536'] } }, "'1-65536' is not a port such as 80/tcp"],
  ['a port with a name', { domain: { ports: ['http'] } }, "'http' is not a port such as 80/tcp"],
  ['an unknown protocol', { domain: { ports: ['80/x'] } }, "'80/x' is not a port such as 80/tcp"],
  ['what XML can’t hold', { domain: { env: { A: '\u0001' } } }, 'U+0001'],
])('%s is refused', (_what, some, words) => {
  const message = expect.stringContaining(words) as string;
  expect.assertions(1);
  try {
    made(some);
  } catch (error) {
    expect(error).toMatchObject({ code: 'INVALID_ARG', message });
  }
});

test('an image without layers has nothing that could be run', () => {
  expect(() => made({ layers: [] })).toThrow(
    'operation failed: the image has no layers, and so no file that a container could run',
  );
  expect(mockAsked).toEqual([]);
});

test('a new domain is named after its image, and no two have one name', () => {
  const names = Array.from({ length: 50 }, () => newDomainName('shop.example/web/front:1.0'));
  for (const name of names) expect(name).toMatch(/^front-[0-9a-f]{6}$/);
  expect(new Set(names).size).toBeGreaterThan(45);
});

test.each<[string, readonly (string | number)[], string]>([
  [
    'what the caller has given',
    ['interfaces', 0, 'portForwards', 1],
    'interfaces,0,portForwards,1',
  ],
  ['a layer of what it writes', ['root', 'overlay', 'upper'], 'root,overlay'],
  ['a layer of the image', ['root', 'overlay', 'lower', 1], 'root,overlay'],
  ['its uppermost layer', ['root', 'source'], 'root'],
  ['whether the root is read-only', ['root', 'readonly'], 'root,readonly'],
  ['a mount of the caller', ['mounts', 1, 'target'], 'mounts,0,target'],
  ['the mount that every container has', ['mounts', 0, 'target'], 'mounts'],
  ['the mount of a network’s resolver', ['mounts', 2, 'target'], 'interfaces'],
])('%s: the key of the caller that decides it is found', (_what, key, found) => {
  const mounts = [{ source: '/a', target: '/b' }];
  expect(keyOfImageDomain(key, { mounts }).join()).toBe(found);
});
