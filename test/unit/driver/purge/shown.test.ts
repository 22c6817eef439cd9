/** What a purge would remove that nobody was shown. */
import { newItems, notShown, onlyShown } from '../../../../lib/driver/purge/shown';
import type { PurgeItem } from '../../../../lib/index';

const off: PurgeItem = { kind: 'domain', name: 'web', fate: 'remove', state: 'off' };
const running: PurgeItem = { ...off, state: 'running' };
const upper: PurgeItem = { kind: 'upper', name: '/srv/upper', fate: 'remove' };
const kept: PurgeItem = { ...upper, fate: 'keep' };
const network: PurgeItem = { kind: 'network', name: 'web', fate: 'remove', state: 'off' };

test.each<[string, { planned: PurgeItem[]; shown: PurgeItem[] }]>([
  ['what was shown', { planned: [off, upper], shown: [upper, off] }],
  ['what has gone since', { planned: [], shown: [off, upper] }],
  ['what has ended since', { planned: [off], shown: [running] }],
  ['what is kept', { planned: [kept], shown: [] }],
])('%s is nothing new', (_, { planned, shown }) => {
  expect(notShown(planned, shown)).toEqual([]);
});

test.each<[string, { planned: PurgeItem; shown: PurgeItem[] }]>([
  ['what is there since', { planned: network, shown: [off] }],
  ['what has started since', { planned: running, shown: [off] }],
  ['what was to be kept', { planned: upper, shown: [kept] }],
])('%s is new', (_, { planned, shown }) => {
  expect(notShown([off, planned], [off, ...shown])).toEqual([planned]);
  expect(onlyShown([off, planned], [off, ...shown])).toEqual([off]);
});

test('the error names what is new, but no more than ten', () => {
  expect(newItems('nothing is removed', [running, network])).toMatchObject({
    code: 'OPERATION_INVALID',
    message:
      "Requested operation is not valid: nothing is removed, since there is more by now than was listed: domain 'web', which runs; network 'web'",
  });
  const many = Array.from({ length: 12 }, (_, at) => ({ ...off, name: `web-${at}` }));
  const { message } = newItems('the files are left', many);
  expect(message).toMatch(/domain 'web-9'; and 2 more$/);
});
