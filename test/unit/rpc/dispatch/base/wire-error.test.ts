/** What libvirt's clients are told of an error: its code, its origin, and its text with and without libvirt's words. */
import { errorPrefixes, ProtocolError, SyscallError, TslxcError } from '../../../../../lib/errors';
import type { ErrorCode } from '../../../../../lib/errors';
import { checkFlags, whichOf } from '../../../../../lib/rpc/dispatch/base/flags';
import { errorReplyOf, WireError } from '../../../../../lib/rpc/dispatch/base/wire-error';

test('an error of the library keeps its code and its words', () => {
  const error = new TslxcError('NO_DOMAIN', "No domain with matching name 'x'");
  expect(errorReplyOf(error, 'lxc')).toEqual({
    code: 42,
    domain: 17,
    message: "Domain not found: No domain with matching name 'x'",
    level: 2,
    ofDomain: undefined,
    format: 'Domain not found: %1$s',
    detail: "No domain with matching name 'x'",
    third: undefined,
    firstNumber: -1,
    secondNumber: -1,
    ofNetwork: undefined,
  });
});

test('a failed system call has its errno', () => {
  const error = new SyscallError({ errno: 13, syscall: 'open', path: '/x' });
  const reply = errorReplyOf(error, 'lxc');
  expect(reply).toMatchObject({ code: 38, domain: 17, format: '%1$s', firstNumber: 13 });
  expect(reply.detail).toBe(reply.message);
});

test.each([
  ['XML_ERROR', 'lxc', 20],
  ['XML_ERROR', 'network', 19],
  ['XML_DETAIL', 'lxc', 20],
  ['XML_DETAIL', 'network', 19],
  ['XML_ERROR', 'storage', 18],
  ['XML_DETAIL', 'storage', 18],
  ['NO_STORAGE_POOL', 'lxc', 18],
  ['NO_STORAGE_VOL', 'lxc', 18],
  ['CONF_SYNTAX', 'lxc', 9],
  ['HOOK_SCRIPT_FAILED', 'lxc', 34],
  ['NO_NETWORK', 'network', 19],
] as const)('%s of what %s was asked for comes from %i', (code, asked, domain) => {
  expect(errorReplyOf(new TslxcError(code, 'x'), asked).domain).toBe(domain);
});

test('every code of the library has a number and the library’s own words', () => {
  for (const code of Object.keys(errorPrefixes) as ErrorCode[]) {
    const error = new TslxcError(code, 'why');
    const reply = errorReplyOf(error, 'lxc');
    expect(reply.code).toBeGreaterThan(0);
    if (code !== 'PROTOCOL_ERROR') expect(reply.message).toBe(error.message);
  }
});

test.each([
  ['a message that is none', new ProtocolError('a length ends nowhere'), 39, 7],
  ['anything else', new Error('the sky falls'), 1, 17],
  ['what is no error', 'a word', 1, 17],
  ['one of the daemon’s own', new WireError('NO_SUPPORT', 'virDomainSave', 'domain'), 3, 20],
])('%s has a code and an origin', (...[, error, code, domain]) => {
  expect(errorReplyOf(error, 'lxc')).toMatchObject({ code, domain, level: 2 });
});

test.each([
  [0, 0, undefined],
  [3, 3, undefined],
  [4, 3, 'unsupported flags (0x4) in function lxcDomainX'],
  [0x80000001 | 0, 1, 'unsupported flags (0x80000000) in function lxcDomainX'],
])('flags %i beside %i', (flags, known, message) => {
  const check = (): void => checkFlags(flags, known, 'lxcDomainX');
  if (message === undefined) expect(check).not.toThrow();
  else expect(check).toThrow(message);
});

test('which definition flags mean', () => {
  expect([0, 1, 2, 3].map(whichOf)).toEqual([
    {},
    { which: 'live' },
    { which: 'inactive' },
    { which: 'both' },
  ]);
});
