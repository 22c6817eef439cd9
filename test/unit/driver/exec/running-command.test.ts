/** What Domain.exec returns, when nothing comes of it: who is told, and that no caller waits. */
import { TslxcError } from '../../../../lib/errors';
import { domainXml } from '../../../support/domain/domain-xml';
import type { Domain } from '../../../../lib/index';
import { FakeHost } from '../../../support/fake/host/fake-host';
import { removeScratchAfterEach, scratchDirectory } from '../scratch';

removeScratchAfterEach();

async function running(failure: Error): Promise<Domain> {
  const host = new FakeHost(scratchDirectory());
  host.exec = () => Promise.reject(failure);
  return host.connect().createDomain(domainXml({ name: 'web' }));
}

test('a start that fails rejects every way of waiting for it, and is no reason not to dispose', async () => {
  const failure = new TslxcError('OPERATION_FAILED', 'no');
  const domain = await running(failure);
  const command = domain.exec(['true']);
  await expect(command).rejects.toBe(failure);
  await expect(command.started).rejects.toBe(failure);
  expect(await command.catch((error: unknown) => error)).toBe(failure);
  const ends: string[] = [];
  await command.finally(() => ends.push('end')).catch(() => ends.push('failure'));
  expect(ends).toEqual(['end', 'failure']);
  await command[Symbol.asyncDispose]();
  expect(Object.prototype.toString.call(command)).toBe('[object RunningCommand]');
});

test.each([
  [{ encoding: 'latin1' }, "Domain.exec: options.encoding is 'latin1', not one of utf8, buffer"],
  [{ maxBuffer: -1 }, 'Domain.exec: options.maxBuffer is -1, not a number of bytes from 0 on'],
  [{ maxBuffer: NaN }, 'Domain.exec: options.maxBuffer is NaN, not a number of bytes from 0 on'],
])('%j is refused', async (options, message) => {
  const domain = await running(new Error('it was run'));
  await expect(domain.exec(['true'], options as object)).rejects.toMatchObject({
    code: 'INVALID_ARG',
    message: `invalid argument: ${message}`,
  });
});

test('a domain that is disposed of is destroyed, if it runs', async () => {
  const host = new FakeHost(scratchDirectory());
  const connection = host.connect();
  const domain = await connection.defineDomain(domainXml({ name: 'web' }));
  await domain[Symbol.asyncDispose]();
  await domain.start();
  await domain[Symbol.asyncDispose]();
  expect(await domain.state()).toMatchObject({ state: 'shutoff', reason: 'destroyed' });
  await domain.undefine();
  await domain[Symbol.asyncDispose]();
  await connection.close();
  await expect(domain[Symbol.asyncDispose]()).rejects.toMatchObject({ code: 'OPERATION_INVALID' });
});
