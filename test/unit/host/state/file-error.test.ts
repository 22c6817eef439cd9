/** Errors about files say in which step, whether node:fs or the addon has made the call. */
import { mkdtempSync, rmSync, unlinkSync } from 'node:fs';
import { constants as system, tmpdir } from 'node:os';
import { join } from 'node:path';
import { DefinitionError } from '../../../../lib/errors';
import { native } from '../../../../lib/host/native';
import { fileError } from '../../../../lib/host/state/file-error';

const step = 'remove a record';
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tslxc-error-'));
});

afterEach(() => rmSync(folder, { recursive: true }));

function failureOf(action: () => unknown): unknown {
  try {
    action();
  } catch (error) {
    return error;
  }
  throw new Error('it has not failed');
}

test.each([
  ['node:fs', (path: string) => unlinkSync(path)],
  ['the addon', (path: string) => native().removeRecord(path)],
])('an error of %s gets the step', (_, remove) => {
  const failure = failureOf(() => remove(folder));
  const errno = system.errno.EISDIR;
  expect(fileError(failure, step)).toMatchObject({
    code: 'SYSTEM_ERROR',
    ...{ errno, syscall: 'unlink', path: folder, step },
  });
});

test('what has a step already, or says more than a failed call, stays as it is', () => {
  const first = fileError(
    failureOf(() => native().removeRecord(folder)),
    step,
  );
  expect(fileError(first, 'do something else')).toBe(first);
  const definition = new DefinitionError('CONFIG_UNSUPPORTED', 'no such thing');
  expect(fileError(definition, step)).toBe(definition);
});

test('a number of libuv’s own is taken for no errno, and what node:fs says is shown', () => {
  const message = 'Unknown error';
  const unknown = Object.assign(new Error(message), { errno: -4094, syscall: 'rm', path: '/x' });
  const failure = fileError(unknown, step);
  expect(failure).toMatchObject({ code: 'SYSTEM_ERROR', syscall: 'rm', path: '/x', step });
  expect(failure).not.toHaveProperty('errno');
  expect(failure.message).toBe('rm /x: Unknown error (remove a record)');
});
