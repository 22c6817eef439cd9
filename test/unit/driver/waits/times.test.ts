/** How long calls may take: one unit, one range, and one refusal, which names the option. */
import type { Connection, Domain, WaitOptions } from '../../../../lib/index';
import { connect } from '../../../../lib/index';
import { domainXml } from '../../../support/domain/domain-xml';
import { FakeHost } from '../../../support/fake/host/fake-host';
import { removeScratchAfterEach, scratchDirectory } from '../scratch';

removeScratchAfterEach();

const longest = 2 ** 31 - 1;

let connection: Connection;
let domain: Domain;

beforeEach(async () => {
  connection = new FakeHost(scratchDirectory()).connect();
  domain = await connection.createDomain(domainXml({ name: 'web' }));
});

afterEach(() => connection.close());

const calls: readonly (readonly [call: string, make: (timeout: number) => PromiseLike<unknown>])[] =
  [
    ['wait', (timeout) => domain.wait({ timeout })],
    ['waitFor', (timeout) => domain.waitFor({ port: 80, timeout })],
    ['waitFor', (timeout) => domain.waitFor({ exit: 'any', timeout })],
    ['waitFor', (timeout) => domain.waitFor({ state: 'paused', timeout })],
    ['shutdown', (timeout) => domain.shutdown({ timeout })],
    ['reboot', (timeout) => domain.reboot({ timeout })],
    ['exec', (timeout) => domain.exec(['true'], { timeout })],
  ];

test.each(calls)('%s refuses a time that is none', async (call, make) => {
  const least = call === 'exec' ? 1 : 0;
  for (const wrong of [-1, NaN, Infinity, longest + 1, '5' as unknown as number]) {
    const shown = typeof wrong === 'string' ? `'${String(wrong)}'` : String(wrong);
    await expect(make(wrong)).rejects.toMatchObject({
      code: 'INVALID_ARG',
      message: `invalid argument: Domain.${call}: options.timeout is ${shown}, not a number of milliseconds from ${least} to ${longest}`,
      element: 'options.timeout',
    });
  }
});

test('what is waited for is refused by its name: none, several, and what it can not be', async () => {
  const wrong: readonly (readonly [given: object, message: string])[] = [
    [{}, 'options has none of address, port, console, exec, exit, state, healthy'],
    [{ port: 80, exit: 'any' }, 'options.exit does not go with port'],
    [{ port: 70_000 }, 'options.port is 70000, not a whole number from 1 to 65535'],
    [{ exit: 256 }, 'options.exit is 256, not one of any or a whole number from 0 to 255'],
    [{ state: 'gone' }, "options.state is 'gone', not one of running, paused, shutoff"],
    [{ address: 'ipx' }, "options.address is 'ipx', not one of ipv4, ipv6"],
  ];
  for (const [given, message] of wrong) {
    await expect(domain.waitFor(given as WaitOptions)).rejects.toMatchObject({
      code: 'INVALID_ARG',
      message: `invalid argument: Domain.waitFor: ${message}`,
    });
  }
  // @ts-expect-error -- TypeScript knows it, too
  const several: WaitOptions = { port: 80, exit: 'any' };
  expect(several).toHaveProperty('port');
});

test('a condition whose value is undefined counts as left out', async () => {
  const given: WaitOptions = { state: 'running', exit: undefined, timeout: undefined };
  expect(await domain.waitFor(given)).toMatchObject({ state: 'running' });
});

test('the time that an end may take is refused in the same way', async () => {
  for (const graceful of [-1, NaN, longest + 1]) {
    await expect(domain.destroy({ graceful })).rejects.toMatchObject({
      message: `invalid argument: Domain.destroy: options.graceful is ${graceful}, not true or false or a number of milliseconds from 0 to ${longest}`,
    });
  }
  for (const startTimeout of [-1, 0, 1.5, NaN, longest + 1]) {
    await expect(connect(undefined, { startTimeout })).rejects.toMatchObject({
      message: `invalid argument: connect: options.startTimeout is ${startTimeout}, not a whole number of milliseconds from 1 to ${longest}`,
    });
  }
  const interval = longest + 1;
  await expect(domain.watchStats({ interval }).next()).rejects.toMatchObject({
    code: 'INVALID_ARG',
    element: 'options.interval',
  });
});

test('the longest time is one in which nothing is over yet', async () => {
  const ending = Promise.all([
    domain.wait({ timeout: longest }),
    domain.waitFor({ exit: 'any', timeout: longest }),
    domain.waitFor({ state: 'shutoff', timeout: longest }),
  ]);
  await domain.destroy();
  expect(await ending).toMatchObject([{ how: 'killed' }, { how: 'killed' }, { state: 'shutoff' }]);
});
