/** The empty directory and the empty file that are mounted over what the container must not see. Pure. */
import { mountAttributes, regularFile } from '../constants';
import type { Operation } from '../operation';

const { readonly, nosuid, nodev, noexec } = mountAttributes;
const restricted = nosuid | nodev | noexec;

export type CoverKind = 'file' | 'directory';

/** Name of the descriptor of each. */
const places = { file: 'emptyFile', directory: 'emptyDirectory' } as const;

/**
 * Makes both, in one small file system with room for one more inode, since SELinux labels take some of its space (Linux
 * 6.6). It is stacked on the old root, since only an attached mount can be cloned; its clones are all that is left of
 * it in the container.
 */
export function planCover(): Operation[] {
  return [
    {
      op: 'makeFilesystem',
      tree: 'cover',
      type: 'tmpfs',
      options: ['source=none', 'mode=0555', 'size=4096', 'nr_inodes=4'],
      attributes: restricted,
    },
    { op: 'makeDirectory', tree: 'cover', path: 'directory', mode: 0o555 },
    {
      op: 'makeNode',
      tree: 'cover',
      path: 'file',
      type: regularFile,
      major: 0,
      minor: 0,
      mode: 0o444,
    },
    {
      op: 'setTreeAttributes',
      tree: 'cover',
      set: restricted | readonly,
      clear: 0,
      propagation: 0,
      depth: 'single',
    },
    { op: 'stackTree', tree: 'cover' },
    { op: 'openPlace', place: places.directory, root: 'cover', path: 'directory' },
    { op: 'openPlace', place: places.file, root: 'cover', path: 'file' },
  ];
}

/** Covers `path` in `root` with a read-only clone, if it is there. */
export function cover(root: string, path: string, kind: CoverKind): Operation {
  return { op: 'coverPath', root, path, source: places[kind], missing: 'skip' };
}
