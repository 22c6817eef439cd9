/** A file with a definition is read as UTF-8, or is refused: nothing is stored with other characters than were written. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readDefinitionFile } from '../../../../lib/cli/options/definition-file';
import { removeScratchAfterEach, scratchDirectory } from '../../driver/scratch';

removeScratchAfterEach();

function fileWith(text: string, encoding: BufferEncoding): string {
  const path = join(scratchDirectory(), 'domain.xml');
  writeFileSync(path, text, encoding);
  return path;
}

const text = "<?xml version='1.0' encoding='ISO-8859-1'?><domain><title>ä</title></domain>";

test('a file in UTF-8 is read, whatever encoding it declares', () => {
  expect(readDefinitionFile(fileWith(text, 'utf8'))).toBe(text);
});

test('a file in another encoding is refused, also if it declares it', () => {
  const path = fileWith(text, 'latin1');
  const message = `Failed to read file '${path}': it is not in UTF-8: convert it, as by iconv -f LATIN1 -t UTF-8`;
  expect(() => readDefinitionFile(path)).toThrow(message);
});
