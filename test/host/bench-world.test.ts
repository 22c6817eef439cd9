/** The world of a bench (scripts/bench/world.sh): what peers do to its devices does not reach the host's. */
import { chownSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot, runProgram } from '../support/process/run-command';

const scripts = ['own-world.sh', 'bench/world.sh'].map((name) =>
  join(packageRoot, 'scripts', name),
);

/** As crun, which gives the streams of a container with a user namespace to that container's root. */
const giveAway =
  'chown 100000:100000 /dev/null && echo gone >/dev/null && stat -c "%u %F" /dev/null';

test('a peer that gives /dev/null away changes the one of the bench alone', async () => {
  const { uid, gid, mode, rdev } = statSync('/dev/null');
  try {
    const argv = [...scripts.flatMap((script) => ['sh', script]), 'sh', '-c', giveAway] as const;
    const { code, stdout, stderr } = await runProgram(['env', ...argv]);
    expect({ code, stdout, stderr }).toEqual({
      code: 0,
      stdout: '100000 character special file\n',
      stderr: '',
    });
    expect(statSync('/dev/null')).toMatchObject({ uid, gid, mode, rdev });
  } finally {
    chownSync('/dev/null', uid, gid);
  }
});
