/**
 * The values of secrets: each in a file of mode 0600 beside the definition of its secret, in a folder of mode 0700, in base64, as in
 * libvirt. Those of ephemeral secrets are below /run, which is memory.
 */
import { join } from 'node:path';
import { TslxcError } from '../../errors';
import { replaceFile } from '../../host/state/durable-file';
import { fileError } from '../../host/state/file-error';
import { readPlain, removeWhatIsAt } from '../../host/state/plain-file';

/** As many bytes can libvirt's protocol carry. */
export const longestValue = 65_536;

function pathOf(folder: string, uuid: string): string {
  return join(folder, `${uuid}.base64`);
}

/** Undefined when it has none. @throws SyscallError; TslxcError OPERATION_FAILED for what is no file of base64. */
export function readValue(folder: string, uuid: string): Buffer | undefined {
  const path = pathOf(folder, uuid);
  const found = readPlain(path);
  if (found.kind === 'missing') return undefined;
  const text = found.kind === 'file' ? found.content.trim() : undefined;
  if (text !== undefined && /^[A-Za-z0-9+/]*={0,2}$/.test(text)) return Buffer.from(text, 'base64');
  const detail = `the value of the secret ${uuid} can't be read: ${path} is no text in base64`;
  throw new TslxcError('OPERATION_FAILED', detail, { path });
}

/** Flushed to the disk when it resolves. The folder has to exist. */
export async function writeValue(folder: string, uuid: string, value: Uint8Array): Promise<void> {
  try {
    await replaceFile(pathOf(folder, uuid), Buffer.from(value).toString('base64'));
  } catch (error) {
    throw fileError(error, 'store the value of a secret');
  }
}

/** Does nothing if it has none. */
export function removeValue(folder: string, uuid: string): void {
  removeWhatIsAt(pathOf(folder, uuid));
}
