/**
 * Names, variables and targets with hostile bytes, and state folders in which another program has put something else. Recipe
 * T19 of the threat catalogue.
 */
import { lstatSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from 'tslxc';
import type { Connection } from 'tslxc';
import { makeBusyboxRoot } from '../../support/root/busybox-root';
import { initOf } from '../../support/world/container-traces';
import { domainXml } from '../../support/domain/domain-xml';
import { containerTest, nothing } from '../../support/world/container-test';
import { packageRoot, runProgram } from '../../support/process/run-command';
import { slowness } from '../../support/time/eventually';
import { makeTestRoot } from '../../support/root/test-root';
import { UnsafePackage } from '../../support/probe/unsafe-package';
import { Canary } from '../../security/canary';

const longest = 5000 * slowness;

// The library of the control keeps its monitor's executable open.
containerTest(nothing, { per: 'file', watch: ['/etc', '/var/lib'], except: ['descriptors'] });

interface Attacked {
  readonly kind: string;
  readonly steps: readonly string[];
  readonly milliseconds: number;
}

interface StateAttack {
  /** Of the product, or of the control. */
  readonly packageFolder: string;
  /** Below the root. */
  readonly entry: string;
  readonly canary: string;
  readonly init: string;
  /** All when left out. */
  readonly kinds?: readonly string[];
}

/** Lives a domain's life with each kind of entry in the place of one of its files. */
async function attackState({
  packageFolder,
  entry,
  canary,
  init,
  kinds = [],
}: StateAttack): Promise<Attacked[]> {
  await using root = await makeTestRoot();
  const library = join(packageFolder, 'dist/index.js');
  const words = [
    join(__dirname, 'state-attack.js'),
    library,
    root.path,
    entry,
    canary,
    init,
    ...kinds,
  ];
  const argv = [process.execPath, ...words];
  const { code, stdout, stderr } = await runProgram(argv);
  expect([entry, code, stderr, stdout]).toEqual([entry, 0, '', expect.any(String)]);
  const lines = stdout.trim().split('\n');
  return lines.map((line) => JSON.parse(line) as Attacked);
}

const runFolder = 'run/tslxc/lxc/state-attacked';
const stateEntries: readonly string[] = [
  ...['run/tslxc/locks', 'run/tslxc/events', runFolder, 'etc/tslxc/lxc/state-attacked.xml'],
  ...['start.json', 'start.json.new', 'exit.json', 'exit.json.new', '.exit.json.new'].map(
    (file) => `${runFolder}/${file}`,
  ),
  ...['running.json', '.running.json.new', 'monitor.lock', 'control'].map(
    (file) => `${runFolder}/${file}`,
  ),
];

const links = ['link to a file', 'link to a directory', 'link to what is missing'];

/** The first step that is refused, and with which words, by the kind of what is in the place of the entry. Everything else is replaced. */
const refusals: Readonly<Record<string, readonly (readonly [string, RegExp])[]>> = {
  'run/tslxc/locks': [
    ...links.map((kind) => [kind, /^define: .*\/locks: ELOOP/] as const),
    ['directory', /^define: .*\/locks: EISDIR/],
  ],
  [runFolder]: [...links, 'fifo'].map((kind) => [kind, /^start: .*\/state-attacked.*: ENOTDIR/]),
  [`${runFolder}/start.json`]: [...links, 'directory', 'fifo'].map((kind) => [
    kind,
    /^define: .*\/start\.json is damaged/,
  ]),
  [`${runFolder}/.running.json.new`]: [
    ...links.map((kind) => [kind, /^start: .*running\.json: ELOOP/] as const),
    ['directory', /^start: .*running\.json: EISDIR/],
    ['fifo', /^start: .*running\.json: ENXIO/],
  ],
  [`${runFolder}/start.json.new`]: [['directory', /^start: .*\/start\.json.*: EISDIR/]],
};

const allDone = ['define', 'start', 'list', 'destroy', 'undefine'].map((step) => `${step}: done`);

/** What has happened: everything, or the first refusal with its words. */
function expectOutcome(entry: string, { kind, steps }: Attacked): void {
  const [, words] = refusals[entry]?.find(([one]) => one === kind) ?? [];
  if (words === undefined) {
    expect([entry, kind, ...steps]).toEqual([entry, kind, ...allDone]);
    return;
  }
  const [first] = steps.filter((step, index) => step !== allDone[index]);
  expect([entry, kind, first]).toEqual([entry, kind, expect.stringMatching(words)]);
}

/** All that is below a root, with modes that let in others. */
function open(root: string, path = ''): string[] {
  return readdirSync(join(root, path)).flatMap((name) => {
    const at = join(path, name);
    const state = lstatSync(join(root, at));
    const mode = (state.mode & 0o777).toString(8);
    const own = (state.mode & 0o077) === 0 ? [] : [`${at} ${mode}`];
    return state.isDirectory() ? [...own, ...open(root, at)] : own;
  });
}

async function withConnection<T>(
  work: (connection: Connection, root: string) => Promise<T>,
): Promise<T> {
  await using root = await makeTestRoot();
  await using connection = await connect(undefined, { root: root.path });
  return await work(connection, root.path);
}

const refusedNames = [
  ...[
    '.',
    '..',
    '../up',
    'a/b',
    '/absolute',
    'a\nb',
    'tab\there',
    'x'.repeat(231),
    '../../etc/passwd',
  ],
];
const strangeNames = [
  ...['-rf', '--help', '.hidden', '..dots', 'tasks', 'release_agent', 'cgroup.procs', 'a b'],
  ...[
    '$(touch x)',
    '`id`',
    ';reboot',
    'quote\'"',
    '<b>',
    '%s%n',
    '\u202egnp',
    'ü',
    '*',
    '~',
    'x'.repeat(64),
  ],
];

describe('names and values (T19)', () => {
  test.each(refusedNames)('refuses %j as a name, and writes nothing', async (name) => {
    await withConnection(async (connection, root) => {
      for (const act of ['defineDomain', 'createDomain'] as const) {
        await expect(connection[act](domainXml({ name }))).rejects.toMatchObject({
          code: expect.stringMatching(/^XML_(ERROR|DETAIL)$/) as string,
        });
      }
      const written = readdirSync(root, { recursive: true, encoding: 'utf8' });
      expect(written.filter((path) => /\.xml|\.json|passwd/.test(path))).toEqual([]);
    });
  });

  test('a strange name is a name, in its own places and nowhere else', async () => {
    await withConnection(async (connection, root) => {
      for (const name of strangeNames) {
        const domain = await connection.defineDomain(domainXml({ name }));
        await domain.start();
        expect((await connection.listDomains()).map((one) => one.name)).toEqual([name]);
        expect(readdirSync(join(root, 'run/tslxc/lxc'))).toEqual([name]);
        expect(readdirSync(join(root, 'etc/tslxc/lxc'))).toEqual([`${name}.xml`]);
        await domain.destroy();
        await domain.undefine();
      }
    });
  });

  test('arguments and variables arrive byte by byte, and are no one’s options', async () => {
    const environment = {
      LINES: 'one\ntwo\nPATH=/evil',
      EQUALS: '=a=b=',
      QUOTES: `'"$(id)\`id\`\\`,
      BYTES: '\t\u0085\u202e\u{1f600}',
      LD_PRELOAD: '/evil.so',
    };
    const initArguments = ['1000', '--', '-c', 'a\nb', '$(reboot)', ' '];
    const script = ['-c', 'sleep 1000', ...initArguments];
    await withConnection(async (connection) => {
      const domain = await connection.createDomain(
        domainXml({ name: 'values', initArguments: script, initEnvironment: environment }),
      );
      const init = await initOf('values');
      const read = (file: string): string[] =>
        readFileSync(`/proc/${init}/${file}`, 'utf8').split('\0');
      expect(read('cmdline').slice(0, -1)).toEqual(['/bin/sh', ...script]);
      const lines = Object.entries(environment).map(([key, value]) => `${key}=${value}`);
      expect(read('environ')).toEqual(expect.arrayContaining(lines));
      expect(read('environ')).not.toContain('PATH=/evil');
      await domain.destroy();
    });
  });

  test('a strange target is a place inside, and nowhere else', async () => {
    await using busybox = await makeBusyboxRoot();
    const targets = {
      '/line\nbreak': '/line\\012break',
      '/a b/$(id)': '/a\\040b/$(id)',
      '/tab\there': '/tab\\011here',
      '/\u202egnp': '/\u202egnp',
      '/./dot/': '/dot',
    };
    const filesystems = [
      { source: busybox.path, target: '/' },
      ...Object.keys(targets).map((target) => ({ source: join(busybox.path, 'var'), target })),
    ];
    await withConnection(async (connection) => {
      const domain = await connection.createDomain(domainXml({ name: 'targets', filesystems }));
      const mountinfo = readFileSync(`/proc/${await initOf('targets')}/mountinfo`, 'utf8');
      const mounted = mountinfo.split('\n').map((line) => line.split(' ')[4]);
      expect(mounted).toEqual(expect.arrayContaining(Object.values(targets)));
      await domain.destroy();

      const upward = { source: join(busybox.path, 'var'), target: '/var/../../../up' };
      const xml = domainXml({ name: 'targets', filesystems: [...filesystems.slice(0, 1), upward] });
      await expect(connection.createDomain(xml)).rejects.toMatchObject({
        code: 'CONFIG_UNSUPPORTED',
        element: 'domain/devices/filesystem/target',
      });
    });
    expect(readdirSync('/var/tmp')).not.toContain('up');
    expect(readdirSync(busybox.path)).not.toContain('up');
  });

  test('metadata comes back as it was, and means nothing to any program', async () => {
    const text = '../../x &#10;lxc.hook=/evil\u202e';
    const metadata = `<metadata><a:b xmlns:a='urn:a' c='&#10;x=y'>${text}</a:b></metadata>`;
    await withConnection(async (connection) => {
      const domain = await connection.createDomain(
        domainXml({ name: 'metadata', elements: metadata }),
      );
      expect(await domain.xml()).toContain('lxc.hook=/evil');
      await domain.destroy();
    });
  });
});

describe('files of the state (T19)', () => {
  test('are for root alone, whatever the umask', async () => {
    const umask = process.umask(0);
    try {
      await withConnection(async (connection, root) => {
        const domain = await connection.defineDomain(domainXml({ name: 'modes' }));
        await domain.start();
        expect(lstatSync(join(root, 'run/tslxc/lxc/modes/control')).isSocket()).toBe(true);
        const folders = /^(etc|run|var|var\/log) 7/;
        expect(open(root).filter((line) => !folders.test(line))).toEqual([]);
        await domain.destroy();
      });
    } finally {
      process.umask(umask);
    }
  });

  test(
    'that are something else are refused or replaced, soon, and never followed',
    async () => {
      await using canary = new Canary();
      const slow: unknown[] = [];
      for (const [index, entry] of stateEntries.entries()) {
        const part = canary.part(String(index));
        const attacked = await attackState({
          packageFolder: packageRoot,
          entry,
          canary: part,
          init: '/bin/sh',
        });
        slow.push(...attacked.filter(({ milliseconds }) => milliseconds > longest));
        expect([entry, canary.changes()]).toEqual([entry, {}]);
        expect(attacked.map(({ kind }) => kind)).toEqual([...links, 'directory', 'fifo']);
        for (const one of attacked) expectOutcome(entry, one);
      }
      expect(slow).toEqual([]);
      // Five starts for each entry.
    },
    180_000 * slowness,
  );

  test('control: a library that follows links writes into the canary', async () => {
    using unsafe = await UnsafePackage.make('followed links');
    await using canary = new Canary();
    await attackState({
      packageFolder: unsafe.folder,
      entry: `${runFolder}/start.json.new`,
      canary: canary.part('control'),
      // A start that fails: the record of one that runs would be lost with the link.
      init: '/bin/missing',
      kinds: ['link to a file'],
    });
    expect(canary.changes()).toHaveProperty('control');
  });
});
