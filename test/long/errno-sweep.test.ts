/**
 * Every read of state of a verb fails with every errno that says nothing of the state: the answer is right, or an error, the container
 * lives, and the next answer is right. How many reads and errnos were tried is printed. TSLXC_TEST_SLICE=1/4 tries the second quarter.
 */
import { statePaths } from '../../lib/host/state/state-paths';
import { errnos, readsOf, runInjected } from '../support/errno/injection';
import type { Injection, Read } from '../support/errno/injection';
import { commandLine } from '../support/process/run-command';
import type { CommandResult } from '../support/process/run-command';
import { TestDomain } from '../support/domain/test-domain';
import { readProcess } from '../support/process/processes';
import { containerTest } from '../support/world/container-test';
import { initOf } from '../support/world/container-traces';

const minutes = 60_000;
const [offset = 0, slices = 1] = (process.env['TSLXC_TEST_SLICE'] ?? '0/1').split('/').map(Number);

/** Each failure at once, at the first call only, and at all but the first. */
const moments = ['1+', '1', '2+'] as const;

interface Verb {
  readonly words: readonly string[];
  /** What of the output says what the state is; the rest are numbers that change. */
  readonly gist: (stdout: string) => string;
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

const verbs: Readonly<Record<string, Verb>> = {
  list: { words: ['list', '--all'], gist: whole },
  domstate: { words: ['domstate', '--reason', 'errno-sweep'], gist: whole },
  dominfo: { words: ['dominfo', 'errno-sweep'], gist: keys },
  domstats: { words: ['domstats'], gist: states },
  exec: { words: ['exec', 'errno-sweep', '--', 'echo', 'it runs'], gist: whole },
  reap: { words: ['reap'], gist: whole },
  suspend: {
    words: ['suspend', 'errno-sweep'],
    gist: whole,
    after: async ({ domain }) => {
      if ((await domain.state()).state === 'paused') await domain.resume();
    },
  },
  destroy: {
    words: ['destroy', 'errno-sweep'],
    gist: whole,
    after: async (container) => {
      if ((await container.domain.state()).state === 'shutoff') await container.start();
    },
  },
};

const world = containerTest(
  async (keep) => {
    const container = keep(await TestDomain.make({ name: 'errno-sweep' }));
    await container.start();
    return { container };
  },
  { per: 'file' },
);

/**
 * An error, or what verbs about all domains say of one: a row with the reason why there is no state, or a line on stderr. reap, which
 * monitors run, writes to the log of the domain.
 */
function isError(verb: Verb, { code, stdout, stderr }: CommandResult, errno: string): boolean {
  const [name] = verb.words;
  if (code === 0 && name === 'list') return stdout.includes('no state (') && stdout.includes(errno);
  if (code === 0 && name === 'domstats') return stderr.includes("error: domain 'errno-sweep':");
  // 125 and 126: exec itself has failed, or could not execute its command.
  const isCode = code === 1 || (name === 'exec' && [125, 126].includes(code));
  return isCode && (name === 'reap' || /^error: .*\w/m.test(stderr));
}

async function isRunning({ domain }: TestDomain, init: number): Promise<boolean> {
  return (await domain.state()).state === 'running' && readProcess(init).state !== '';
}

/** What was wrong; undefined if nothing. */
async function tryOne(
  verb: Verb,
  right: string,
  injection: Injection,
): Promise<string | undefined> {
  const { container } = world;
  const init = await initOf(container.name);
  const result = await runInjected(container.root, commandLine(...verb.words), injection);
  const isRight = result.code === 0 && verb.gist(result.stdout) === right;
  if (!isRight && !isError(verb, result, injection.errno)) {
    return `answered ${result.code}: ${result.stdout}${result.stderr}`;
  }
  const state = await container.domain.state();
  const isAsked = verb.words[0] === 'destroy' && state.state === 'shutoff' && 'exit' in state;
  if (!isAsked && readProcess(init).state === '') return `killed: ${JSON.stringify(state)}`;
  await verb.after?.(container);
  if (isAsked || (await isRunning(container, init))) return undefined;
  return `left ${JSON.stringify(await container.domain.state())}`;
}

function isOfContainer(path: string, init: number, id: number): boolean {
  const { root, name } = world.container;
  const { run, definitions } = statePaths(root);
  const places = [run, definitions, `/proc/${init}`, `/proc/${id}`];
  const isCgroup = path.startsWith('/sys/fs/cgroup/') && path.includes(`/${name}`);
  return isCgroup || places.some((place) => path === place || path.startsWith(`${place}/`));
}

test.each(Object.entries(verbs))(
  '%s: each read of state that fails is answered rightly or by an error, and ends nothing',
  async (title, verb) => {
    const { container } = world;
    const init = await initOf(container.name);
    const id = container.domain.id ?? 0;
    const isState = (path: string): boolean => isOfContainer(path, init, id);
    const { result, reads } = await readsOf(container.root, commandLine(...verb.words), isState);
    expect(result).toMatchObject({ code: 0 });
    await verb.after?.(container);
    expect(reads.length).toBeGreaterThan(5);
    const right = verb.gist(result.stdout);
    const all = reads.flatMap((read) =>
      errnos.flatMap((errno) => moments.map((when) => ({ ...read, errno, when }))),
    );
    // Each read begins one further, so that no slice has the same errno at each of them.
    const chosen = all.filter((_, index) => {
      return (index + Math.floor(index / (errnos.length * moments.length))) % slices === offset;
    });
    const faults: string[] = [];
    for (const injection of chosen) {
      const fault = await tryOne(verb, right, await current(injection, { init, id }));
      if (fault !== undefined) faults.push(`${JSON.stringify(injection)}: ${fault}`);
    }
    const counts = `${reads.length} reads × ${errnos.length} errnos × ${moments.length}`;
    process.stdout.write(`${title}: ${counts}, ${chosen.length} tried, ${faults.length} wrong\n`);
    expect(faults).toEqual([]);
  },
  120 * minutes,
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
  return { ...injection, path: now } satisfies Read & Injection;
}
