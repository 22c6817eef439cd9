/** Starts on root file systems whose author put something else where a start expects its own. */
import {
  copyFileSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { connect } from 'tslxc';
import type { Connection } from 'tslxc';
import { slowness } from '../support/time/eventually';
import { initOf } from '../support/world/container-traces';
import { domainXml } from '../support/domain/domain-xml';
import { removeTree } from '../support/root/remove-tree';
import { makeTestRoot } from '../support/root/test-root';
import { Canary } from './canary';
import { makeSocket, undoTricks } from './tricks';
import type { Trick } from './tricks';

/** What a start asks of the root by name, so that an error may name it. */
const named: readonly string[] = [
  ...['/dev', '/proc', '/sys', '/etc/passwd', '/etc/group', '/bin/sleep', '/work'],
  ...['/volumes/directory/deep/made', '/volumes/file'],
];

/** What an error about `path` may name: itself, what is below it, and what it is below. */
function namesOf(path: string): string[] {
  const isRelated = (one: string): boolean =>
    `${one}/`.startsWith(`${path}/`) || `${path}/`.startsWith(`${one}/`);
  return [path, ...named.filter(isRelated)];
}

/** Every path of the container's root that a start touches, or that others made their old root. */
export const touchedPaths: readonly string[] = [
  ...[
    '/dev',
    '/dev/pts',
    '/dev/ptmx',
    '/dev/shm',
    '/dev/console',
    '/dev/tty1',
    '/dev/null',
    '/dev/fd',
  ],
  ...['/proc', '/proc/sys', '/sys', '/sys/fs', '/sys/fs/cgroup'],
  ...['/run', '/tmp', '/etc', '/etc/passwd', '/etc/group', '/.oldroot'],
  ...[
    '/bin',
    '/bin/sleep',
    '/work',
    '/volumes',
    '/volumes/directory',
    '/volumes/directory/deep',
    '/volumes/file',
  ],
];

/** What a start may take until it has refused. */
const longest = 5000 * slowness;
/** Starts that are under way at once. */
const width = 4;

export interface Attack {
  readonly name: string;
  readonly path: string;
  readonly trick: Trick;
}

interface Outcome {
  readonly name: string;
  readonly path: string;
  readonly milliseconds: number;
  /** Of the error; undefined when it started. */
  readonly refusal?: string;
  /** The container's mounts, when it started. */
  readonly mountinfo?: string;
}

export class EvilRoots implements AsyncDisposable {
  readonly #folder = mkdtempSync('/var/tmp/tslxc-evil-');
  readonly #volume = join(this.#folder, 'volume');
  readonly #file = join(this.#folder, 'file');
  readonly #socket = join(this.#folder, 'socket');
  readonly #program = join(this.#folder, 'busybox');
  readonly #canary: Canary;

  constructor(canary: Canary) {
    this.#canary = canary;
    copyFileSync('/usr/bin/busybox', this.#program);
    makeSocket(this.#socket);
    mkdirSync(this.#volume);
    writeFileSync(this.#file, 'mounted\n');
  }

  /** Starts it, looks at its mounts, and ends it. */
  async attack(connection: Connection, { name, path, trick }: Attack): Promise<Outcome> {
    const root = join(this.#folder, name);
    this.#makeRoot(root, path);
    const socket = this.#socket;
    trick({ path: join(root, path), canary: this.#canary.part(name), socket });
    const began = performance.now();
    const took = (): number => performance.now() - began;
    try {
      const domain = await connection.createDomain(this.#xml(name, root));
      const milliseconds = took();
      const mountinfo = readFileSync(`/proc/${await initOf(name)}/mountinfo`, 'utf8');
      await domain.destroy();
      return { name, path, milliseconds, mountinfo };
    } catch (error) {
      return { name, path, milliseconds: took(), refusal: (error as Error).message };
    }
  }

  /** All that a start needs, less what lies at or below `evil`. */
  #makeRoot(root: string, evil: string): void {
    mkdirSync(join(root, dirname(evil)), { recursive: true });
    const needed: Readonly<Record<string, (path: string) => void>> = {
      '/work': (path) => mkdirSync(path),
      '/bin/sleep': (path) => linkSync(this.#program, path),
      '/etc/passwd': (path) => writeFileSync(path, 'tester:x:1000:1000::/:/bin/sh\n'),
      '/etc/group': (path) => writeFileSync(path, 'tester:x:1000:\n'),
    };
    for (const [path, make] of Object.entries(needed)) {
      if (path === evil || path.startsWith(`${evil}/`)) continue;
      mkdirSync(join(root, dirname(path)), { recursive: true });
      make(join(root, path));
    }
  }

  #xml(name: string, root: string): string {
    return domainXml({
      name,
      init: '/bin/sleep',
      initArguments: ['1000'],
      osElements:
        '<initdir>/work</initdir><inituser>tester</inituser><initgroup>tester</initgroup>',
      filesystems: [
        { source: root, target: '/' },
        { source: this.#volume, target: '/volumes/directory/deep/made' },
        { source: this.#file, target: '/volumes/file' },
      ],
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    undoTricks(this.#folder);
    await removeTree(this.#folder);
  }
}

/** Every trick of `all` at each of the paths. */
export function attacks(
  paths: readonly string[],
  all: Readonly<Record<string, Trick>>,
): readonly Attack[] {
  return paths.flatMap((path, row) =>
    Object.values(all).map((trick, column) => ({ name: `evil-${row}-${column}`, path, trick })),
  );
}

export async function attackAll(
  connection: Connection,
  roots: EvilRoots,
  list: readonly Attack[],
): Promise<Outcome[]> {
  const waiting = [...list];
  const outcomes: Outcome[] = [];
  const worker = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      outcomes.push(await roots.attack(connection, next));
    }
  };
  await Promise.all(Array.from({ length: width }, worker));
  return outcomes;
}

/** Tries these attacks, all of them at `path`: each start mounts inside or refuses by name, and soon. */
export async function expectHostUntouched(path: string, tried: readonly Attack[]): Promise<void> {
  await using canary = new Canary();
  await using roots = new EvilRoots(canary);
  await using root = await makeTestRoot();
  await using connection = await connect(undefined, { root: root.path });
  const outcomes = await attackAll(connection, roots, tried);
  expect(outcomes).toHaveLength(tried.length);
  expect(tried.length).toBeGreaterThan(0);
  expect(canary.changes()).toEqual({});
  expect(outcomes.filter(({ milliseconds }) => milliseconds > longest)).toEqual([]);
  expect(outcomes.filter(({ mountinfo = '' }) => mountinfo.includes('tslxc-canary'))).toEqual([]);
  const unclear = outcomes.filter(
    ({ refusal }) => refusal !== undefined && !namesOf(path).some((name) => refusal.includes(name)),
  );
  expect(unclear).toEqual([]);
}
