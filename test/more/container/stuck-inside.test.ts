/** T27. A file system inside that answers nothing: a process that looks for a file in it waits in the kernel, out of reach of SIGKILL. */
import { join } from 'node:path';
import { expectGone } from '../../support/world/container-traces';
import { eventually, slowness } from '../../support/time/eventually';
import { timed } from '../../support/time/timed';
import { helpers } from '../../support/domain/exec';
import { containerTest, nothing } from '../../support/world/container-test';
import { listProcesses, readProcess } from '../../support/process/processes';
import { packageRoot, runProgram } from '../../support/process/run-command';
import { TestDomain } from '../../support/domain/test-domain';

/** Milliseconds that a destroy may take, and a command beyond its own time. */
const promise = 5000 * slowness;
const timeout = 20_000;

containerTest(nothing);

/** A container whose init is the server of such a file system on `place`, by the device that devtmpfs has. */
async function startStuck(name: string, place: string): Promise<TestDomain> {
  const script = join(__dirname, '../../support/fake/stuck-fuse.py');
  const device = 'mount -t devtmpfs devices /mnt && ln -s /mnt/fuse /dev/fuse';
  const container = await TestDomain.make({
    name,
    initArguments: ['-c', `[ $$ = 1 ] && ${device} && exec python3 ${script} ${place}`],
  });
  await container.start();
  await container.domain.waitFor({ console: /mounted/, timeout });
  return container;
}

/** Of what process.hrtime tells, which is the same clock in all processes. */
function milliseconds(nanoseconds: bigint): number {
  return Number(nanoseconds) / 1e6;
}

/** The programs that look for a pipe of an init. */
function searches(): number[] {
  return listProcesses().filter((pid) =>
    readProcess(pid).words.some((word) => word.endsWith('container/init/initctl.js')),
  );
}

test('a shutdown says so in time, leaves one process at most, and a destroy waits for neither', async () => {
  await using container = await startStuck('stuck-shutdown', '/run');
  const { domain, name } = container;
  for (const mode of ['auto', 'initctl']) {
    const words = ['shutdown', name, '--mode', mode, '--timeout', '2'];
    const [answer, took] = await timed(container.try(words));
    expect(answer.code).toBe(1);
    expect(answer.stderr).toContain(`a file system of domain '${name}' has not answered for 2 s`);
    expect(took).toBeGreaterThan(1999);
    expect(took).toBeLessThan(2000 + promise);
    await eventually(() => expect(searches()).toHaveLength(1));
  }
  const refusal = domain.shutdown({ timeout }).catch((error: unknown) => error);
  expect(await container.reason()).toBe('running (booted)');
  const [, took] = await timed(domain.destroy());
  process.stdout.write(`stuck: destroyed in ${took.toFixed(0)} ms\n`);
  expect(took).toBeLessThan(promise);
  expect(await refusal).toMatchObject({ code: 'OPERATION_INVALID' });
  await expectGone(name);
  await eventually(() => expect(searches()).toEqual([]));
});

test('a command on a terminal that can not be opened is given up in time, and leaves nothing with its caller', async () => {
  await using container = await startStuck('stuck-terminal', '/dev');
  const { domain, name } = container;
  const tty = { rows: 24, columns: 80 };
  const abort = new AbortController();
  const aborted = domain.exec(['true'], { tty, signal: abort.signal });
  const refusal = expect(aborted).rejects.toMatchObject({ code: 'OPERATION_ABORTED' });
  await domain.waitFor({ console: /asked/, timeout });
  abort.abort();
  const [, took] = await timed(refusal);
  expect(took).toBeLessThan(promise);
  // Its process comes to its end, whatever waits in the kernel.
  const code = `
    const { connect } = require(${JSON.stringify(join(packageRoot, 'dist/index.js'))});
    const { bigint: now } = process.hrtime;
    (async () => {
      const connection = await connect(undefined, { startTimeout: 1000 });
      const domain = await connection.lookupDomainByName('${name}');
      const began = now();
      const answer = domain.exec(['true'], { tty: ${JSON.stringify(tty)} });
      await answer.catch(({ code, message }) => console.log(code, message));
      console.log(\`\${began}\\n\${now()}\`);
      await connection.close();
    })();`;
  const { root } = container;
  const { code: status, stdout } = await runProgram([process.execPath, '-e', code], { root });
  const gone = process.hrtime.bigint();
  const [words, ...times] = stdout.trimEnd().split('\n');
  expect([status, words]).toEqual([
    0,
    `OPERATION_TIMEOUT Timed out during operation: waiting for the command to be executed in domain '${name}'`,
  ]);
  // How long Node.js and the library take to load is not what is promised.
  const [began = 0n, ended = 0n] = times.map(BigInt);
  expect(milliseconds(ended - began)).toBeLessThan(1000 + promise);
  expect(milliseconds(gone - ended)).toBeLessThan(promise);
  await domain.destroy();
  await expectGone(name);
  await eventually(() => expect(helpers()).toEqual([]));
});
