/** `tslxc run` and `create` of images: how they end, what they leave, and how much of what is written reaches the reader. */
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from 'tslxc';
import type { Domain, ImageDomain } from 'tslxc';
import { runPaths, statePaths } from '../../../lib/host/state/state-paths';
import { runIn } from '../../support/domain/exec';
import { pullWeb } from '../../support/image/web-image';
import { libraryPath, runWithLibrary } from '../../support/process/library-child';
import {
  commandLine,
  runCommand,
  runProgram,
  runSuccessfully,
  spawnCommand,
} from '../../support/process/run-command';
import { eventually } from '../../support/time/eventually';
import { untilGone } from '../../support/world/container-traces';
import { containerTest } from '../../support/world/container-test';
import { makeTestRoot } from '../../support/root/test-root';

const world = containerTest(
  async (keep) => {
    const root = keep(await makeTestRoot());
    const connection = keep(await connect(undefined, { root: root.path }));
    await pullWeb(connection, root.path);
    return { root, connection };
  },
  { per: 'file' },
);

const tslxc = (...words: readonly string[]) => runCommand(words, { root: world.root.path });
const store = (...path: string[]): string => join(world.root.path, 'var/lib/tslxc/images', ...path);
const written = (): string[] => readdirSync(store('containers'));

async function make(domain: ImageDomain): Promise<Domain> {
  return await world.connection.createFromImage('web:1', domain);
}

/** A line of shell around the command: what stands for `tslxc` are its words. */
async function inPipe(line: string): Promise<string> {
  const command = commandLine().join(' ');
  const { stdout } = await runProgram(['sh', '-c', line.replace('tslxc', command)], {
    root: world.root.path,
  });
  return stdout;
}

test('a program that can not be run is told apart by the exit status, as exec does', async () => {
  const statusOf = async (...words: string[]): Promise<number> =>
    (await runCommand(['run', '--entrypoint', ...words], { root: world.root.path })).code;
  expect(await statusOf('sh', 'nosuch')).toBe(125);
  expect(await statusOf('nosuch', 'web:1')).toBe(127);
  expect(await statusOf('/nosuch', 'web:1')).toBe(127);
  expect(await statusOf('/etc/passwd', 'web:1')).toBe(126);
});

const handles = "trap 'exit 9' TERM; echo up; while :; do sleep 0.1; done";
const sleeps = 'echo up; sleep 1000';

/**
 * What `run` of the shell's program exits with after the line of shell, in which `$!` is its pid; and what it says. The shell may look for
 * the output before `run` has emptied its file, in which that of an earlier one may be.
 */
async function endedBy(program: string, line: string): Promise<string> {
  const words = `run --name told --entrypoint sh web:1 -- -c "${program}"`;
  const [out = '', errors = ''] = ['out', 'errors'].map((name) =>
    join(world.root.path, `${name}-of-told`),
  );
  writeFileSync(out, '');
  const up = `until grep -q up ${out}; do sleep 0.1; done`;
  return await inPipe(
    `tslxc ${words} > ${out} 2> ${errors} & ${up}; ${line}; wait $!; echo $?; cat ${errors}`,
  );
}

test.each([
  ['TERM', 'has a handler that exits with 9', handles, 9],
  ['HUP', 'has a handler that exits with 9', handles, 9],
  ['TERM', 'has none, and is killed', sleeps, 137],
  ['HUP', 'has none, and is killed', sleeps, 137],
])('told to end by SIG%s, run ends with the status of a program that %s', async (...row) => {
  const [signal, , program, status] = row;
  expect(await endedBy(program, `kill -${signal} $!`)).toBe(`${status}\n`);
});

test('on a terminal the escape character ends a program that ignores ^C, and gives the terminal back', async () => {
  const out = join(world.root.path, 'out-of-left');
  const command = commandLine().join(' ');
  const words = `${command} run --name left --entrypoint sh web:1 -- -c "echo up; sleep 1000"`;
  const keys = `until grep -q up ${out}; do sleep 0.1; done; printf '\\003\\035'`;
  const terminal = `script -qefc '${words}; echo "status $?"; stty -a' ${out} > /dev/null`;
  await runProgram(['sh', '-c', `touch ${out}; (${keys}) | ${terminal}`], {
    root: world.root.path,
  });
  const said = readFileSync(out, 'utf8');
  expect(said).toContain('The program is asked to end; Ctrl + C kills it');
  expect(said).toMatch(/status 137\r\n.*[^-]isig icanon /s);
});

