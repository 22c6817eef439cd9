/** Whatever public call takes an object: one key too many in it is refused by its name, before anything else is done. */
import * as fc from 'fast-check';
import * as library from '../../../lib/index';
import { otherWords } from '../../../lib/domain/builder/other-words';
import { domainSpec } from '../../../lib/domain/builder/spec-shape';
import { connectParameters } from '../../../lib/driver/arguments/connection-calls';
import { checkHostParameters } from '../../../lib/driver/doctor/check-host';
import { makeRootParameters } from '../../../lib/rootfs/make-root';
import { fieldOf, misfitOf, pathOf } from '../../../lib/shape/misfit';
import { checkGiven, type AnyParameters } from '../../../lib/shape/arguments';
import { domainXml } from '../../support/domain/domain-xml';
import { FakeHost } from '../../support/fake/host/fake-host';
import { exportedClasses } from '../../support/shape/exported-classes';
import { fitting, placesOf, plantings, type Place } from '../../support/shape/given';
import { publicCalls } from '../../support/shape/public-calls';
import { containing, errorOf } from '../driver/refusal';
import { removeScratchAfterEach, scratchDirectory } from '../driver/scratch';

removeScratchAfterEach();

/** Methods that take what the language and Node give them: those of a promise, and those of a stream that Node calls. */
const calledByOthers = new Set([
  ...['then', 'catch', 'finally'].map((name) => `RunningCommand.${name}`),
  ...['_read', '_write', '_destroy'].map((name) => `ConsoleStream.${name}`),
  // The library calls it, with an error.
  'CommandProcess.endBecauseOf',
]);

interface PublicCall {
  readonly name: string;
  readonly parameters: AnyParameters;
  readonly call: (given: readonly unknown[]) => unknown;
}

const parametersOf: Readonly<Record<string, AnyParameters>> = {
  connect: connectParameters,
  domainXml: [['spec', domainSpec]],
  checkHost: checkHostParameters,
  makeRoot: makeRootParameters,
};

function isFunction(value: unknown): value is (...given: readonly unknown[]) => unknown {
  return typeof value === 'function';
}

/** A call of each object's method that takes arguments, and of each function. */
async function allCalls(): Promise<PublicCall[]> {
  const connection = new FakeHost(scratchDirectory()).connect();
  const domain = await connection.defineDomain(domainXml({ name: 'web' }));
  const network = await connection.defineNetwork('<network><name>net</name></network>');
  const pool = await connection.createStoragePool(
    `<pool type='dir'><name>p</name><target><path>${scratchDirectory()}</path></target></pool>`,
  );
  const volume = await pool.createVolume('<volume><name>a</name><capacity>0</capacity></volume>');
  const objects = [
    ...[connection, domain, network, pool, volume],
    ...[connection.images, domain.snapshots, connection.secrets, connection.networkFilters],
    ...[connection.nodeDevices, connection.hostInterfaces],
  ];
  // A call compares its arguments before it looks at what it is a method of.
  const unmade = [...exportedClasses().values()]
    .filter((one) => !objects.some((object) => object instanceof one))
    .map((one) => Object.create(one.prototype as object) as object);
  const methods = [...objects, ...unmade].flatMap((object) =>
    methodsOf(object).map((method) => ({
      name: `${object.constructor.name}.${method}`,
      parameters: publicCalls[object.constructor.name]?.[method] ?? [],
      call: (given: readonly unknown[]) => apply(object, Reflect.get(object, method), given),
    })),
  );
  const functions = Object.entries(parametersOf).map(([name, parameters]) => ({
    name,
    parameters,
    call: (given: readonly unknown[]) => apply(undefined, Reflect.get(library, name), given),
  }));
  return [...methods, ...functions];
}

/** Those without a table take no arguments. */
function methodsOf(object: object): string[] {
  const own = Object.getOwnPropertyDescriptors(Object.getPrototypeOf(object) as object);
  return Object.entries(own).flatMap(([name, { value }]) => {
    const isOthers = calledByOthers.has(`${object.constructor.name}.${name}`);
    return name !== 'constructor' && !isOthers && isFunction(value) ? [name] : [];
  });
}

function apply(object: unknown, method: unknown, given: readonly unknown[]): unknown {
  if (!isFunction(method)) throw new Error('it is not there');
  return Reflect.apply(method, object, given);
}

