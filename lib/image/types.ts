/** What callers of the library see of images. */
import type {
  CommandHealth,
  DomainSpec,
  HealthCheckSpec,
  HealthSpec,
  IdMapSpec,
  InterfaceSpec,
  MountSpec,
  Size,
} from '../domain/builder/spec';

/** What an image says about the program in it: the part `config` of an OCI image configuration. */
export interface ImageConfig {
  /** The program and its first arguments; may be empty, when `cmd` begins with the program. */
  readonly entrypoint: readonly string[];
  /** Words that follow the entry point, unless the caller gives others. */
  readonly cmd: readonly string[];
  /** `NAME=VALUE`. */
  readonly env: readonly string[];
  /** `USER` or `USER:GROUP`, names or ids; '' is root. */
  readonly user: string;
  /** Absolute path in the container. */
  readonly workingDirectory: string;
  /** `80/tcp`: what the program listens on. */
  readonly ports: readonly string[];
  /** Absolute paths in the container at which it keeps data. */
  readonly volumes: readonly string[];
  /** The signal that asks the program to end, such as `SIGQUIT`. Default: the image names none, and `shutdown` finds out what init takes. */
  readonly stopSignal?: string;
  /** How its health is checked, with the times that it names; no line of it needs a shell but the image's own. Default: it is not checked. */
  readonly health?: CommandHealth;
}

/** An image on this host. */
export interface ImageInfo {
  /** What it is called here, such as `debian:trixie`. */
  readonly name: string;
  /** Where it was pulled from, with the transport: `docker://docker.io/library/debian:trixie`. */
  readonly source: string;
  /** Digest of its manifest: `sha256:` and 64 digits. */
  readonly digest: string;
  /** When it was pulled: ISO 8601, UTC. */
  readonly pulled: string;
  /** When it was built, according to the image itself. */
  readonly created?: string;
  /** The architecture that its programs are for, by its OCI name: `amd64`. */
  readonly architecture: string;
  /** Size of the files in its layers, in bytes; a layer that several images share counts for each of them. */
  readonly bytes: number;
  /** Absolute paths of the directories of its layers, from the uppermost on. */
  readonly layers: readonly string[];
  /** What it says of its program. */
  readonly config: ImageConfig;
}

/** How far a pull is. */
export interface PullProgress {
  /**
   * `look`: the image is looked up. `download`: its layers are copied to this host. `unpack`: they are checked and unpacked.
   * `done`: the image is there.
   */
  readonly phase: 'look' | 'download' | 'unpack' | 'done';
  /** How many layers are done, including those that were already on this host. */
  readonly layers: number;
  /** How many layers the image has; 0 until that is known. */
  readonly allLayers: number;
  /** Bytes of the layers copied so far, in their compressed form. */
  readonly bytes: number;
  /** Bytes of the layers that are to be copied; 0 until that is known, or where the source doesn't say. */
  readonly allBytes: number;
}

/** How `connection.images.pull` gets an image. */
export interface PullOptions {
  /** Its name on this host. Default: that of its source, without the transport, or the tag of an archive that has one. */
  readonly name?: string | undefined;
  /** Aborts the pull: it rejects with OPERATION_ABORTED, and leaves nothing behind. */
  readonly signal?: AbortSignal | undefined;
  /** Called whenever there is progress, at most ten times a second while something is copied. */
  readonly onProgress?: ((progress: PullProgress) => void) | undefined;
  /** `trust`: accepts any certificate of the registry, and plain HTTP. Default: `verify`. */
  readonly tls?: 'verify' | 'trust' | undefined;
  /** Refuses an image whose layers unpack to more bytes. Default: 32 GiB. */
  readonly mostBytes?: number | undefined;
}

/** The root of a container that is made from an image. */
export interface ImageRootSpec {
  /** Default: false. */
  readonly readonly?: boolean | undefined;
  /**
   * A directory of the host for what the container writes, which is kept. Default: a directory of tslxc, which is removed together with a
   * transient container.
   */
  readonly overlay?: string | undefined;
}

/**
 * What differs from the image in a container that is made from it: a DomainSpec, every part of which has a default. What the image says
 * of its program is the default of `init`, `args`, `env`, `cwd`, `user`, `group`, `stopSignal` and `health`.
 */
export interface ImageDomain extends Partial<
  Omit<DomainSpec, 'name' | 'memory' | 'root' | 'image' | 'health'>
> {
  /** Name of the domain. Default: that of the image, with a random suffix. */
  readonly name?: string | undefined;
  /** The memory limit. Default: `1GiB`. */
  readonly memory?: Size | undefined;
  /** The program, in place of the image's entry point and words: a path in the container, or a name in its PATH. */
  readonly init?: string | undefined;
  /**
   * The arguments of `init`, or without it the words after the image's entry point, in place of the image's; an empty list means
   * none, which an image without an entry point can't do with.
   */
  readonly args?: readonly string[] | undefined;
  /** In addition to the image's variables; one of the same name is replaced, and removed by an empty value. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  /** The directory that the program starts in. Default: the image's. */
  readonly cwd?: string | undefined;
  /** A name or uid in the image. Default: the image's user. */
  readonly user?: string | undefined;
  /** A name or gid in the image. Default: with `user`, that user's group; otherwise the image's. */
  readonly group?: string | undefined;
  /**
   * Periodic health checks: a check and its times, each in place of the image's; times alone are for the image's own check; `none`: nothing is
   * checked. Default: the image's. As with docker, `interval` and `timeout` are 30,000 where neither says them.
   */
  readonly health?: HealthSpec | HealthCheckSpec | 'none' | undefined;
  /** The root is the image; what of it can be chosen. */
  readonly root?: ImageRootSpec | undefined;
  /** Further file systems. At `/dev/shm` is one in memory of 64 MiB, unless one of these is there. Other volumes of the image are in the container's layer. */
  readonly mounts?: readonly MountSpec[] | undefined;
  /**
   * Network interfaces. One in a virtual network that has no `addresses` is given an address and a route, and the network's name server
   * is in `/etc/resolv.conf`. Default: none, and `privateNetwork`.
   */
  readonly interfaces?: readonly InterfaceSpec[] | undefined;
  /** Default: true without `interfaces`; false then means the network of the host. */
  readonly privateNetwork?: boolean | undefined;
  /** Default: `auto`. */
  readonly idMap?: 'auto' | 'host' | IdMapSpec | undefined;
  /** What the program listens on, `80/tcp`, in place of what the image says. It is only kept. */
  readonly ports?: readonly string[] | undefined;
}
