/** Words and variables of the command whose bytes are not UTF-8, which Node.js would change. */
import { commandLine, runProgram } from '../support/process/run-command';
import type { CommandResult } from '../support/process/run-command';

/** Runs a line of a shell in which `"$@"` is the command. */
function shell(line: string): Promise<CommandResult> {
  return runProgram(['sh', '-c', line, 'sh', ...commandLine('-q')]);
}

test.each([
  [`"$@" uri "$(printf 'caf\\351')"`, String.raw`the argument $'caf\xe9'`, 1],
  [`"$@" exec web printf %s "$(printf "it's \\377")"`, String.raw`the argument $'it\'s \xff'`, 125],
  [`"$@" --root "$(printf '/tmp/\\351')" list`, String.raw`the argument $'/tmp/\xe9'`, 1],
  [`N="$(printf '\\351')" "$@" exec -e N web true`, String.raw`the environment's $'N=\xe9'`, 125],
  [
    `TSLXC_ROOT="$(printf '/tmp/\\351')" "$@" list`,
    String.raw`the environment's $'TSLXC_ROOT=/tmp/\xe9'`,
    1,
  ],
])('%s is refused, since it is not UTF-8', async (line, what, code) => {
  const detail = `${what} is not UTF-8, and would be changed: its bytes can't be passed on`;
  expect(await shell(line)).toMatchObject({ code, stdout: '', stderr: `error: ${detail}\n` });
});

test('the replacement character itself is taken, in words and in variables', async () => {
  expect(await shell(`"$@" echo '\ufffd' '' a`)).toMatchObject({ code: 0, stdout: '\ufffd  a' });
  const said = await shell(`N='\ufffd' "$@" exec -e N nosuch-given-bytes true`);
  expect(said).toMatchObject({ stderr: expect.stringContaining('failed to get domain') as string });
});