test('every public class and function is compared with a table', () => {
  const isClass = (name: string): boolean => /^[A-Z]/.test(name);
  const names = Object.entries(library).flatMap(([name, value]) =>
    isFunction(value) ? [name] : [],
  );
  const classes = exportedClasses();
  expect([...classes.keys()]).toEqual(expect.arrayContaining(names.filter(isClass)));
  const withMethods = [...classes].flatMap(([name, { prototype }]) =>
    methodsOf(Object.create(prototype as object) as object).length > 0 ? [name] : [],
  );
  expect(withMethods.sort()).toEqual(Object.keys(publicCalls).sort());
  expect(names.filter((name) => !isClass(name)).sort()).toEqual(Object.keys(parametersOf).sort());
});

test('one key too many is refused by its name, wherever it is, by every call', async () => {
  const calls = await allCalls();
  const keys = fc.oneof(
    fc.string({ minLength: 1 }),
    fc.constantFrom('privatenetwork', 'rooot', 'toString'),
  );
  let refused = 0;
  await fc.assert(
    fc.asyncProperty(keys, async (key) => {
      for (const { name, parameters, call } of calls) {
        for (const [index, [parameter, field]] of parameters.entries()) {
          for (const { value, at, known } of plantings(fieldOf(field).form, key)) {
            if (known.includes(key)) continue;
            const given = fitting(parameters).with(index, value);
            const element = pathOf(parameter, at);
            const error = await errorOf(() => call(given));
            expect(error).toMatchObject({ code: 'INVALID_ARG', element });
            const { message } = error as Error;
            if (/^\w+$/.test(key)) expect(message).toContain(`${name}: ${element} is unknown`);
            refused += 1;
          }
        }
      }
    }),
    { numRuns: 8 },
  );
  expect(refused).toBeGreaterThan(8 * 100);
});

function isOfObject({ form }: Place): boolean {
  return ['object', 'record', 'variants'].includes(form.kind);
}

test('an instance of a class is refused by its path, wherever an object is taken, by every call', async () => {
  class Limits {
    readonly #processes = 50;
    get most(): number {
      return this.#processes;
    }
  }
  const instances: readonly (readonly [object, string])[] = [
    [Promise.resolve({ access: 'read-only' }), 'is a Promise, not '],
    [new Map([['user', 'nobody']]), 'is an instance of Map, not '],
    [new Set(), 'is an instance of Set, not '],
    [new Date(), 'is an instance of Date, not '],
    [/x/, 'is an instance of RegExp, not '],
    [new Error('x'), 'is an instance of Error, not '],
    [new Uint8Array(), 'is an instance of Uint8Array, not '],
    [new Limits(), 'is an instance of Limits, not '],
    [Object.create({ access: 'read-only' }) as object, 'is an instance of Object, not '],
  ];
  let refused = 0;
  for (const { name, parameters, call } of await allCalls()) {
    for (const [index, [parameter, field]] of parameters.entries()) {
      for (const [instance, what] of instances) {
        for (const { at, put } of placesOf(fieldOf(field).form).filter(isOfObject)) {
          const element = pathOf(parameter, at);
          const given = fitting(parameters).with(index, put(instance));
          const error = await errorOf(() => call(given));
          expect(error).toMatchObject({ code: 'INVALID_ARG', element });
          expect((error as Error).message).toContain(`${name}: ${element} ${what}`);
          refused += 1;
        }
      }
    }
  }
  expect(refused).toBeGreaterThan(9 * 100);
});

test('a NUL in a name, a path or another text is refused by its path, by every call', async () => {
  const found: string[] = [];
  for (const { name, parameters, call } of await allCalls()) {
    for (const [index, [parameter, field]] of parameters.entries()) {
      for (const { form, at, put } of placesOf(fieldOf(field).form)) {
        if (form.kind !== 'value' || form.flaw?.('a\0b') === undefined) continue;
        const element = pathOf(parameter, at);
        const error = await errorOf(() => call(fitting(parameters).with(index, put('a\0b'))));
        expect(error).toMatchObject({ code: 'INVALID_ARG', element });
        expect((error as Error).message).toContain(`${name}: ${element} contains a NUL character`);
        found.push(`${name} ${element}`);
      }
    }
  }
  for (const one of ['Domain.rename name', 'connect options.root']) expect(found).toContain(one);
});

