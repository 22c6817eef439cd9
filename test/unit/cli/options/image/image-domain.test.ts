/** The options of the verbs that make a domain from an image: what the volumes say. */
import { resolve } from 'node:path';
import {
  imageDomainOptions,
  readImageDomain,
} from '../../../../../lib/cli/options/image/image-domain';
import { parseArguments } from '../../../../../lib/cli/shell/arguments';
import type { ImageDomain } from '../../../../../lib/index';

function domainOf(...words: readonly string[]): ImageDomain {
  const { options } = parseArguments('run', { options: imageDomainOptions }, words);
  return readImageDomain(options, { cmd: [], environment: {} });
}

test.each<[string, ImageDomain['mounts']]>([
  ['/srv/data:/data', [{ source: '/srv/data', target: '/data' }]],
  ['/srv/data:/data:ro', [{ source: '/srv/data', target: '/data', readonly: true }]],
  ['/srv/a:b:/data', [{ source: '/srv/a:b', target: '/data' }]],
  ['/srv/a:b:/data:ro', [{ source: '/srv/a:b', target: '/data', readonly: true }]],
  ['data:/data', [{ source: resolve('data'), target: '/data' }]],
  ['data:/data:ro', [{ source: resolve('data'), target: '/data', readonly: true }]],
  ['/srv/data:/data:rw', [{ source: '/srv/data', target: '/data' }]],
])('the volume %s is %j', (word, mounts) => {
  expect(domainOf('--volume', word)).toEqual({ mounts });
});

test('each volume of several is read by itself, in their order', () => {
  expect(domainOf('-v', '/srv/b:/b:ro', '-v', '/srv/a:/a').mounts).toEqual([
    { source: '/srv/b', target: '/b', readonly: true },
    { source: '/srv/a', target: '/a' },
  ]);
});

const others = ['x', '/srv', '/srv:data', ':/data', '/srv:/data:', '/srv:/data:z', '/a:/b:ro:ro'];

test.each(others)("'%s' is no volume", (word) => {
  expect(() => domainOf('--volume', word)).toThrow(
    `'${word}' for <volume> option is not DIRECTORY:TARGET or DIRECTORY:TARGET:ro`,
  );
});

test('the other options have the names of a DomainSpec', () => {
  const words =
    '--name a --entrypoint sh --user 7:8 --workdir /tmp --stop-signal SIGINT --expose 81 --memory 64MiB --ids host --upper /u';
  expect(domainOf(...words.split(' '), '-e', 'A=1')).toEqual({
    ...{ name: 'a', init: 'sh', env: { A: '1' }, user: '7', group: '8', cwd: '/tmp' },
    ...{ stopSignal: 'SIGINT', ports: ['81'], memory: '65536KiB', idMap: 'host' },
    root: { overlay: '/u' },
  });
  expect(domainOf('--user', ':8')).toEqual({ user: '0', group: '8' });
  expect(domainOf('--user', 'alice')).toEqual({ user: 'alice' });
});

test('published ports need a virtual network, which is the default one where none is named', () => {
  const portForwards = [{ protocol: 'tcp', ranges: [{ start: 80, to: 8080 }] }];
  const on = (network: string, more = {}): object => ({
    interfaces: [{ type: 'network', network, ...more }],
  });
  expect(domainOf()).toEqual({});
  expect(domainOf('--network', 'none')).toEqual({});
  expect(domainOf('--network', 'host')).toEqual({ privateNetwork: false });
  expect(domainOf('--network', 'lab')).toEqual(on('lab'));
  expect(domainOf('-p', '80:8080')).toEqual(on('default', { portForwards }));
  expect(domainOf('-p', '80:8080', '--network', 'lab')).toEqual(on('lab', { portForwards }));
  expect(() => domainOf('-p', '80:80', '--network', 'none')).toThrow(
    "no port can be published: with the network 'none' it has no interface",
  );
  expect(() => domainOf('-p', '80:80', '--network', 'host')).toThrow(
    "with the network 'host' its ports are those of the host already",
  );
});

test.each([
  ['64', 64],
  ['0', 0],
  ['100k', 100],
])('a memory of %s is refused by the word that was typed', (word, kibibytes) => {
  expect(() => domainOf('--memory', word)).toThrow(
    `'${word}' for <memory> option is ${kibibytes} KiB, too little to start a container: it needs 1024 KiB or more`,
  );
});
