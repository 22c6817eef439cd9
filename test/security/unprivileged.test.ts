/** Without root: help, version, uri and the plan of a file work; everything else says in one line what it needs. */
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { refusedVerbs, verbNames } from '../../lib/cli/shell/verbs';
import { domainXml } from '../support/domain/domain-xml';
import { expectHostUnchanged, snapshotHost } from '../support/world/host-snapshot';
import { packageRoot, runCommand, runProgram } from '../support/process/run-command';
import { free, wordsOf } from '../support/process/verb-words';
import type { CommandResult } from '../support/process/run-command';

const nobody = 65534;
const CAP_SYS_ADMIN = 'sys_admin';
const denied = 'access denied: needs root (CAP_SYS_ADMIN)';

/** Who has too little: another user, and root in a service that was given no CAP_SYS_ADMIN. */
const users = {
  'uid 65534': ['setpriv', `--reuid=${nobody}`, `--regid=${nobody}`, '--clear-groups', '--'],
  'root without CAP_SYS_ADMIN': ['setpriv', `--bounding-set=-${CAP_SYS_ADMIN}`, '--'],
} as const;

type User = keyof typeof users;

const everyUser = Object.keys(users) as User[];

/** Those that libvirt's driver refuses are alike (refusal.ts): one stands for all. */
const alike = refusedVerbs.filter((verb) => verb !== 'managedsave');

const networkXml = '<network><name>lan</name></network>';

let folder: string;
let file: string;
let networkFile: string;
let root: string;

