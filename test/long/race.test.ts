/** Starts on a shared volume that changes under them, the whole form. Recipe T6 of the threat catalogue. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from 'tslxc';
import { Canary } from '../security/canary';
import { SharedVolume } from '../security/race';
import { containerTest, nothing } from '../support/world/container-test';
import { libraryWords } from '../support/process/library-child';
import { runProgram } from '../support/process/run-command';
import { makeTestRoot } from '../support/root/test-root';
import { UnsafePackage } from '../support/probe/unsafe-package';

const starts = 500;
/** With the delays a start takes seconds. */
const delayedStarts = 3;
/** Which of the two names a delayed step finds is chance (about two rounds of three hit): the control goes on until one has. */
const mostRounds = 12;

containerTest(nothing, { per: 'file', watch: ['/var/lib'] });

/** Calls that resolve paths wait, so that the exchange always comes between two of them. */
const delays = [
  '-e',
  'trace=openat2,move_mount,mkdirat',
  '-e',
  'inject=openat2,move_mount,mkdirat:delay_enter=50ms',
];

/** Starts each document in a traced process. Some are refused. */
async function startDelayed(documents: readonly string[], packageFolder?: string): Promise<void> {
  await using root = await makeTestRoot();
  const code = `
    const connection = await connect();
    for (const xml of ${JSON.stringify(documents)}) {
      await connection.createDomain(xml).then((domain) => domain.destroy(), () => undefined);
    }
    await connection.close();`;
  const words = libraryWords(code, packageFolder);
  const strace = ['strace', '-f', '-qq', '-o', join(root.path, 'trace'), ...delays];
  const { code: exit } = await runProgram([...strace, ...words], {
    root: root.path,
    timeout: 300_000,
  });
  expect(exit).toBe(0);
  expect(readFileSync(join(root.path, 'trace'), 'utf8')).toContain('DELAYED');
}

describe('a volume that is exchanged during the start (T6)', () => {
  test('leads none of 500 starts to the host', async () => {
    await using canary = new Canary();
    await using volume = new SharedVolume(canary);
    await using root = await makeTestRoot();
    await using connection = await connect(undefined, { root: root.path });
    await volume.race();
    const { started, refusals } = await volume.start(connection, starts, () => true);
    // What is made in one directory may be looked for in the other; nothing else is a reason to refuse.
    const isLost = /^\w+ \/volume\/(one|other)\/made-.*: ENOENT/;
    expect(refusals.filter((one) => !isLost.test(one))).toEqual([]);
    expect(started).toBeGreaterThan(starts / 20);
    expect(canary.changes()).toEqual({});
  });

  test('leads no start to the host whose every step is delayed', async () => {
    await using canary = new Canary();
    await using volume = new SharedVolume(canary);
    await volume.race();
    const documents = Array.from({ length: delayedStarts }, (_, run) => volume.xml(run));
    await startDelayed(documents);
    expect(canary.changes()).toEqual({});
  });

  test('control: delayed steps on paths that are resolved as on the host reach the canary', async () => {
    using unsafe = await UnsafePackage.make('naive paths');
    await using canary = new Canary();
    await using volume = new SharedVolume(canary);
    await volume.race();
    for (let round = 0; round < mostRounds && !canary.isChanged(); round += 1) {
      const documents = Array.from({ length: delayedStarts }, (_, run) =>
        volume.xml(round * delayedStarts + run),
      );
      await startDelayed(documents, unsafe.folder);
    }
    expect(canary.isChanged()).toBe(true);
  });
});
