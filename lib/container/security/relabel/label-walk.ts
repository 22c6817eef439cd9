/**
 * Labels or restores one source, with what a caller needs: reports of progress, a way to abort, and errors with their
 * paths.
 */
import { Socket } from 'node:net';
import { join } from 'node:path';
import { SyscallError, TslxcError } from '../../../errors';
import { onAbort } from '../../../host/abort-listener';
import { native } from '../../../host/native';

/** The attribute that holds the label, and the one that remembers the former label. Tests use others. */
export interface LabelNames {
  readonly attribute: string;
  readonly memory: string;
}

export const selinuxNames: LabelNames = {
  attribute: 'security.selinux',
  memory: 'trusted.tslxc.label',
};

/** Progress on a source. */
export interface LabelProgress {
  /** The source that is being labelled. */
  readonly path: string;
  /** Inodes so far. */
  readonly inodes: number;
}

export interface WalkOptions {
  /** Called every 1,000 inodes or 200 ms, and at the end of each source. */
  readonly onProgress?: ((progress: LabelProgress) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** The step that errors name, both of labelling and of restoring. */
export const labelStep = 'label a source';

/** An open source. */
export interface Walked {
  readonly fd: number;
  readonly path: string;
  /** The step that an error names. */
  readonly step: string;
}

/**
 * Runs `walk` with the descriptors of the source and of where to report to.
 *
 * @throws SyscallError with the path of the inode; TslxcError OPERATION_ABORTED.
 */
export async function walkSource<T>(
  { fd, path, step }: Walked,
  { onProgress, signal }: WalkOptions,
  walk: (fd: number, report: number) => Promise<T>,
): Promise<T> {
  throwIfAborted(signal);
  const [near, far] = native().makePair('socket');
  const reports = new Socket({ fd: near, readable: true, writable: true });
  const closed = new Promise((resolve) => reports.once('close', resolve));
  let text = '';
  reports.setEncoding('utf8').on('data', (chunk: string) => {
    const lines = (text + chunk).split('\n');
    text = lines.pop() ?? '';
    for (const line of lines) onProgress?.({ path, inodes: Number(line) });
  });
  const stopListening = onAbort(signal, () => void reports.destroy());
  try {
    const walking = walk(fd, far);
    // The walk has a duplicate of it by now, whose closing ends the reports.
    native().closeDescriptor(far);
    const result = await walking;
    await closed;
    return result;
  } catch (error) {
    reports.destroy();
    throwIfAborted(signal);
    throw placed(error, { path, step });
  } finally {
    stopListening();
  }
}

function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted !== true) return;
  throw new TslxcError('OPERATION_ABORTED', 'the caller asked for it', { cause: signal.reason });
}

/** The error with the full path: the addon gives the path below the source. */
function placed(
  error: unknown,
  { path: source, step }: { readonly path: string; readonly step: string },
): unknown {
  if (!TslxcError.is(error, 'SYSTEM_ERROR')) return error;
  const { errno = 0, syscall = '', path = '' } = error;
  return new SyscallError({ errno, syscall, path: join(source, path), step });
}
