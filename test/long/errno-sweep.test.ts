/**
 * Every read of state of a verb fails with every errno that says nothing of the state: the answer is right, or an error, the container
 * lives, and the next answer is right. How many reads and errnos were tried is printed: a third of them, which takes some six minutes.
 * TSLXC_TEST_SLICE=1/4 tries the second quarter, 0/1 all. The daemon and the watcher of health are in the files beside this one.
 */
import { statePaths } from '../../lib/host/state/state-paths';
import { errnos, readsOf, runInjected } from '../support/errno/injection';
import type { Injection } from '../support/errno/injection';
import { sweep } from '../support/errno/points';
import type { Tried } from '../support/errno/points';
import { TestDomain } from '../support/domain/test-domain';
import { UnsafePackage } from '../support/probe/unsafe-package';
import { libraryWords } from '../support/process/library-child';
import { readProcess } from '../support/process/processes';
import { commandLine } from '../support/process/run-command';
import type { CommandResult } from '../support/process/run-command';
import { containerTest } from '../support/world/container-test';
import { initOf } from '../support/world/container-traces';

const minutes = 60_000;

interface Verb {
  readonly argv: readonly string[];
  /** What of the output says what the state is; the rest are numbers that change. */
  readonly gist: (stdout: string) => string;
  /** The exit code of the right answer. Default: 0. */
  readonly code?: number;
  /** Whether this result, which is not the right answer, says of an error. Default: as `isRefusal`. */
  readonly isError?: (result: CommandResult, errno: string) => boolean;
  /** The state that the right answer leaves. Default: running. */
  readonly leaves?: 'paused' | 'shutoff';
  /** Takes the container's end, or its pause, back. */
  readonly after?: (container: TestDomain) => Promise<void>;
}

const whole = (stdout: string): string => stdout;
const keys = (stdout: string): string => stdout.replace(/\d+/g, 'N');
/** A statistic that is missing is unknown; what is printed of the state must be right. */
const states = (stdout: string): string =>
  stdout
    .split('\n')
    .filter((line) => /^Domain|state\./.test(line))
    .join('\n');

/** Nothing is answered, and stderr says why. */
function isRefusal({ code, stdout, stderr }: CommandResult): boolean {
  return code === 1 && stdout.trim() === '' && /^error: .*\w/m.test(stderr);
}

/**
 * The only row, with the name: it says nothing of the state, or the right one, and that the definition can't be read; stderr has the
 * errno as the reason.
 */
function isRowWithReason({ code, stdout, stderr }: CommandResult, errno: string): boolean {
  const [, , ...rows] = stdout.trimEnd().split('\n');
  const [row = ''] = rows;
  const known = / errno-sweep {3}(no state|running \(unreadable\))$/;
  const reason = stderr
    .split('\n')
    .find((line) => line.startsWith("warning: domain 'errno-sweep'"));
  return code === 0 && rows.length === 1 && known.test(row) && reason?.includes(errno) === true;
}

const command = (...words: readonly string[]): Pick<Verb, 'argv' | 'gist'> => ({
  argv: commandLine(...words),
  gist: whole,
});

const library = (code: string, folder?: string): Verb => ({
  argv: libraryWords(
    `const connection = await connect();\n${code}\nawait connection.close();`,
    folder,
  ),
  gist: whole,
  isError: ({ code: status, stdout, stderr }, errno) =>
    status === 99 && stdout === '' && stderr.includes(errno),
});

const listing = (filter: string): string => `
  const all = await connection.listDomains(${filter});
  const states = [];
  for (const domain of all) states.push([domain.name, domain.id, (await domain.state()).state]);
  console.log(JSON.stringify(states));`;

const verbs: Readonly<Record<string, Verb>> = {
  list: {
    ...command('list', '--all'),
    isError: (result, errno) => isRefusal(result) || isRowWithReason(result, errno),
  },
  'list --state-running': command('list', '--state-running', '--name'),
  domstate: command('domstate', '--reason', 'errno-sweep'),
  domid: command('domid', 'errno-sweep'),
  dominfo: { ...command('dominfo', 'errno-sweep'), gist: keys },
  domstats: { ...command('domstats'), gist: states },
  exec: {
    ...command('exec', 'errno-sweep', '--', 'echo', 'it runs'),
    // 125 and 126: exec itself has failed, or could not execute its command.
    isError: ({ code, stderr }) => [1, 125, 126].includes(code) && /^error: .*\w/m.test(stderr),
  },
  reap: command('reap'),
  start: { ...command('start', 'errno-sweep'), code: 1 },
  suspend: {
    ...command('suspend', 'errno-sweep'),
    leaves: 'paused',
    after: async ({ domain }) => {
      if ((await domain.state()).state === 'paused') await domain.resume();
    },
  },
  destroy: {
    ...command('destroy', 'errno-sweep'),
    leaves: 'shutoff',
    after: startAgain,
  },
  'listDomains of the library': library(listing('')),
  'listDomains of the library, active ones': library(listing("{ state: 'active' }")),
  'stats of the library': library(`
    const all = await connection.stats();
    console.log(JSON.stringify(all.map(({ name, id, state }) => [name, id, state])));`),
};

