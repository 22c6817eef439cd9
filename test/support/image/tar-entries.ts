/** What is read of an archive. */
import { TarReader, type TarEntry } from '../../../lib/image/layer/tar-reader';

/** In pieces of so many bytes, as they may come from a file. @throws what the reader throws. */
export function entriesOf(bytes: Buffer, piece = 7919): TarEntry[] {
  const entries: TarEntry[] = [];
  const reader = new TarReader((entry) => entries.push(entry));
  for (let at = 0; at < bytes.length; at += piece) reader.write(bytes.subarray(at, at + piece));
  reader.end();
  return entries;
}
