/** The options of the verbs that make a domain from an image: what the volumes say. */
import { resolve } from 'node:path';
import { imageDomainOptions, readImageDomain } from '../../../../lib/cli/options/image-domain';
import { parseArguments } from '../../../../lib/cli/shell/arguments';
import type { ImageDomain } from '../../../../lib/index';

function domainOf(...words: readonly string[]): ImageDomain {
  const { options } = parseArguments('run', { options: imageDomainOptions }, words);
  return readImageDomain(options, { cmd: [], environment: {} });
}

test.each<[string, ImageDomain['volumes']]>([
  ['/srv/data:/data', { '/data': '/srv/data' }],
  ['/srv/data:/data:ro', { '/data': { source: '/srv/data', readonly: true } }],
  ['/srv/a:b:/data', { '/data': '/srv/a:b' }],
  ['/srv/a:b:/data:ro', { '/data': { source: '/srv/a:b', readonly: true } }],
  ['data:/data', { '/data': resolve('data') }],
  ['data:/data:ro', { '/data': { source: resolve('data'), readonly: true } }],
])('the volume %s is %j', (word, volumes) => {
  expect(domainOf('--volume', word)).toEqual({ volumes });
});

test('each volume of several is read by itself', () => {
  expect(domainOf('-v', '/srv/a:/a:ro', '-v', '/srv/b:/b').volumes).toEqual({
    '/a': { source: '/srv/a', readonly: true },
    '/b': '/srv/b',
  });
});

const others = ['x', '/srv', '/srv:data', ':/data', '/srv:/data:', '/srv:/data:rw', '/a:/b:ro:ro'];

test.each(others)("'%s' is no volume", (word) => {
  expect(() => domainOf('--volume', word)).toThrow(
    `'${word}' for <volume> option is not DIRECTORY:TARGET or DIRECTORY:TARGET:ro`,
  );
});
