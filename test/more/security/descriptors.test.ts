/** A caller that holds a hundred descriptors open and starts many containers at once. Recipe T7 of the threat catalogue. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { initOf } from '../../support/world/container-traces';
import { domainXml } from '../../support/domain/domain-xml';
import { eventually } from '../../support/time/eventually';
import { containerTest } from '../../support/world/container-test';
import { descriptorsOf, expectMonitorDescriptors } from '../../support/process/open-descriptors';
import type { OpenDescriptor } from '../../support/process/open-descriptors';
import { commandEnvironment, packageRoot } from '../../support/process/run-command';
import { makeTestRoot } from '../../support/root/test-root';
import { UnsafePackage } from '../../support/probe/unsafe-package';

const containers = 16;
/** What is inherited by each of many is inherited by each of a few. */
const containersOfControl = 4;
const firstHeld = 100;
const pastHeld = 300;

const world = containerTest(
  (keep) => {
    const scratch = mkdtempSync('/var/tmp/tslxc-descriptors-');
    keep(() => rmSync(scratch, { recursive: true }));
    return { scratch };
  },
  { per: 'file' },
);

const nameOf = (index: number): string => `inherit-${index}`;

/** Starts one container in a worker thread, waits to be told, and destroys it. */
const workerCode = (library: string): string => `
  const { parentPort, workerData } = require('node:worker_threads');
  const { connect } = require(${JSON.stringify(library)});
  (async () => {
    // However many a machine starts at once, and however slow it is.
    const connection = await connect(undefined, { startTimeout: 600_000 });
    const domain = await connection.createDomain(workerData);
    parentPort.postMessage(domain.id);
    await new Promise((resolve) => parentPort.once('message', resolve));
    await domain.destroy();
    await connection.close();
  })();`;

/** Starts all at once; prints the pids of the monitors; ends them at the end of its input. */
const callerCode = (library: string, documents: readonly string[]): string => `
  const { once } = require('node:events');
  const { Worker } = require('node:worker_threads');
  (async () => {
    const code = ${JSON.stringify(workerCode(library))};
    const documents = ${JSON.stringify(documents)};
    const workers = documents.map((workerData) => new Worker(code, { eval: true, workerData }));
    const monitors = await Promise.all(workers.map(async (one) => (await once(one, 'message'))[0]));
    console.log(JSON.stringify(monitors));
    process.stdin.resume();
    await once(process.stdin, 'end');
    const ends = workers.map((worker) => once(worker, 'exit'));
    for (const worker of workers) worker.postMessage('end');
    await Promise.all(ends);
  })();`;

interface Found {
  readonly caller: readonly OpenDescriptor[];
  readonly inside: readonly (readonly OpenDescriptor[])[];
}

interface Start {
  readonly packageFolder: string;
  readonly count: number;
  /** At each monitor. */
  readonly look?: (monitor: number, root: string, name: string) => void;
}

/** What the caller and the inits have open. */
async function startAll({ packageFolder, count, look }: Start): Promise<Found> {
  await using root = await makeTestRoot();
  const documents = Array.from({ length: count }, (_, index) =>
    domainXml({ name: nameOf(index), init: '/bin/sleep', initArguments: ['1000'] }),
  );
  const code = callerCode(join(packageFolder, 'dist/bundle/library.js'), documents);
  const holder = join(__dirname, 'hold-descriptors.py');
  const child = spawn('python3', [holder, world.scratch, process.execPath, '-e', code], {
    env: commandEnvironment(root.path),
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const exit = once(child, 'exit');
  const errors = text(child.stderr);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const first = (await lines.next()) as IteratorResult<string, undefined>;
  if (first.done === true) throw new Error(`the caller has ended: ${await errors}`);
  const monitors = JSON.parse(first.value) as number[];
  try {
    const caller = descriptorsOf(child.pid ?? 0);
    const inside: OpenDescriptor[][] = [];
    for (const [index, monitor] of monitors.entries()) {
      inside.push(descriptorsOf(await initOf(nameOf(index))));
      await eventually(() => look?.(monitor, root.path, nameOf(index)));
    }
    return { caller, inside };
  } finally {
    child.stdin.end();
    await exit;
  }
}

/** Those that hold-descriptors.py opened. */
function held(open: readonly OpenDescriptor[]): OpenDescriptor[] {
  return open.filter(
    ({ number, closesOnExec }) =>
      number >= firstHeld && number < pastHeld && number % 2 === 0 && !closesOnExec,
  );
}

describe('descriptors of the caller (T7)', () => {
  test('reach neither a container nor its monitor, however many start at once', async () => {
    const { caller, inside } = await startAll({
      packageFolder: packageRoot,
      count: containers,
      look: expectMonitorDescriptors,
    });
    expect(held(caller)).toHaveLength(100);
    expect(inside).toHaveLength(containers);
    for (const open of inside) {
      expect(open.map(({ number }) => number)).toEqual([0, 1, 2]);
      for (const { target } of open) expect(target).toMatch(/^(\/dev\/pts)?\/0$/);
    }
  });

  test('control: they do where they are not closed', async () => {
    using unsafe = await UnsafePackage.make('inherited descriptors');
    const { inside } = await startAll({
      packageFolder: unsafe.folder,
      count: containersOfControl,
    });
    expect(inside).toHaveLength(containersOfControl);
    for (const open of inside) expect(held(open)).toHaveLength(100);
  });
});
