/** Makes root file systems. Each is built next to its destination and then renamed, so that it is complete or missing. */
import { chmod, mkdtemp, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { throwIfAborted } from '../driver/session/abort';
import { fileError } from '../host/state/file-error';
import { removeTree } from '../host/trees/tree-removal';
import { TslxcError } from '../errors';
import { checkGiven } from '../shape/arguments';
import {
  abortSignal,
  byField,
  callback,
  object,
  oneOf,
  optional,
  text,
  variants,
} from '../shape/shape';
import { buildBusyboxRoot, findBusybox } from './busybox';
import { buildDebianRoot, checkSuite, findMmdebstrap } from './debian';
import { findPlace } from './place';

/** The content of a root. */
export type RootContent =
  | Readonly<{
      /** busybox, with links to its commands. */
      kind: 'busybox';
    }>
  | Readonly<{
      /** A small Debian. */
      kind: 'debian';
      /** The name of a release, such as `trixie`. */
      suite: string;
    }>;

/** What a root file system contains, and how to follow its creation: see `makeRoot`. */
export interface MakeRootOptions {
  /** Default: busybox. */
  readonly content?: RootContent | undefined;
  /** Aborts the call: it rejects with OPERATION_ABORTED, and leaves nothing behind. */
  readonly signal?: AbortSignal | undefined;
  /** Called with the next step or a message of mmdebstrap: one line without a newline. */
  readonly onProgress?: ((step: string) => void) | undefined;
}

/** Who asks for an image here is told where it is to be had. */
const contents = {
  ...byField('kind', ['busybox', 'debian']),
  hint: ' (an image is pulled instead, and is a root already: Connection.images)',
};

/** What it takes. */
export const makeRootParameters = [
  ['directory', text],
  [
    'options',
    optional(
      object<MakeRootOptions>({
        content: optional(
          variants<{
            busybox: Extract<RootContent, { kind: 'busybox' }>;
            debian: Extract<RootContent, { kind: 'debian' }>;
          }>(contents, {
            busybox: { kind: oneOf('busybox') },
            debian: { kind: oneOf('debian'), suite: text },
          }),
        ),
        signal: optional(abortSignal),
        onProgress: optional(callback()),
      }),
    ),
  ],
] as const;

/** Fills an empty directory. */
type Builder = (root: string) => Promise<void>;

/**
 * Makes a root file system that a `<filesystem>` with the target `/` can have as its source.
 *
 * `busybox`: the host's static busybox (Debian package busybox-static) with links to its commands, and a
 * script for its DHCP client. `debian`: mmdebstrap's minbase with systemd as `/sbin/init`; needs root, the Debian
 * package mmdebstrap, and the network. An OCI or Docker image needs no root made of it: see `Connection.images`.
 *
 * @param directory Must not exist, or be empty; its parent must exist.
 * @returns The absolute path of the root, without symbolic links.
 * @throws TslxcError INVALID_ARG, OPERATION_INVALID (something is there already), OPERATION_UNSUPPORTED (the
 * program is missing: the message names its Debian package, and the other content), OPERATION_FAILED (mmdebstrap's reason),
 * ACCESS_DENIED, OPERATION_ABORTED; SyscallError. Nothing is left then.
 *
 * @example
 * const path = await makeRoot('/export/web', { onProgress: console.log });
 */
export function makeRoot(directory: string, options?: MakeRootOptions): Promise<string>;
export async function makeRoot(
  ...given: readonly [directory: string, options?: MakeRootOptions]
): Promise<string> {
  const [directory, options = {}] = checkGiven('makeRoot', makeRootParameters, given);
  const { signal } = options;
  throwIfAborted(signal);
  const { content = { kind: 'busybox' } } = options;
  if (content.kind === 'debian') checkSuite(content.suite);
  const place = await findPlace(directory);
  const build = await builderOf(content, options);
  const draft = await makeDraft(place);
  try {
    await build(draft);
    throwIfAborted(signal);
    await rename(draft, place);
  } catch (error) {
    await discard(draft, error);
    throwIfAborted(signal);
    throw fileError(error, `making the root ${place}`);
  }
  return place;
}

/** The builder of the content. First finds the programs that it needs on this machine. */
async function builderOf(content: RootContent, options: MakeRootOptions): Promise<Builder> {
  const { signal, onProgress = () => undefined } = options;
  if (content.kind === 'debian') {
    const { suite } = content;
    const mmdebstrap = await findMmdebstrap();
    return async (root) => {
      onProgress(`building Debian ${suite} with ${mmdebstrap}`);
      await buildDebianRoot({ mmdebstrap, suite, root, signal, onProgress });
    };
  }
  const busybox = await findBusybox();
  return async (root) => {
    onProgress(`copying ${busybox}, and linking its commands`);
    await buildBusyboxRoot(root, busybox);
  };
}

/** Makes the temporary directory. All users may enter it, as they may the root: apt downloads as an unprivileged user. */
async function makeDraft(place: string): Promise<string> {
  try {
    const draft = await mkdtemp(join(dirname(place), '.tslxc-mkroot-'));
    await chmod(draft, 0o755);
    return draft;
  } catch (error) {
    throw fileError(error, `making the root ${place}`);
  }
}

/** Removes the temporary directory. Nothing is mounted in it: mmdebstrap's mounts were in a namespace that is gone. */
async function discard(draft: string, reason: unknown): Promise<void> {
  try {
    await removeTree({ path: draft, step: 'remove what was made' });
  } catch (cause) {
    const failure = fileError(reason).message;
    const what = `${failure}; and what was made can't be removed from ${draft}`;
    throw new TslxcError('OPERATION_FAILED', `${what}: ${fileError(cause).message}`, { cause });
  }
}