/** The checkout may lie where others can't read, so that the built package is copied. */
beforeAll(() => {
  folder = mkdtempSync('/var/tmp/tslxc-unprivileged-');
  chmodSync(folder, 0o755);
  for (const part of ['dist', 'build/Release', 'package.json', 'package-lock.json']) {
    const source = join(packageRoot, part);
    if (existsSync(source)) cpSync(source, join(folder, part), { recursive: true });
  }
  for (const name of dependencies()) {
    const source = join(packageRoot, 'node_modules', name);
    cpSync(source, join(folder, 'node_modules', name), { recursive: true });
  }
  file = join(folder, 'helloworld.xml');
  writeFileSync(file, domainXml());
  networkFile = join(folder, 'network.xml');
  writeFileSync(networkFile, networkXml);
  root = join(folder, 'root');
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The packages that the built package needs, and those that they need. */
function dependencies(): ReadonlySet<string> {
  const found = new Set<string>();
  const visit = (directory: string): void => {
    const text = readFileSync(join(directory, 'package.json'), 'utf8');
    const { dependencies = {} } = JSON.parse(text) as { dependencies?: Record<string, string> };
    for (const name of Object.keys(dependencies)) {
      if (found.has(name)) continue;
      found.add(name);
      visit(join(packageRoot, 'node_modules', name));
    }
  };
  visit(packageRoot);
  return found;
}

function withFiles(words: readonly string[]): string[] {
  const files: Readonly<Record<string, string>> = { FILE: file, NETWORK: networkFile };
  return words.map((word) => files[word] ?? word);
}

function run(user: User, words: readonly string[]): Promise<CommandResult> {
  const argv = withFiles(words);
  return runProgram([...users[user], process.execPath, ...argv], { root, cwd: '/' });
}

function runVerb(user: User, words: readonly string[]): Promise<CommandResult> {
  return run(user, [join(folder, 'dist/cli/main.js'), ...words]);
}

/** What those who may do little may do, and what that prints. */
const allowed: readonly (readonly [words: readonly string[], output: RegExp])[] = [
  [['uri'], /^lxc:\/\/\/\n\n$/],
  [['version'], /^Compiled against library: tslxc \S+\n/],
  [['--version'], /^\d+\.\d+\.\d+\n$/],
  [['help'], /^Grouped commands:\n/],
  [['help', 'start'], /^ {2}NAME\n {4}start - /],
  [['start', '--help'], /^ {2}NAME\n {4}start - /],
  [['nodeinfo'], /^CPU model: /],
  [['capabilities'], /^<capabilities>/],
  [['nodecpustats'], /^user: /],
  [['nodememstats'], /^total {2}: /],
  [['plan', 'FILE'], /\/bin\/sh/],
  [['plan', 'FILE', '--json'], /^\{/],
  // It names what is missing: privileges.
  [['doctor'], /^warn {2}caller\.privilege {2}/m],
];

interface Answer {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** What came of these command lines, which one process runs as that user, in order. */
async function answersOf(user: User, lines: readonly (readonly string[])[]): Promise<Answer[]> {
  const { stdout, stderr, code } = await run(user, ['-e', linesScript(lines)]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return JSON.parse(stdout) as Answer[];
}

describe.each(everyUser)('%s', (user) => {
  test('may look at the host, at help and at plans', async () => {
    const answers = await answersOf(
      user,
      allowed.map(([words]) => words),
    );
    expect(answers).toEqual(
      allowed.map(([, output]) => ({
        status: 0,
        stdout: expect.stringMatching(output) as string,
        stderr: '',
      })),
    );
  });

  test('a verb is refused in one line that says what it needs', async () => {
    const before = snapshotHost([folder]);
    const result = await runVerb(user, ['start', 'NAME']);
    expect(result).toMatchObject({ code: 1, stdout: '', stderr: `error: ${denied}\n` });
    await expectHostUnchanged(before);
  });

  test('so is every verb, one after another in one process', async () => {
    const before = snapshotHost([folder]);
    const verbs = Object.keys(wordsOf);
    const lines = verbs.map((verb) => [verb, ...(wordsOf[verb] ?? [])]);
    const answers = await answersOf(user, lines);
    // A command in a container can end with 1 itself.
    const inContainer = ['exec', 'lxc-enter-namespace', 'run', 'shell'];
    const refusal = (verb: string) => {
      const status = inContainer.includes(verb) ? 125 : 1;
      return { status, stdout: '', stderr: `error: ${denied}\n` };
    };
    expect(verbs.map((verb, index) => [verb, answers[index]])).toEqual(
      verbs.map((verb) => [verb, refusal(verb)]),
    );
    await expectHostUnchanged(before);
  });

  test('every call of a connection but uri, version and plan of a text rejects with ACCESS_DENIED', async () => {
    const before = snapshotHost([folder]);
    const { stdout, stderr, code } = await run(user, ['-e', libraryScript()]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const answers = JSON.parse(stdout) as Record<string, unknown>;
    const { uri, version, planOfText, ...refused } = answers;
    expect({ uri, version, planOfText }).toEqual({
      uri: 'lxc:///',
      version: 'string',
      planOfText: 'helloworld',
    });
    expect(Object.keys(refused)).toHaveLength(20);
    for (const answer of Object.values(refused)) {
      expect(answer).toEqual({ code: 'ACCESS_DENIED', message: denied });
    }
    await expectHostUnchanged(before);
  });
});

/** The folders of tslxc's state are there then, and closed to others; before, no file of it can be forbidden. */
describe('beside a root that is in use, another user', () => {
  const user = 'uid 65534';
  const used = (): string => join(folder, 'used');
  const asUser = (words: readonly string[]): Promise<CommandResult> =>
    runProgram([...users[user], process.execPath, join(folder, 'dist/cli/main.js'), ...words], {
      root: used(),
      cwd: '/',
    });

  beforeAll(async () => {
    expect(await runCommand(['define', file], { root: used() })).toMatchObject({ code: 0 });
    expect(await runCommand(['net-list'], { root: used() })).toMatchObject({ code: 0 });
    writeFileSync(join(used(), 'etc/tslxc/lxc.conf'), '# Not one of others.\n', { mode: 0o600 });
  });

  test.each(allowed)('may use %j', async (words, output) => {
    const result = await asUser(withFiles(words));
    expect(result).toMatchObject({ code: 0, stderr: '' });
    expect(result.stdout).toMatch(output);
  });

  test('is told that the plan of a container on a network needs root', async () => {
    const onNetwork = join(folder, 'on-network.xml');
    const devices = "<interface type='network'><source network='default'/></interface>";
    writeFileSync(onNetwork, domainXml({ name: 'on-network', devices }));
    const { stderr, code } = await asUser(['plan', onNetwork]);
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^error: access denied: needs root \(CAP_SYS_ADMIN\): this plan depends on \S+, which only root can read\n$/,
    );
  });
});

test('every verb has been tried', () => {
  expect([...free, ...alike, ...Object.keys(wordsOf)].sort()).toEqual([...verbNames].sort());
});

/** Runs these command lines, and writes what came of each. */
function linesScript(lines: readonly (readonly string[])[]): string {
  return `
    const parts = require(${JSON.stringify(join(folder, 'dist/bundle/parts.js'))});
    const { main, processSurroundings } = parts.command();
    (async () => {
      const answers = [];
      for (const line of ${JSON.stringify(lines.map(withFiles))}) {
        const texts = { stdout: '', stderr: '' };
        const sink = (name) => ({ write: (text) => void (texts[name] += text) });
        const own = { stdout: sink('stdout'), stderr: sink('stderr') };
        const status = await main(line, { ...processSurroundings(), ...own });
        answers.push({ status, ...texts });
      }
      console.log(JSON.stringify(answers));
    })();`;
}

/** Makes every call, and writes what each answered. */
function libraryScript(): string {
  return `
    const { connect } = require(${JSON.stringify(join(folder, 'dist'))});
    const xml = ${JSON.stringify(domainXml())};
    const networkXml = ${JSON.stringify(networkXml)};
    const uuid = '11111111-1111-4111-8111-111111111111';
    const answer = async (call) => {
      try { return await call(); } catch ({ code, message }) { return { code, message }; }
    };
    const calls = {
      uri: (connection) => connection.uri,
      version: (connection) => typeof connection.version().library,
      planOfText: async (connection) => (await connection.plan({ xml })).header.name,
      plan: (connection) => connection.plan({ name: 'x' }),
      defineDomain: (connection) => connection.defineDomain(xml),
      createDomain: (connection) => connection.createDomain(xml),
      lookupDomainByName: (connection) => connection.lookupDomainByName('x'),
      lookupDomainByUuid: (connection) => connection.lookupDomainByUuid(uuid),
      lookupDomainById: (connection) => connection.lookupDomainById(1),
      listDomains: (connection) => connection.listDomains(),
      logs: (connection) => connection.logs('x').next(),
      events: (connection) => connection.events(),
      defineNetwork: (connection) => connection.defineNetwork(networkXml),
      createNetwork: (connection) => connection.createNetwork(networkXml),
      lookupNetworkByName: (connection) => connection.lookupNetworkByName('x'),
      lookupNetworkByUuid: (connection) => connection.lookupNetworkByUuid(uuid),
      listNetworks: (connection) => connection.listNetworks(),
      networkEvents: (connection) => connection.networkEvents(),
      stats: (connection) => connection.stats(),
      reap: (connection) => connection.reap(),
      previewPurge: (connection) => connection.previewPurge(),
      purge: (connection) => connection.purge(),
      autostartAll: (connection) => connection.autostartAll(),
    };
    (async () => {
      const connection = await connect();
      const answers = {};
      for (const [name, call] of Object.entries(calls)) {
        answers[name] = await answer(() => call(connection));
      }
      await connection.close();
      console.log(JSON.stringify(answers));
    })();`;
}
