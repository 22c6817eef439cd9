/**
 * lib/container/trees/tree-quota.ts: which container limits a tree, and how. The kernel's quotas, which few file systems have, are
 * kept in memory here; test/vm/quotas has real ones.
 */
import { closeSync, fstatSync, mkdirSync, openSync, rmSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import {
  checkTreeQuotas,
  releaseQuota,
  takeQuota,
} from '../../../../lib/container/trees/tree-quota';
import { parseDomain } from '../../../../lib/domain/parse';
import type { LimitedTree } from '../../../../lib/domain/filesystem/space-limits';
import { SyscallError } from '../../../../lib/errors';
import type { Looks } from '../../../../lib/container/looks/looks';
import type { QuotaCalls } from '../../../../lib/host/calls/quota-calls';
import { domainXml } from '../../../support/domain/domain-xml';
import { idMapXml } from '../../../support/domain/mapped-domain';
import { context } from '../../domain/parse-context';
import { removeScratchAfterEach, scratchDirectory } from '../../driver/scratch';

/** What the file system knows: projects and marks by inode, limits by project. */
class FakeQuotas implements QuotaCalls {
  enforced: 'off' | 'counted' | 'limited' = 'limited';
  /** Of an inode below that belongs to another project already. */
  foreign = false;
  /** What was limited, in that order: `PROJECT soft hard`. */
  readonly limited: string[] = [];
  readonly #projects = new Map<number, number>();
  readonly #marks = new Map<number, Buffer>();

  readonly projectQuotas = () => this.enforced;
  readonly projectQuota = (_fd: number, project: number) =>
    [...this.#projects.values()].includes(project)
      ? { space: 4096, inodes: 1, soft: 0, hard: 0 }
      : undefined;
  readonly limitProject = (
    _fd: number,
    project: number,
    limits: { soft: number; hard: number },
  ) => {
    this.limited.push(`${project} ${limits.soft} ${limits.hard}`);
  };
  readonly projectOf = (fd: number) => {
    const project = this.#projects.get(fstatSync(fd).ino) ?? 0;
    return { project, inherited: project !== 0 };
  };
  readonly setProject = (fd: number, project: number) => {
    this.#projects.set(fstatSync(fd).ino, project);
  };
  readonly setProjectOfTree = (): Promise<void> =>
    this.foreign
      ? Promise.reject(new SyscallError({ errno: constants.errno.EEXIST, syscall: 'ioctl' }))
      : Promise.resolve();
  readonly getXattr = (fd: number) => this.#marks.get(fstatSync(fd).ino);
  readonly setXattr = (fd: number, _name: string, value: Buffer) => {
    this.#marks.set(fstatSync(fd).ino, value);
  };
}

let mockQuotas: FakeQuotas;
let mockLock: string;

jest.mock('../../../../lib/host/native', () => {
  const real = jest.requireActual<{ native: () => object }>('../../../../lib/host/native');
  return { native: () => Object.assign({}, real.native(), mockQuotas) };
});
// All roots of the host share it.
jest.mock('../../../../lib/host/state/state-paths', () => ({
  ...jest.requireActual<object>('../../../../lib/host/state/state-paths'),
  get hostProjectsPath() {
    return mockLock;
  },
}));

removeScratchAfterEach();

const position = { line: 7, column: 3 };
const KiB = 1024;
let tree: LimitedTree;

/** Every path answers at once. */
const looks = {
  untilAnswered: () => Promise.resolve(),
  stateIfThere: () => Promise.resolve({ kind: 'directory' }),
} as unknown as Looks;

beforeEach(() => {
  const folder = scratchDirectory();
  mockQuotas = new FakeQuotas();
  mockLock = join(folder, 'projects.lock');
  tree = { path: join(folder, 'tree'), space: { hard: 8 * KiB, position } };
  mkdirSync(tree.path);
});

const take = (user: string, { boot = 'this boot', space = tree.space } = {}): Promise<void> =>
  takeQuota({ ...tree, space }, { user, boot }, { looks });
const release = (user: string): Promise<void> => releaseQuota(tree.path, user, looks);

const busyWith = (user: string): object => ({
  code: 'RESOURCE_BUSY',
  ...position,
  element: 'domain/devices/filesystem/space_hard_limit',
  message: expect.stringContaining(
    `the space of '${tree.path}' is limited for ${user} (domain/devices/filesystem/space_hard_limit, line 7, column 3)`,
  ) as string,
});

const first = 2_000_000_000;
const limited = `${first} 0 8`;
const lifted = `${first} 0 0`;

test('a container takes the limits, and lifts them at its end', async () => {
  await take('web');
  expect(mockQuotas.limited).toEqual([limited]);
  await release('web');
  expect(mockQuotas.limited).toEqual([limited, lifted]);
});

test('another container is refused, with the line of its limit, and the limits stay', async () => {
  await take('web');
  await expect(take('other', { space: { hard: 999 * KiB, position } })).rejects.toMatchObject(
    busyWith('web'),
  );
  await take('web');
  expect(mockQuotas.limited).toEqual([limited, limited]);
});

test('the end of another container, also of one that was refused, lifts nothing', async () => {
  await take('web');
  await expect(take('other')).rejects.toMatchObject(busyWith('web'));
  await release('other');
  expect(mockQuotas.limited).toEqual([limited]);
  await expect(take('third')).rejects.toMatchObject(busyWith('web'));
  await release('web');
  await release('web');
  await take('third');
  // By the project that the files have.
  expect(mockQuotas.limited).toEqual([limited, lifted, limited]);
});

test('a container that had them before the host’s reboot has them no more', async () => {
  await take('web', { boot: 'the boot before' });
  await take('other');
  await expect(take('web')).rejects.toMatchObject(busyWith('other'));
});

test.each([
  [1, 1],
  [1023, 1],
  [1024, 1],
  [1025, 2],
  [8 * 1024 * 1024, 8192],
])('a limit of %d bytes is %d KiB: never less, and never none', async (bytes, kibibytes) => {
  await take('web', { space: { hard: bytes, position } });
  await take('web', { space: { soft: bytes, position } });
  expect(mockQuotas.limited).toEqual([`${first} 0 ${kibibytes}`, `${first} ${kibibytes} 0`]);
});

test('each tree has a project of its own', async () => {
  await take('web');
  const other = { ...tree, path: join(tree.path, '../other') };
  mkdirSync(other.path);
  await takeQuota(other, { user: 'mail', boot: 'this boot' }, { looks });
  expect(mockQuotas.limited).toEqual([limited, `${first + 1} 0 8`]);
});

test('the end of a container whose tree is gone, or never had limits, does nothing', async () => {
  await release('web');
  rmSync(tree.path, { recursive: true });
  await release('web');
  expect(mockQuotas.limited).toEqual([]);
});

describe('refused', () => {
  const refused = (words: string): object => ({
    code: 'CONFIG_UNSUPPORTED',
    element: 'domain/devices/filesystem/space_hard_limit',
    message: expect.stringContaining(words) as string,
  });

  const definition = () => {
    const limits = `<space_hard_limit>1</space_hard_limit>`;
    const devices = `<filesystem><source dir='${tree.path}'/><target dir='/'/>${limits}</filesystem>`;
    return parseDomain(domainXml({ elements: idMapXml(), devices }), context);
  };

  test.each(['off', 'counted'] as const)(
    'is a file system on which no limit holds: %s',
    async (enforced) => {
      await checkTreeQuotas(definition(), looks);
      mockQuotas.enforced = enforced;
      await expect(checkTreeQuotas(definition(), looks)).rejects.toMatchObject(
        refused(`limits of space would not hold on the file system of '${tree.path}'`),
      );
    },
  );

  test('is a tree with a project of the administrator’s', async () => {
    const fd = openSync(tree.path, 'r');
    mockQuotas.setProject(fd, 7);
    closeSync(fd);
    const words = `'${tree.path}' belongs to the project 7 already`;
    await expect(take('web')).rejects.toMatchObject(refused(words));
    await expect(checkTreeQuotas(definition(), looks)).rejects.toMatchObject(refused(words));
    expect(mockQuotas.limited).toEqual([]);
  });

  test('is a tree in which something belongs to another project', async () => {
    mockQuotas.foreign = true;
    await expect(take('web')).rejects.toMatchObject(refused('belongs to another project already'));
    expect(mockQuotas.limited).toEqual([]);
  });
});