test('a key of plain data whose value is undefined counts as left out', () => {
  let tried = 0;
  for (const { at, put } of placesOf(domainSpec.form).filter((one) => one.at.length > 0)) {
    const spec = put(undefined) as library.DomainSpec;
    const left = JSON.parse(JSON.stringify(spec)) as library.DomainSpec;
    if (misfitOf(domainSpec.form, left) !== undefined) continue;
    expect([at, library.domainXml(spec)]).toEqual([at, library.domainXml(left)]);
    tried += 1;
  }
  expect(tried).toBeGreaterThan(50);
});

test('no number in plain data makes much text of a definition', () => {
  let tried = 0;
  for (const { form, at, put } of placesOf(domainSpec.form)) {
    for (const many of [1e5, 1e9, Number.MAX_SAFE_INTEGER]) {
      if (form.kind !== 'value' || !form.fits(many)) continue;
      const spec = put(many) as library.DomainSpec;
      expect([at, library.domainXml(spec).length]).toEqual([at, expect.any(Number)]);
      expect(library.domainXml(spec).length).toBeLessThan(2000);
      tried += 1;
    }
  }
  expect(tried).toBeGreaterThan(100);
});

test('an argument too many is refused by every call, also by those that take none', async () => {
  const calls = await allCalls();
  expect(calls.length).toBeGreaterThan(150);
  for (const { name, parameters, call } of calls) {
    const given = [...fitting(parameters), { zeroed: true }];
    const error = await errorOf(() => call(given));
    const element = `arguments[${parameters.length}]`;
    expect([name, error]).toEqual([
      name,
      expect.objectContaining({
        code: 'INVALID_ARG',
        element,
        message: expect.stringContaining(`${name}: ${element} is one too many; `) as string,
      }),
    ]);
  }
});

test('what is no value of a parameter’s type is refused by its name, and is no TypeError', async () => {
  const wrong: readonly unknown[] = [
    null,
    Symbol('x'),
    [[]],
    1n,
    { [Symbol.toPrimitive]: 1 },
    () => 1,
    NaN,
  ];
  for (const { name, parameters, call } of await allCalls()) {
    for (const [index, [parameter, field]] of parameters.entries()) {
      for (const value of [undefined, ...wrong]) {
        const { form, isOptional } = fieldOf(field);
        if (value === undefined && isOptional) continue;
        // These are judged by what they count or do.
        const isPassed = form.kind === 'value' ? form.fits(value) : typeof value === 'number';
        if (isPassed || (typeof value === 'object' && value !== null && !Array.isArray(value)))
          continue;
        const given = fitting(parameters).with(index, value);
        const error = await errorOf(() => call(given));
        expect([name, parameter, error]).toEqual([
          name,
          parameter,
          expect.objectContaining({ code: 'INVALID_ARG' }),
        ]);
      }
    }
  }
});

test('arguments that fit are not refused for their shape', async () => {
  for (const { name, parameters } of await allCalls()) {
    for (const extent of ['least', 'all'] as const) {
      expect(() => checkGiven(name, parameters, fitting(parameters, extent))).not.toThrow();
    }
  }
});

