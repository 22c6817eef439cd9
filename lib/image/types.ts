/** What callers of the library see of images. */

/** What an image says about the program in it: the part `config` of an OCI image configuration. */
export interface ImageConfig {
  /** Words that the program begins with. */
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
  /** What asks the program to end, such as `SIGQUIT`; SIGTERM when it is left out. */
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
  /** When it was built, as it says itself. */
  readonly created?: string;
  /** The kernel's architecture that its programs are for, in the words of OCI: `amd64`. */
  readonly architecture: string;
  /** What the files of its layers hold, in bytes; layers that images share count for each of them. */
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
  /** How many layers are done, those that were here before included. */
  readonly layers: number;
  /** How many layers the image has; 0 until that is known. */
  readonly allLayers: number;
  /** Bytes of the layers that have been copied, compressed as they are. */
  readonly bytes: number;
  /** Bytes of the layers that are to be copied; 0 until that is known, or where the source doesn't say. */
  readonly allBytes: number;
}

/** How `connection.images.pull` gets an image. */
export interface PullOptions {
  /** What it is to be called here. Default: as its source, without the transport. */
  readonly name?: string;
  /** Aborts it: it rejects with OPERATION_ABORTED, and nothing remains. */
  readonly signal?: AbortSignal;
  /** Called whenever it is further, ten times a second at most while something is copied. */
  readonly onProgress?: (progress: PullProgress) => void;
  /** Takes the registry's certificate, or HTTP, for granted. Default: `verify`. */
  readonly tls?: 'verify' | 'trust';
  /** Refuses an image whose layers unpack to more bytes. Default: 32 GiB. */
  readonly mostBytes?: number;
}

/** What of a container from an image is other than the image says. Every part has a default. */
export interface ImageDomain {
  /** Name of the domain. Default: that of the image, and a part at random. */
  readonly name?: string;
  /** In place of the image's entry point; [] for none. */
  readonly entrypoint?: readonly string[];
  /** In place of the image's words after the entry point. */
  readonly cmd?: readonly string[];
  /** `NAME=VALUE`, beside the image's, and in place of one of the same name. */
  readonly env?: readonly string[];
  /** `USER` or `USER:GROUP`. */
  readonly user?: string;
  /** Absolute path of the directory that it starts in. */
  readonly workingDirectory?: string;
  /** The signal that `shutdown` sends, such as `SIGQUIT`. */
  readonly stopSignal?: string;
  /** `80/tcp`, in place of the image's. */
  readonly ports?: readonly string[];
  /** Directories of the host, by the path in the container at which each is shown; those of the image are in its layer. */
  readonly volumes?: Readonly<Record<string, string>>;
  /** Most memory, in KiB. Default: 1 GiB. */
  readonly memory?: number;
  /** `auto` (default): ids of its own, as `<tslxc:idmap>`. `host`: those of the host, which is no security boundary. */
  readonly ids?: 'auto' | 'host';
  /**
   * `none`: nothing but `lo`. `host`: that of the host. Else the name of a virtual network, of whose addresses it is given one, with a
   * route and the name server; it is found there by its name. Default: `none`, and where ports are published the network `default`.
   */
  readonly network?:
    | 'none'
    | 'host'
    | {
        /** Name of the virtual network. */
        readonly name: string;
      };
  /**
   * Ports of the host that lead to it: `8080:80`, `127.0.0.1:5353:53/udp`, `[fd00::1]:8000-8009:80-89`. TCP, and each address of the
   * host, where nothing else is said. They need a virtual network.
   */
  readonly publish?: readonly string[];
  /**
   * A directory for what the container writes, which stays. Default: one of tslxc's, which goes with the container when it
   * is transient.
   */
  readonly upper?: string;
}
