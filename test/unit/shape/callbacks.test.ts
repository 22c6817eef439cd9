/** What a callback or a logger of the caller throws decides nothing: it is an uncaught exception, beside what goes on. */
import { connectParameters } from '../../../lib/driver/arguments/connection-calls';
import { checkHostParameters } from '../../../lib/driver/doctor/check-host';
import { safeLogger } from '../../../lib/host/logger';
import { makeRootParameters } from '../../../lib/rootfs/make-root';
import { checkGiven, type AnyParameters } from '../../../lib/shape/arguments';
import { fieldOf, pathOf } from '../../../lib/shape/misfit';
import { domainXml } from '../../support/domain/domain-xml';
import { FakeHost } from '../../support/fake/host/fake-host';
import { fitting, placesOf } from '../../support/shape/given';
import { publicCalls } from '../../support/shape/public-calls';
import { removeScratchAfterEach, scratchDirectory } from '../driver/scratch';

removeScratchAfterEach();

const mine = new Error('mine');
const bad = (): never => {
  throw mine;
};

let thrown: unknown[];

beforeEach(() => {
  thrown = [];
  jest.spyOn(process, 'nextTick').mockImplementation((callback: unknown, ...given: unknown[]) => {
    try {
      (callback as (...given: unknown[]) => void)(...given);
    } catch (error) {
      thrown.push(error);
    }
  });
});

afterEach(() => {
  jest.restoreAllMocks();
});

const all: [string, AnyParameters][] = [
  ...Object.entries(publicCalls).flatMap(([name, calls]) =>
    Object.entries(calls).map(([method, one]): [string, AnyParameters] => [
      `${name}.${method}`,
      one,
    ]),
  ),
  ['connect', connectParameters],
  ['checkHost', checkHostParameters],
  ['makeRoot', makeRootParameters],
];

test('no callback of any call throws into the library, and listeners stay who they are', () => {
  const found: string[] = [];
  for (const [name, parameters] of all) {
    for (const [index, [parameter, field]] of parameters.entries()) {
      const places = placesOf(fieldOf(field).form);
      for (const { form, at, put } of places) {
        if (form.kind !== 'value' || form.isCalled !== true) continue;
        const given = fitting(parameters).with(index, put(bad));
        const taken = checkGiven(name, parameters, given)[index];
        const called = at.length === 0 ? taken : (taken as Record<string, unknown>)[at[0] ?? ''];
        found.push(`${name} ${pathOf(parameter, at)}`);
        if (at.length === 0) expect(called).toBe(bad);
        else expect(called as () => void).not.toThrow();
      }
    }
  }
  expect(found.filter((one) => one.endsWith(' listener'))).toHaveLength(3);
  expect(thrown).toEqual(Array<Error>(found.length - 3).fill(mine));
  expect(found).toContain('Connection.createDomain options.onWarning');
});

test('a container whose warning makes the caller throw runs, and there is a handle of it', async () => {
  const host = new FakeHost(scratchDirectory());
  host.warnings = ['MeminfoIsHosts'];
  const definition = domainXml({ name: 'web' });
  const domain = await host.connect().createDomain(definition, { onWarning: bad });
  expect(domain.name).toBe('web');
  expect(thrown).toEqual([mine]);
});

test('a logger that throws stops nothing, and its methods are called as its own', () => {
  const lines: string[] = [];
  const own = {
    prefix: 'own: ',
    debug: bad,
    info(this: { readonly prefix: string }, _fields: object, message: string): void {
      lines.push(this.prefix + message);
    },
    warn: bad,
    error: bad,
  };
  const logger = safeLogger(own);
  logger.debug({}, 'x');
  logger.info({}, 'y');
  expect(lines).toEqual(['own: y']);
  expect(thrown).toEqual([mine]);
});