test.each<[string, object, string]>([
  [
    'a word that is nearly right',
    { idmap: 'auto' },
    "spec.idmap is unknown; did you mean 'idMap'?",
  ],
  [
    'another one',
    { privatenetwork: true },
    "spec.privatenetwork is unknown; did you mean 'privateNetwork'?",
  ],
  [
    'another word of other tools',
    { cpus: 1 },
    "spec.cpus is unknown; 'limits.cpuQuota' limits CPU time, 'cpuset' says which CPUs; 'vcpus' limits nothing",
  ],
  ['one more', { workingDir: '/x' }, "spec.workingDir is unknown; did you mean 'cwd'?"],
  ['a word of other tools', { rootfs: '/x' }, "spec.rootfs is unknown; did you mean 'root'?"],
  ['a wrong type', { env: ['A=b'] }, 'spec.env is a list, not an object'],
  ['a wrong type of an item', { args: ['-c', 1] }, 'spec.args[1] is 1, not text'],
  [
    'a size without a unit',
    { memory: '64' },
    "spec.memory is '64', not a whole number with a unit, such as '64MiB'",
  ],
  [
    'a size with a fraction',
    { memory: '1.5GiB' },
    "spec.memory is '1.5GiB', not a whole number with a unit, such as '64MiB'",
  ],
  ['a number below 0', { consoles: -1 }, 'spec.consoles is -1, not a whole number from 0 to 253'],
  [
    'more consoles than a container can have',
    { consoles: 1e9 },
    'spec.consoles is 1000000000, not a whole number from 0 to 253',
  ],
  [
    'a number for a size',
    { memory: 65536 },
    "spec.memory is 65536, not a whole number with a unit, such as '64MiB'",
  ],
  [
    'a word of a list that is nearly right',
    { hardening: 'hardend' },
    "spec.hardening is 'hardend', not one of compat, hardened, isolated; did you mean 'hardened'?",
  ],
  [
    'a key in a list',
    { mounts: [{ sourc: '/a', target: '/b' }] },
    "spec.mounts[0].sourc is unknown; did you mean 'source'?",
  ],
  [
    'a key of another kind',
    { mounts: [{ source: '/a', target: '/b', size: '1MiB' }] },
    "spec.mounts[0].size does not go with type 'mount'",
  ],
  [
    'a kind that is none',
    { interfaces: [{ type: 'user' }] },
    "spec.interfaces[0].type is 'user', not one of network, bridge, direct, ethernet",
  ],
  [
    'a key among few',
    { root: { source: '/a', owner: 1 } },
    'spec.root.owner is unknown; known are source, readonly, overlay',
  ],
  [
    'a forgotten await',
    { limits: Promise.resolve({ processes: 5 }) },
    'spec.limits is a Promise, not an object: an await is missing',
  ],
  [
    'a forgotten await of what is neither',
    { root: Promise.resolve('/a') },
    'spec.root is a Promise, not text or an object: an await is missing',
  ],
  ['what is neither', { root: 1 }, 'spec.root is 1, not text or an object'],
  ['an empty argument', { args: ['-c', ''] }, "spec.args[1] is '', not text that is not empty"],
  ['an empty variable', { env: { E: '' } }, "spec.env.E is '', not text that is not empty"],
  ['an empty user', { user: '' }, "spec.user is '', not text that is not empty"],
  ['a name that is no word', { env: { 'a b': 1 } }, 'spec.env["a b"] is 1, not text'],
  ['no name', { env: { '': 'x' } }, 'spec.env[""] is not a variable name'],
  ['a name with =', { env: { 'A=B': 'x' } }, 'spec.env["A=B"] is not a variable name'],
])('%s is told in words', (_what, wrong, message) => {
  const spec = { name: 'web', memory: '64MiB', ...wrong } as library.DomainSpec;
  expect(() => library.domainXml(spec)).toThrow(`invalid argument: domainXml: ${message}`);
});

test('the unit of a number is told', async () => {
  const [call] = (await allCalls()).filter(({ name }) => name === 'Domain.setMemory');
  expect(await errorOf(() => call?.call(['64 MiB']))).toMatchObject({
    message: containing(
      "is '64 MiB', not a number of KiB or a whole number with a unit, such as '64MiB'",
    ),
  });
  const [image] = (await allCalls()).filter(({ name }) => name === 'Images.domainXml');
  expect(await errorOf(() => image?.call(['web', { memory: 65_536 }]))).toMatchObject({
    message: containing("domain.memory is 65536, not a whole number with a unit, such as '64MiB'"),
  });
});

test('what must be there and is not is named', () => {
  expect(() => library.domainXml({ memory: '64MiB' } as object as library.DomainSpec)).toThrow(
    'invalid argument: domainXml: spec.name is missing: it is text',
  );
});

test('no word that other tools have is a field, and those that are named instead are', () => {
  const { form } = domainSpec;
  const fields = form.kind === 'object' ? form.fields : {};
  expect(Object.keys(otherWords).filter((name) => Object.hasOwn(fields, name))).toEqual([]);
  const named = Object.values(otherWords).flatMap((hint) => [...hint.matchAll(/'([\w.]+)'/g)]);
  const paths = placesOf(form).map(({ at }) => at.filter((step) => step !== 0).join('.'));
  const elsewhere = ['Domain.setAutostart', 'portForwards', 'network', 'ram'];
  const stray = named.filter(([, one = '']) => ![...paths, ...elsewhere].includes(one));
  expect(stray).toEqual([]);
});

test('options in the place of the URI are told where they go', async () => {
  expect(await errorOf(() => library.connect({ root: '/x' } as never))).toMatchObject({
    element: 'uri',
    message: 'invalid argument: connect: uri is an object, not text; the options come second',
  });
});
