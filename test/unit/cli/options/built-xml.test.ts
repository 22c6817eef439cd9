/** What is said of XML that a command has built: the options that it is from, in place of lines that nobody has seen. */
import { inOptionWords, namingOptions, type BuiltXml } from '../../../../lib/cli/options/built-xml';
import { Options } from '../../../../lib/cli/shell/arguments';
import { CommandError, errorLines } from '../../../../lib/cli/shell/command-error';
import { definitionError, problemsError } from '../../../../lib/domain/xml/source-location';
import { DefinitionError, SyscallError, TslxcError } from '../../../../lib/errors';

const root = 'domain/devices/disk';
const built: BuiltXml = {
  xml: "<disk type='block'>\n  <driver name='x' type='y'/>\n  <target dev='vda' bus='ide'/>\n</disk>\n",
  root,
  parts: {
    '@type': 'sourcetype',
    'driver/@name': 'driver',
    'driver/@type': 'subdriver',
    'driver/@io': 'io',
    source: 'source',
    target: 'target',
    'target/@bus': 'targetbus',
  },
  options: new Options(
    new Map(['driver', 'subdriver', 'source', 'target', 'targetbus'].map((name) => [name, 'x'])),
  ),
};

const at = (part: string, line = 3) => ({
  path: part === '' ? root : `${root}/${part}`,
  position: { line, column: 1 },
});

const said = async (error: Error): Promise<unknown> =>
  namingOptions(built, () => Promise.reject(error)).catch((thrown: unknown) => thrown);

test.each([
  ['target', 'no (--target)'],
  ['target/@dev', 'no (--target)'],
  ['target/@bus', 'no (--targetbus)'],
  ['source/host/@name', 'no (--source)'],
  // Of what was given for it, and what wasn't is not named.
  ['driver', 'no (--driver, --subdriver)'],
  ['@type', 'no'],
  ['', 'no'],
  ['address', 'no'],
])('an error about %j says %s', async (part, words) => {
  const error = definitionError('XML_DETAIL', 'no', at(part));
  const thrown = await said(error);
  expect(thrown).toBeInstanceOf(CommandError);
  expect(thrown).toMatchObject({ message: words, code: 'XML_DETAIL', cause: error });
});

test('the step of a system call stays beside the option', async () => {
  const failure = { errno: 2, syscall: 'open', path: '/x', step: 'open it' };
  const where = { element: `${root}/source`, line: 2, column: 3 };
  expect(await said(new SyscallError({ ...failure, ...where }))).toMatchObject({
    message: expect.stringMatching(/^open \/x: ENOENT, .* \(open it; --source\)$/) as unknown,
  });
  expect(await said(new SyscallError({ ...failure, ...where, element: root }))).toMatchObject({
    message: expect.stringMatching(/^open \/x: ENOENT, .* \(open it\)$/) as unknown,
  });
});

test('of several things that are wrong each names its own', async () => {
  const problem = (part: string, message: string) => ({
    element: at(part).path,
    line: 2,
    column: 3,
    message,
  });
  const problems = [problem('driver/@io', 'one'), problem('target/@bus', 'two')];
  const error = problemsError('CONFIG_UNSUPPORTED', 'not carried out', problems);
  const told = await said(error);
  expect(told).toMatchObject({
    message: 'unsupported configuration: not carried out:\n  one\n  two (--targetbus)',
  });
  expect(errorLines(told)).toEqual([
    'unsupported configuration: not carried out:',
    '  one',
    '  two (--targetbus)',
  ]);
});

test.each([
  ['is about another device of the domain', definitionError('XML_ERROR', 'no', at('target', 5))],
  [
    'is about another part of the domain',
    new DefinitionError('XML_ERROR', 'no', { element: 'domain/os', line: 1, column: 1 }),
  ],
  ['names no element', new TslxcError('OPERATION_INVALID', 'domain is not running')],
  ['is a fault', new RangeError('no')],
])('what %s is passed on as it is', async (_what, error) => {
  expect(await said(error)).toBe(error);
});

test('a warning is told in the same words', () => {
  const place = { element: `${root}/target/@bus`, line: 3, column: 3 };
  const message = `bus is ignored (${place.element}, line 3, column 3)`;
  expect(inOptionWords(message, [place], built)).toBe('bus is ignored (--targetbus)');
});
