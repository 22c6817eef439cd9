/** logs --follow: what becomes of the signals that end it. */
import { EventEmitter } from 'node:events';
import { TslxcError } from '../../../../../lib/errors';
import { FakeConnection } from '../../../../support/fake/connection/fake-connection';
import { run } from '../../run-main';

const failure = new TslxcError('OPERATION_FAILED', 'the log can not be read');

test.each([
  { how: 'ends', domain: { name: 'web', id: 7 }, status: 0, stdout: 'a line\n\n' },
  { how: 'fails', domain: { name: 'web', id: 7, failure }, status: 1, stdout: '\n' },
])('once it $how, the signals do what they did before', async ({ domain, status, stdout }) => {
  const connection = new FakeConnection([domain]);
  const signals = new EventEmitter();
  expect(await run('logs web --follow', { connection, signals })).toMatchObject({ status, stdout });
  expect(connection.domains[0]?.calls).toContainEqual([
    'logs',
    expect.objectContaining({ follow: true }),
  ]);
  expect(signals.eventNames()).toEqual([]);
});
