/**
 * The mark of a tree: which project its files belong to, and which container has limits on it. It is an extended
 * attribute of the tree's top, which goes where the tree goes. Root inside, who is not the host's root, can neither
 * read nor change it.
 */
import { constants } from 'node:os';
import { native } from '../../host/native';
import { hasErrno } from '../../host/state/file-error';

export const markAttribute = 'trusted.tslxc.project';

/** A container, and the boot of the host in which it has the limits. */
export interface QuotaUser {
  readonly user: string;
  readonly boot: string;
}

export interface QuotaMark extends QuotaUser {
  readonly project: number;
}

/** The mark's user while no container has limits on the tree. */
export const noUser: QuotaUser = { user: '', boot: '' };

/** Undefined for a tree that never had limits, and on a file system that can't keep a mark. */
export function markOf(fd: number): QuotaMark | undefined {
  const text = attributeOf(fd);
  if (text === undefined) return undefined;
  const [project = '', boot = '', user = ''] = text.split('\n');
  return { project: Number(project), boot, user };
}

export function setMark(fd: number, { project, boot, user }: QuotaMark): void {
  native().setXattr(fd, markAttribute, Buffer.from([project, boot, user].join('\n')));
}

function attributeOf(fd: number): string | undefined {
  try {
    return native().getXattr(fd, markAttribute)?.toString('utf8');
  } catch (error) {
    if (hasErrno(error, constants.errno.EOPNOTSUPP)) return undefined;
    throw error;
  }
}
