/** What callers of the library see of images. */

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
  /** Its name on this host. Default: that of its source, without the transport. */
  readonly name?: string;
  /** Aborts the pull: it rejects with OPERATION_ABORTED, and leaves nothing behind. */
  readonly signal?: AbortSignal;
  /** Called whenever there is progress, at most ten times a second while something is copied. */
  readonly onProgress?: (progress: PullProgress) => void;
  /** `trust`: accepts any certificate of the registry, and plain HTTP. Default: `verify`. */
  readonly tls?: 'verify' | 'trust';
  /** Refuses an image whose layers unpack to more bytes. Default: 32 GiB. */
  readonly mostBytes?: number;
}

/** A directory or a file of the host that a container made from an image has. */
export interface ImageVolume {
  /** An absolute path on the host. */
  readonly source: string;
  /** Guards only against mistakes: root in the container can make its mounts writable. Default: false. */
  readonly readonly?: boolean;
}

/** What differs from the image in a container that is made from it. Every part has a default. */
export interface ImageDomain {
  /** Name of the domain. Default: that of the image, with a random suffix. */
  readonly name?: string;
  /** In place of the image's entry point; [] for none. */
  readonly entrypoint?: readonly string[];
  /** In place of the image's words after the entry point. */
  readonly cmd?: readonly string[];
  /** `NAME=VALUE`, in addition to the image's; one of the same name is replaced. */
  readonly env?: readonly string[];
  /** `USER` or `USER:GROUP`. */
  readonly user?: string;
  /** Absolute path of the directory that it starts in. */
  readonly workingDirectory?: string;
  /** The signal that `shutdown` sends, such as `SIGQUIT`. */
  readonly stopSignal?: string;
  /** `80/tcp`, in place of the image's. */
  readonly ports?: readonly string[];
  /**
   * Directories of the host, by the path in the container at which each is mounted: the directory's absolute path, or an
   * `ImageVolume`. Other volumes of the image are in the container's layer.
   */
  readonly volumes?: Readonly<Record<string, string | ImageVolume>>;
  /** Memory limit, in KiB. Default: 1 GiB. */
  readonly memory?: number;
  /** `auto` (default): ids of its own, as `<tslxc:idmap>`. `host`: those of the host, which is no security boundary. */
  readonly ids?: 'auto' | 'host';
  /**
   * `none`: nothing but `lo`. `host`: the network of the host. Otherwise the name of a virtual network, which gives it an
   * address, a route and a name server, and resolves its name. Default: `none`, or the network `default` if ports are published.
   */
  readonly network?:
    | 'none'
    | 'host'
    | {
        /** Name of the virtual network. */
        readonly name: string;
      };
  /**
   * Ports of the host that are forwarded to it: `8080:80`, `127.0.0.1:5353:53/udp`, `[fd00::1]:8000-8009:80-89`. TCP, and every
   * address of the host, unless stated otherwise. They need a virtual network.
   */
  readonly publish?: readonly string[];
  /**
   * A directory for what the container writes, which is kept. Default: a directory of tslxc, which is removed together with a
   * transient container.
   */
  readonly upper?: string;
}
