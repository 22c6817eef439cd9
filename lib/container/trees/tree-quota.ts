/**
 * The limits of space of a tree of the host, as quotas of a project that all files of the tree have, and that new files
 * in it get. The limits are removed with the container. The files keep the project: they continue to count for it and
 * for nothing else. Each start looks through the tree all the same, since files may have left the project while no
 * container used the tree.
 */
import { closeSync, constants, openSync } from 'node:fs';
import { constants as system } from 'node:os';
import { dirname } from 'node:path';
import type { DomainDefinition } from '../../domain/definition';
import { limitedTrees, type LimitedTree } from '../../domain/filesystem/space-limits';
import { definitionError, type SourceLocation } from '../../domain/xml/source-location';
import { TslxcError } from '../../errors';
import { native } from '../../host/native';
import { lockFile } from '../../host/state/file-lock';
import { fileError, hasErrno, unlessMissing } from '../../host/state/file-error';
import type { Looks } from '../looks/looks';
import { walkSource } from '../security/relabel/label-walk';
import { takeFreeProject } from './free-project';
import { markAttribute, markOf, noUser, setMark } from './quota-mark';
import type { QuotaMark, QuotaUser } from './quota-mark';

const { ENOSYS, EINVAL, EOPNOTSUPP, ESRCH, EEXIST } = system.errno;

const step = 'limit the space of a filesystem';

/**
 * Resolves if all limits of a definition would hold, and none of its trees has a project of the administrator's.
 *
 * @throws DefinitionError CONFIG_UNSUPPORTED with the place of the limit; TslxcError OPERATION_TIMEOUT and OPERATION_ABORTED as Looks.
 */
export async function checkTreeQuotas(definition: DomainDefinition, looks: Looks): Promise<void> {
  for (const tree of limitedTrees(definition)) await checkTree(tree, looks);
}

async function checkTree(tree: LimitedTree, looks: Looks): Promise<void> {
  const what = { step, place: placeOf(tree) };
  await looks.untilAnswered(tree.path, markAttribute, what);
  const state = await looks.stateIfThere(tree.path, what);
  // The folder of an overlay's upper layer is made at the start, on the file system of its parent folder.
  using found = openDirectory(state === undefined ? dirname(tree.path) : tree.path);
  if (found === undefined) refuse(tree, `'${tree.path}' is not a directory`);
  if (!limitsHold(found.fd)) {
    refuse(
      tree,
      `limits of space would not hold on the file system of '${tree.path}': it has no project quotas. An ext4 with the ` +
        'features project and quota (tune2fs -O project,quota), or an xfs, has them when it is mounted with prjquota',
    );
  }
  if (state !== undefined) ownMark(found.fd, tree);
}

/**
 * Gives the project to every file of the tree, and the limits to the project.
 *
 * @throws TslxcError RESOURCE_BUSY when another container has limits on it; SyscallError; and as `checkTreeQuotas`.
 */
export async function takeQuota(
  tree: LimitedTree,
  taking: QuotaUser,
  { looks, signal }: { readonly looks: Looks; readonly signal?: AbortSignal | undefined },
): Promise<void> {
  await looks.untilAnswered(tree.path, markAttribute, { step, place: placeOf(tree) });
  using found = openDirectory(tree.path);
  if (found === undefined) refuse(tree, `'${tree.path}' is not a directory`);
  try {
    await limit(found.fd, { tree, taking, signal });
  } catch (error) {
    throw fileError(error, step);
  }
}

interface Taking {
  readonly tree: LimitedTree;
  readonly taking: QuotaUser;
  readonly signal: AbortSignal | undefined;
}

async function limit(fd: number, { tree, taking, signal }: Taking): Promise<void> {
  await lockFile(fd);
  const before = ownMark(fd, tree);
  refuseOther(tree, taking, before);
  const mark = { ...(before ?? (await newMark(fd))), ...taking };
  setMark(fd, mark);
  await giveToTree(tree, { fd, project: mark.project }, signal);
  const { hard, soft } = tree.space;
  native().limitProject(fd, mark.project, { hard: kibibytes(hard), soft: kibibytes(soft) });
}