test('run says that the monitor of its container was killed', async () => {
  const { running } = runPaths(statePaths(world.root.path), 'told');
  const monitor = `$(grep -o '"id":[0-9]*' ${running} | cut -d: -f2)`;
  const said = await endedBy(sleeps, `kill -KILL ${monitor}`);
  expect(said).toMatch(/^125\n.*its monitor ended, and the container with it/s);
});

test('the directory that is asked for holds what is written, and stays', async () => {
  const upper = join(world.root.path, 'my-upper');
  await tslxc('run', '--upper', upper, '--user', '0', 'web:1', '--', 'echo x > /tmp/mine');
  expect(readFileSync(join(upper, 'upper/tmp/mine'), 'utf8')).toBe('x\n');
});

test('create starts one that goes on, and goes with its container', async () => {
  const made = await tslxc(
    'create',
    '--image',
    'web:1',
    '--name',
    'created',
    '--entrypoint',
    'cat',
  );
  expect(made).toMatchObject({ code: 0 });
  expect(
    (await runIn(await world.connection.lookupDomainByName('created'), ['id', '-u'])).stdout,
  ).toBe('1234\n');
  await runSuccessfully(['destroy', 'created'], { root: world.root.path });
  await world.connection.images.collect();
  expect(written().filter((name) => name.startsWith('created'))).toEqual([]);
});

test('what one that has ended by itself has left goes with it', async () => {
  const domain = await make({ init: 'sh', args: ['-c', 'echo x > /srv/alice/x'], name: 'alone' });
  await untilGone(domain.name);
  await eventually(() => expect(written().filter((name) => name.startsWith('alone'))).toEqual([]));
});

test('what a killed caller has left goes with the next call', async () => {
  const { signal } = await runWithLibrary(
    world.root.path,
    `connection.ref();
    await connection.createFromImage('web:1', { init: 'sleep', args: ['1000'], name: 'bond' }, { autodestroy: true });
    process.kill(process.pid, 'SIGKILL');
    await new Promise(() => undefined);`,
  );
  expect(signal).toBe('SIGKILL');
  await untilGone('bond');
  await eventually(async () => {
    await world.connection.images.collect();
    expect(written().filter((name) => name.startsWith('bond'))).toEqual([]);
  });
});

test('of many programs that end at once nothing is lost', async () => {
  const words = ['run', 'web:1', '--', 'id -u; cat /data/name'];
  for (let run = 0; run < 15; run += 1) {
    // In a process of its own, which exits with its output in a pipe.
    expect(await spawnCommand(words, { root: world.root.path })).toEqual({
      ...{ code: 0, signal: null, stdout: '1234\ntwo\n', stderr: '' },
    });
  }
});

test('a reader that is slow gets all of it', async () => {
  const line =
    'x=0123456789abcdef; for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15; do x=$x$x; done; echo $x';
  const size = 16 * 2 ** 15 + 1;
  expect(await inPipe(`tslxc run web:1 -- '${line}' | (sleep 2; wc -c)`)).toBe(`${size}\n`);
});

test('a reader that goes ends the container', async () => {
  const line = 'while true; do echo yes; done';
  expect(await inPipe(`tslxc run --name endless web:1 -- '${line}' | head -n 1`)).toBe('yes\n');
  await untilGone('endless');
});

test('what is piped in is its input, byte by byte and to its end', async () => {
  const line = "printf 'one\\r\\ntwo\\004' | tslxc run --entrypoint cat web:1";
  expect(await inPipe(line)).toBe('one\r\ntwo\x04');
  expect(await inPipe('tslxc run --entrypoint cat web:1 </dev/null')).toBe('');
});

test('without a terminal its output and its errors stay apart, and /dev/stdout is its own', async () => {
  const line = 'echo out; echo err >&2; echo again > /dev/stdout; test -t 1 || echo no terminal';
  expect(await spawnCommand(['run', 'web:1', '--', line], { root: world.root.path })).toMatchObject(
    {
      ...{ code: 0, stdout: 'out\nagain\nno terminal\n', stderr: 'err\n' },
    },
  );
});

test('in a worker thread nothing warns of descriptors', async () => {
  const { code, stderr } = await runWithLibrary(
    world.root.path,
    `const { Worker } = require('node:worker_threads');
    const work = async (library) => {
      const own = await require(library).connect();
      await own.images.domainXml('web:1', { init: 'sleep', user: 'alice' });
      await own.close();
    };
    const code = '(' + work + ')(' + JSON.stringify(${libraryPath}) + ')';
    await new Promise((resolve) => new Worker(code, { eval: true }).once('exit', resolve));`,
  );
  expect([code, stderr]).toEqual([0, '']);
});
