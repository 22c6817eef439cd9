/** lib/driver/lookup/log-holder.ts: who has the log that a start could not have. */
import { constants } from 'node:os';
import { namingLogHolder } from '../../../../lib/driver/lookup/log-holder';
import type { Session } from '../../../../lib/driver/session/session';
import { TslxcError } from '../../../../lib/errors';
import { domainXml } from '../../../support/domain/domain-xml';
import { FakeHost } from '../../../support/fake/host/fake-host';
import { removeScratchAfterEach, scratchDirectory } from '../scratch';

removeScratchAfterEach();

const path = '/var/log/web.log';

/** A session of a host where a domain that has the log runs. */
async function holding(): Promise<Session> {
  const host = new FakeHost(scratchDirectory());
  const xml = domainXml({ name: 'first' }).replace(
    "<console type='pty'/>",
    "<console type='pty'><log file='/var/./log//web.log'/></console>",
  );
  await host.connect().createDomain(xml, { ownership: 'leave' });
  return host.session();
}

function refused(domain: string): TslxcError {
  const details = { errno: constants.errno.EBUSY, syscall: 'flock', path, domain };
  return new TslxcError('SYSTEM_ERROR', 'another has it: EBUSY', details);
}

test('a domain that runs and names the file is told of, and the error is kept', async () => {
  const session = await holding();
  const cause = refused('second');
  const words = `the log ${path} is that of domain 'first', which runs: EBUSY`;
  expect(await namingLogHolder(session, cause)).toMatchObject({
    code: 'SYSTEM_ERROR',
    message: expect.stringContaining(words) as string,
    errno: constants.errno.EBUSY,
    path,
    domain: 'second',
    cause,
  });
});

test('any other error is left as it is, and one of a domain that is none but its own', async () => {
  const session = await holding();
  for (const error of [
    refused('first'),
    new TslxcError('SYSTEM_ERROR', 'full', { errno: constants.errno.ENOSPC, path }),
    new Error('odd'),
  ]) {
    expect(await namingLogHolder(session, error)).toBe(error);
  }
});

test('where others can not be looked at it is the error of the start all the same', async () => {
  const session = await holding();
  jest.spyOn(session, 'parse').mockImplementation(() => {
    throw new Error('a definition of another version');
  });
  const error = refused('second');
  expect(await namingLogHolder(session, error)).toBe(error);
});