const world = containerTest(
  async (keep) => {
    const container = keep(await TestDomain.make({ name: 'errno-sweep' }));
    await container.start();
    return { container };
  },
  { per: 'file' },
);

async function startAgain(container: TestDomain): Promise<void> {
  if ((await container.domain.state()).state === 'shutoff') await container.start();
}

/** The answer of a verb when nothing fails. */
interface Right {
  readonly code: number;
  readonly gist: string;
  readonly id: number;
}

/** What was wrong with an answer. */
async function faultsOf(
  verb: Verb,
  right: Right,
  answer: { readonly result: CommandResult; readonly errno: string; readonly id: number },
): Promise<string[]> {
  const { result, errno, id } = answer;
  const state = await world.container.domain.state();
  const { isError = isRefusal, leaves = 'running' } = verb;
  const gist = verb.gist(result.stdout).replaceAll(String(id), 'ID');
  const isRight = result.code === right.code && gist === right.gist;
  const said = `${result.code}: ${result.stdout}${result.stderr}`;
  if (!isRight && !isError(result, errno)) return [`answered ${said}`];
  // A destroy that has killed the container for another reason has not done what was asked for.
  const isMeant = state.state !== 'shutoff' || state.reason === 'destroyed';
  const isLeft = right.code !== 0 || (state.state === leaves && isMeant);
  return isRight && !isLeft ? [`answered ${said}, and left ${JSON.stringify(state)}`] : [];
}

async function tryOne(verb: Verb, right: Right, injection: Injection): Promise<Tried> {
  const { container } = world;
  const init = await initOf(container.name);
  const id = container.domain.id ?? 0;
  const { count, ...result } = await runInjected(container.root, verb.argv, injection);
  const faults: string[] = [];
  const state = await container.domain.state();
  const isAsked =
    verb.leaves === 'shutoff' && state.state === 'shutoff' && state.reason === 'destroyed';
  if (!isAsked && readProcess(init).state === '') faults.push(`killed: ${JSON.stringify(state)}`);
  faults.push(...(await faultsOf(verb, right, { result, errno: injection.errno, id })));
  await verb.after?.(container);
  await startAgain(container);
  const now = await container.domain.state();
  if (now.state !== 'running') faults.push(`left ${JSON.stringify(now)}`);
  return { count, faults };
}

function isOfContainer(path: string, init: number, id: number): boolean {
  const { root, name } = world.container;
  const { run, definitions } = statePaths(root);
  const places = [run, definitions, `/proc/${init}`, `/proc/${id}`];
  const isCgroup = path.startsWith('/sys/fs/cgroup/') && path.includes(`/${name}`);
  return isCgroup || places.some((place) => path === place || path.startsWith(`${place}/`));
}

/** Runs a verb in which nothing fails. */
async function record(
  verb: Verb,
): Promise<{ right: Right; init: number; reads: readonly Omit<Injection, 'errno' | 'when'>[] }> {
  const { container } = world;
  const init = await initOf(container.name);
  const id = container.domain.id ?? 0;
  const isState = (path: string): boolean => isOfContainer(path, init, id);
  const { result, reads } = await readsOf(container.root, verb.argv, isState);
  const { code = 0 } = verb;
  expect(result).toMatchObject({ code });
  await verb.after?.(container);
  expect(reads.length).toBeGreaterThan(5);
  const gist = verb.gist(result.stdout).replaceAll(String(id), 'ID');
  return { right: { code, gist, id }, init, reads };
}

test.each(Object.entries(verbs))(
  '%s: each read of state that fails is answered rightly or by an error, and ends nothing',
  async (title, verb) => {
    const { right, init, reads } = await record(verb);
    const wrong = await sweep(title, reads, async (injection) =>
      tryOne(verb, right, await current(injection, { init, id: right.id })),
    );
    expect(wrong).toEqual([]);
  },
  240 * minutes,
);

/** The same read of the container as it is now, which a destroy has started again. */
async function current(
  injection: Injection,
  recorded: { readonly init: number; readonly id: number },
): Promise<Injection> {
  const { path } = injection;
  if (path === undefined) return injection;
  const init = await initOf(world.container.name);
  const id = world.container.domain.id ?? 0;
  const now = path
    .replace(`/proc/${recorded.init}`, `/proc/${init}`)
    .replace(`/proc/${recorded.id}`, `/proc/${id}`);
  return { ...injection, path: now };
}

test(
  'control: with a package that takes unknown for dead, each errno at the lock is a wrong answer, and kills',
  async () => {
    using unsafe = await UnsafePackage.make('unknown is dead');
    const verb = library(listing(''), unsafe.folder);
    const { right, reads } = await record(verb);
    // By its path: a survey opens it by its name in a folder, and is followed by a look by the path before anything is cleaned up.
    const isLock = (path: string): boolean => path.startsWith('/') && path.endsWith('monitor.lock');
    const read = reads.find(({ call, path = '' }) => call.startsWith('open') && isLock(path));
    if (read === undefined) throw new Error('the lock is not opened');
    for (const errno of errnos) {
      const { faults } = await tryOne(verb, right, { ...read, errno, when: '1+' });
      expect([errno, faults]).toEqual([
        errno,
        [expect.stringMatching(/^killed/), expect.stringMatching(/^answered/)],
      ]);
    }
  },
  10 * minutes,
);
