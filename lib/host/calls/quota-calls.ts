/** The calls of the addon for project quotas: quotactl_fd(2), and the project of an inode. Decides nothing. */

/** What a project uses of a file system, and may use. */
export interface ProjectQuota {
  /** Bytes. */
  readonly space: number;
  readonly inodes: number;
  /** In KiB; 0 for no limit. */
  readonly soft: number;
  readonly hard: number;
}

export interface InodeProject {
  /** 0: none. */
  readonly project: number;
  /** Whether what is made in the directory gets the same project (FS_XFLAG_PROJINHERIT). */
  readonly inherited: boolean;
}

/** Each takes a descriptor of anything on the file system; O_PATH is enough unless stated otherwise. */
export interface QuotaCalls {
  /** Whether the file system counts what projects use (Q_XGETQSTATV), and whether it enforces their limits. ENOSYS before Linux
   *  5.14, for a kernel without quotas, and for a file system without them; EINVAL for one without projects. */
  projectQuotas(fd: number): 'off' | 'counted' | 'limited';
  /** Q_GETQUOTA; undefined if the file system has no record of the project (ENOENT, ESRCH). */
  projectQuota(fd: number, project: number): ProjectQuota | undefined;
  /** Q_SETQUOTA of limits of space, in KiB; 0 for none. */
  limitProject(fd: number, project: number, limits: Pick<ProjectQuota, 'soft' | 'hard'>): void;
  /** FS_IOC_FSGETXATTR of a directory or a file that is open for reading. */
  projectOf(fd: number): InodeProject;
  /** The same with FS_IOC_FSSETXATTR; what is made in a directory inherits the project from then on. */
  setProject(fd: number, project: number): void;
  /** The same for each directory and regular file of the tree at `source`, without following links or entering other mounts:
   *  opening anything else could have an effect. EEXIST for one that has another project already. `report` as `relabelTree`. */
  setProjectOfTree(source: number, project: number, report: number): Promise<void>;
}
