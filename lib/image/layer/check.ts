/**
 * Reads a layer from its first byte to its last before anything of it is unpacked: its digests, compressed and not, and each of
 * its entries. Nothing is written, so that a layer that unpacks to more than the disk holds only costs time.
 */
import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { Transform, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { TslxcError } from '../../errors';
import { abortedBy, onAbort } from '../../host/abort-listener';
import { fileError } from '../../host/state/file-error';
import type { Descriptor } from '../config';
import { EntryCheck, type LayerLimits, type LayerReading } from './entry-check';
import { TarReader } from './tar-reader';

export interface CheckedLayer {
  /** The file that it is in. */
  readonly path: string;
  readonly descriptor: Descriptor;
  /** The digest that it must have when decompressed. */
  readonly diffId: string;
  readonly limits: LayerLimits;
  readonly signal: AbortSignal | undefined;
}

const step = 'check a layer';

/**
 * @throws TslxcError OPERATION_DENIED for an entry that no layer may have; OPERATION_FAILED for a wrong digest, or if it is not
 * an archive; OPERATION_UNSUPPORTED for an unknown compression; OPERATION_ABORTED; SyscallError.
 */
export async function checkLayer(layer: CheckedLayer): Promise<LayerReading> {
  const { path, descriptor, diffId, signal } = layer;
  const check = new EntryCheck(layer.limits);
  const reader = new TarReader((entry) => check.add(entry));
  const [packed, plain] = [createHash('sha256'), createHash('sha256')];
  const sink = new Writable({
    write(chunk: Buffer, _encoding, done) {
      try {
        plain.update(chunk);
        reader.write(chunk);
        done();
      } catch (error) {
        done(error as Error);
      }
    },
  });
  // Before the file is opened: a kind of layer that is unknown leaves nothing open.
  const unpack = unpacking(descriptor);
  const stages = [createReadStream(path), hashing(packed), ...unpack, sink] as const;
  const given = new AbortController();
  const stop = onAbort(signal, () => given.abort());
  try {
    await pipeline([...stages], { signal: given.signal });
    reader.end();
  } catch (error) {
    if (signal?.aborted === true) throw abortedBy(signal);
    throw ofLayer(error, descriptor.digest);
  } finally {
    stop();
  }
  compare(packed, descriptor.digest, 'the layer');
  compare(plain, diffId, 'the content of the layer');
  return check.reading;
}

function unpacking({ mediaType, digest }: Descriptor): Transform[] {
  if (mediaType.endsWith('gzip')) return [createGunzip()];
  if (mediaType.endsWith('tar')) return [];
  throw new TslxcError('OPERATION_UNSUPPORTED', `layer ${digest} is of the kind '${mediaType}'`);
}

function hashing(hash: Hash): Transform {
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      done(null, chunk);
    },
  });
}

/** Errors of the archive and of its compression name the layer. */
function ofLayer(error: unknown, digest: string): Error {
  if (TslxcError.is(error)) return error;
  const isArchive = error instanceof RangeError;
  const { code, message } = error as NodeJS.ErrnoException;
  if (isArchive || code?.startsWith('Z_') === true) {
    return new TslxcError('OPERATION_FAILED', `layer ${digest} is damaged: ${message}`, { step });
  }
  return fileError(error, step);
}

function compare(hash: Hash, expected: string, what: string): void {
  const found = `sha256:${hash.digest('hex')}`;
  if (found === expected) return;
  const detail = `${what} is not what the image says: its digest is ${found}, not ${expected}`;
  throw new TslxcError('OPERATION_FAILED', detail, { step });
}