/**
 * Takes the limits off; does nothing when the tree is gone, or another container has it. @throws TslxcError
 * OPERATION_TIMEOUT as Looks.
 */
export async function releaseQuota(path: string, user: string, looks: Looks): Promise<void> {
  await looks.untilAnswered(path, markAttribute, { step: 'take the limits off a filesystem' });
  using found = openDirectory(path);
  if (found === undefined) return;
  const { fd } = found;
  await lockFile(fd);
  const mark = markOf(fd);
  if (mark?.user !== user) return;
  unlessUnsupported(() => native().limitProject(fd, mark.project, { hard: 0, soft: 0 }));
  setMark(fd, { ...mark, ...noUser });
}

function placeOf({ space: { hard, position } }: LimitedTree): SourceLocation {
  const name = hard === undefined ? 'space_soft_limit' : 'space_hard_limit';
  return { path: `domain/devices/filesystem/${name}`, position };
}

function refuse(tree: LimitedTree, detail: string): never {
  throw definitionError('CONFIG_UNSUPPORTED', detail, placeOf(tree));
}

function limitsHold(fd: number): boolean {
  return unlessUnsupported(() => native().projectQuotas(fd)) === 'limited';
}

/** Ignores the errors of a kernel, or a file system, without project quotas. */
function unlessUnsupported<T>(call: () => T): T | undefined {
  try {
    return call();
  } catch (error) {
    if ([ENOSYS, EINVAL, EOPNOTSUPP, ESRCH].some((one) => hasErrno(error, one))) return undefined;
    throw error;
  }
}

/**
 * The tree's mark; undefined if the tree has no project, in which case a mark may have come with a copy from elsewhere.
 *
 * @throws DefinitionError for a project that is the administrator's.
 */
function ownMark(fd: number, tree: LimitedTree): QuotaMark | undefined {
  const { project } = native().projectOf(fd);
  if (project === 0) return undefined;
  const mark = markOf(fd);
  if (mark?.project === project) return mark;
  refuse(
    tree,
    `'${tree.path}' belongs to the project ${project} already, whose limits are the administrator's (chattr -R -p 0 -P takes it off)`,
  );
}

/** The mark is set before the tree's top gets the project. */
async function newMark(fd: number): Promise<QuotaMark> {
  const project = await takeFreeProject(fd, step, (free) => {
    setMark(fd, { project: free, ...noUser });
    native().setProject(fd, free);
  });
  return { project, ...noUser };
}

async function giveToTree(
  tree: LimitedTree,
  { fd, project }: { readonly fd: number; readonly project: number },
  signal: AbortSignal | undefined,
): Promise<void> {
  const { path } = tree;
  try {
    await walkSource({ fd, path, step }, signal === undefined ? {} : { signal }, (source, report) =>
      native().setProjectOfTree(source, project, report),
    );
  } catch (error) {
    if (!hasErrno(error, EEXIST)) throw error;
    const at = TslxcError.is(error) ? (error.path ?? path) : path;
    refuse(
      tree,
      `'${at}' belongs to another project already, so that it can't count for '${path}'`,
    );
  }
}

function refuseOther(
  tree: LimitedTree,
  { user, boot }: QuotaUser,
  mark: QuotaMark | undefined,
): void {
  if (mark === undefined || mark.user === '' || mark.user === user || mark.boot !== boot) return;
  const { path: element, position } = placeOf(tree);
  const at = `${element}, line ${position.line}, column ${position.column}`;
  const detail = `the space of '${tree.path}' is limited for ${mark.user} (${at})`;
  throw new TslxcError('RESOURCE_BUSY', detail, { element, ...position });
}

/** Rounded up: 0 would be no limit. */
function kibibytes(bytes = 0): number {
  return Math.ceil(bytes / 1024);
}

interface OpenDirectory extends Disposable {
  readonly fd: number;
}

function openDirectory(path: string): OpenDirectory | undefined {
  const fd = unlessMissing(() => openSync(path, constants.O_RDONLY | constants.O_DIRECTORY));
  if (fd === undefined) return undefined;
  return { fd, [Symbol.dispose]: () => closeSync(fd) };
}
