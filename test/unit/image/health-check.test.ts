/** lib/image/health-check.ts: what an image says of its health, in Docker's words, and how it goes with what the caller says. */
import { parseConfiguration } from '../../../lib/image/config';
import { combinedHealth } from '../../../lib/image/health-check';
import type { ImageConfig, ImageDomain } from '../../../lib/image/types';

const healthOf = (check: unknown, shell?: readonly string[]): ImageConfig['health'] => {
  const config = { Healthcheck: check, Shell: shell };
  return parseConfiguration(JSON.stringify({ config, rootfs: { diff_ids: [] } })).config.health;
};

const millisecond = 1_000_000;

test.each<[string, unknown, ImageConfig['health']]>([
  ['nothing', undefined, undefined],
  ['null, as Go writes it', null, undefined],
  ['no words', { Test: [] }, undefined],
  ['times alone', { Interval: millisecond }, undefined],
  ['that nothing is checked', { Test: ['NONE'] }, undefined],
  ['a kind that docker does not know', { Test: ['HTTP', '/'] }, undefined],
  ['a program', { Test: ['CMD', 'pg_isready', ''] }, { exec: ['pg_isready', ''] }],
  ['a line', { Test: ['CMD-SHELL', 'a | b'] }, { exec: ['/bin/sh', '-c', 'a | b'] }],
  [
    'all times, in nanoseconds',
    {
      ...{ Test: ['CMD', 'a'], Interval: 5000 * millisecond, Timeout: 1 },
      ...{ StartPeriod: 1.5 * millisecond, StartInterval: millisecond, Retries: 10 },
    },
    { exec: ['a'], interval: 5000, timeout: 1, grace: 2, retries: 10 },
  ],
  [
    'defaults, as 0',
    { Test: ['CMD', 'a'], Interval: 0, Timeout: 0, StartPeriod: 0, Retries: 0 },
    { exec: ['a'] },
  ],
  [
    'more than there may be',
    { Test: ['CMD', 'a'], Interval: 86_400_000 * millisecond, Retries: 5000 },
    { exec: ['a'], interval: 3_600_000, retries: 1000 },
  ],
])('an image that says %s', (_what, check, expected) => {
  expect(healthOf(check)).toEqual(expected);
});

test('a line is for the image’s own shell, and a program is for none', () => {
  const shell = ['/bin/bash', '-o', 'pipefail', '-c'];
  expect(healthOf({ Test: ['CMD-SHELL', 'a | b'] }, shell)).toEqual({ exec: [...shell, 'a | b'] });
  expect(healthOf({ Test: ['CMD', 'a'] }, shell)).toEqual({ exec: ['a'] });
});

test.each<[unknown, string]>([
  ['true', 'Healthcheck is not an object'],
  [['CMD', 'a'], 'Healthcheck is not an object'],
  [{ Test: 'a' }, 'Test of Healthcheck is not a list of strings'],
  [{ Test: ['CMD', 1] }, 'Test of Healthcheck is not a list of strings'],
  [{ Test: ['CMD'] }, 'Test of Healthcheck names no program'],
  [{ Test: ['CMD', ''] }, 'Test of Healthcheck names no program'],
  [{ Test: ['CMD-SHELL'] }, 'Test of Healthcheck names no program'],
  [{ Test: ['CMD', 'a'], Interval: '5s' }, 'Interval of Healthcheck is not a whole number'],
  [{ Test: ['CMD', 'a'], Timeout: -1 }, 'Timeout of Healthcheck is not a whole number'],
  [{ Test: ['CMD', 'a'], Retries: 1.5 }, 'Retries of Healthcheck is not a whole number'],
])('%j is malformed', (check, why) => {
  expect(() => healthOf(check)).toThrow(`the image's configuration is malformed: ${why}`);
});

const ofImage = { exec: ['own'], interval: 5, retries: 9 };
const usual = { interval: 30_000, timeout: 30_000 };

interface Said {
  readonly image?: ImageConfig['health'];
  readonly caller?: ImageDomain['health'];
}

test.each<[string, Said, object | undefined]>([
  ['neither says one', {}, undefined],
  ['only the image says one', { image: ofImage }, { ...usual, ...ofImage }],
  ['only the caller says one', { caller: { port: 80 } }, { ...usual, port: 80 }],
  ['the caller wants none', { image: ofImage, caller: 'none' }, undefined],
  ['the caller wants none, and there is none', { caller: 'none' }, undefined],
  [
    'the caller has other times',
    { image: ofImage, caller: { interval: 7, grace: 3, timeout: undefined } },
    { ...usual, ...ofImage, interval: 7, grace: 3 },
  ],
  [
    'the caller has another command',
    { image: ofImage, caller: { exec: ['mine'], retries: 2 } },
    { ...usual, exec: ['mine'], interval: 5, retries: 2 },
  ],
  [
    'the caller has a port',
    { image: ofImage, caller: { port: 80, action: 'restart' } },
    { ...usual, port: 80, interval: 5, retries: 9, action: 'restart' },
  ],
  [
    'the caller’s check is left undefined',
    { image: ofImage, caller: { exec: undefined } as never },
    { ...usual, ...ofImage },
  ],
])('where %s', (_what, { image, caller }, expected) => {
  expect(combinedHealth(image, caller)).toEqual(expected);
});
