/**
 * An init that is a script for its own executable, so that the monitor's is run inside, and an attacker who waits for it.
 * Recipe T9 of the threat catalogue; what can be done to a monitor that runs is in monitor-process.test.ts.
 */
import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect as connectToProduct } from 'tslxc';
import type { connect } from 'tslxc';
import { addonPath, monitorPath } from '../../../lib/host/package-paths';
import { eventually, slowness } from '../../support/time/eventually';
import { containerTest } from '../../support/world/container-test';
import { domainXml } from '../../support/domain/domain-xml';
import { runProgram } from '../../support/process/run-command';
import { TestDomain } from '../../support/domain/test-domain';
import { makeTestRoot } from '../../support/root/test-root';
import { UnsafePackage } from '../../support/probe/unsafe-package';
import { ConsoleSession } from '../../support/console/console-session';

const starts = 20;
/** Milliseconds for a test: the starts compete with a process that never sleeps, and with the other lanes for two processors. */
const limit = 180_000 * slowness;
const shebang = '#!/proc/self/exe\n';

const world = containerTest(
  (keep) => {
    const scratch = mkdtempSync('/var/tmp/tslxc-executable-');
    keep(() => rmSync(scratch, { recursive: true }));
    mkdirSync(join(scratch, 'proc'));
    writeFileSync(join(scratch, 'init'), shebang);
    chmodSync(join(scratch, 'init'), 0o755);
    return { scratch };
  },
  { per: 'file', except: ['descriptors'] },
);

const hash = (path: string): string =>
  createHash('sha256').update(readFileSync(path)).digest('hex');

interface Watched {
  readonly seen: number;
  /** Attempt → outcome → how often. */
  readonly outcomes: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

/** A container with the host's /proc, whose root attacks every monitor that it sees while `work` goes on. */
async function underWatch(executable: string, work: () => Promise<void>): Promise<Watched> {
  const asked = ['python3', '-c', 'import sys; print(sys.executable, end="")'];
  const { stdout: python } = await runProgram(asked);
  const proc = join(world.scratch, 'proc');
  await using test = await TestDomain.make({
    name: 'executable-attacker',
    init: python,
    initArguments: [join(__dirname, 'executable-watch.py'), proc, executable],
    filesystems: [{ source: '/proc', target: proc }],
  });
  await test.domain.start();
  using session = await ConsoleSession.open(test.domain);
  await session.expect(/(watching)\r\n/);
  await work();
  session.enter('');
  const [, report = ''] = await session.expect(/(\{"seen.*\})\r\n/);
  return JSON.parse(report) as Watched;
}

/** Starts the init that is a script for its own executable, many times. */
async function startScripts(library: typeof connect): Promise<void> {
  await using root = await makeTestRoot();
  await using connection = await library(undefined, { root: root.path });
  for (let run = 0; run < starts; run += 1) {
    const xml = domainXml({ name: 'executable-victim', init: join(world.scratch, 'init') });
    const domain = await connection.createDomain(xml).catch(() => undefined);
    await domain?.destroy().catch(() => undefined);
  }
}

describe('the executables of the host (T9)', () => {
  test(
    'are the same after containers have run them and tried to write them',
    async () => {
      const executables = [monitorPath, addonPath, process.execPath];
      const hashes = executables.map(hash);
      // Who watches may not have its turn in time, where others have the processors.
      const { outcomes } = await eventually(async () => {
        const watched = await underWatch('/tslxc-monitor', () => startScripts(connectToProduct));
        expect(watched.seen).toBeGreaterThan(starts / 2);
        return watched;
      }, 15_000);
      expect(Object.keys(outcomes).sort()).toEqual([
        'ended: map',
        'ended: truncate',
        'ended: write',
        'running',
      ]);
      for (const counts of Object.values(outcomes)) {
        for (const outcome of Object.keys(counts))
          expect(outcome).toMatch(/^(EROFS|ETXTBSY|ENOENT)$/);
      }
      expect(executables.map(hash)).toEqual(hashes);
    },
    limit,
  );

  test(
    'control: one that is run from where it lies is overwritten',
    async () => {
      using unsafe = await UnsafePackage.make('plain executable');
      const library = await unsafe.connect();
      const original = hash(unsafe.monitorPath);
      await eventually(async () => {
        const { outcomes } = await underWatch(unsafe.monitorPath, () => startScripts(library));
        expect(outcomes['ended: write']).toHaveProperty('done');
      }, 15_000);
      expect(hash(unsafe.monitorPath)).not.toBe(original);
    },
    limit,
  );
});
