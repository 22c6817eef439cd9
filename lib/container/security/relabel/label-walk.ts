/** Labelling or restoring one source, with what its caller sees of it: progress, an end before the end, and places. */
import { Socket } from 'node:net';
import { join } from 'node:path';
import { SyscallError, TslxcError } from '../../../errors';
import { onAbort } from '../../../host/abort-listener';
import { native } from '../../../host/native';

/** Where the label is kept, and where what it was before. Tests have others. */
export interface LabelNames {
  readonly attribute: string;
  readonly memory: string;
}

export const selinuxNames: LabelNames = {
  attribute: 'security.selinux',
  memory: 'trusted.tslxc.label',
};

/** How far a source is. */
export interface LabelProgress {
  /** The source that is being labelled. */
  readonly path: string;
  /** Inodes so far. */
  readonly inodes: number;
}

export interface WalkOptions {
  /** Told of each 1,000 inodes, or every 200 ms, and at the end of each source. */
  readonly onProgress?: (progress: LabelProgress) => void;
  readonly signal?: AbortSignal;
}

/** Of what labels, and of what takes labels back. */
export const labelStep = 'label a source';

/** An open source. */
interface Walked {
  readonly fd: number;
  readonly path: string;
  /** The step that an error names. */
  readonly step: string;
}

/**
 * Runs `walk`, which is given the source and where to report to.
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
    // The walk has a descriptor of its own by now, which ends the reports.
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

/** The addon knows the path below the source. */
function placed(
  error: unknown,
  { path: source, step }: { readonly path: string; readonly step: string },
): unknown {
  if (!TslxcError.is(error, 'SYSTEM_ERROR')) return error;
  const { errno = 0, syscall = '', path = '' } = error;
  return new SyscallError({ errno, syscall, path: join(source, path), step });
}
