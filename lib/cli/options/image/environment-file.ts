/** `--env-file FILE`: variables of a container from an image, one on each line, as docker reads them. */
import { readDefinitionFile } from '../definition-file';
import { findIllegalCharacter } from '../../../domain/xml/xml-characters';
import { refuseChangedVariable } from '../../shell/given-bytes';
import { refusedValue } from '../values/refused-value';
import type { Option } from '../../shell/arguments';

export const environmentFileOption: Option = {
  name: 'env-file',
  kind: 'string',
  repeatable: true,
  help: 'file with a NAME=VALUE on each line, and comments behind #; may be repeated',
  values: 'file',
};

/** Of several that have one name, the last. @throws CommandError for a file that can't be read, UsageError for a line that is none. */
export function environmentFilesOf(
  files: readonly string[],
  own: Readonly<Record<string, string | undefined>>,
): Record<string, string> {
  return Object.fromEntries(files.flatMap((file) => variablesIn(file, own)));
}

/** Nothing is unquoted or expanded. A name alone has the value that it has here, if it has one. */
function variablesIn(
  file: string,
  own: Readonly<Record<string, string | undefined>>,
): (readonly [name: string, value: string])[] {
  const lines = readDefinitionFile(file).split('\n').entries();
  return [...lines].flatMap(([index, text]): (readonly [string, string])[] => {
    const line = text.replace(/^\s+/, '').replace(/\r$/, '');
    if (line === '' || line.startsWith('#')) return [];
    const at = line.indexOf('=');
    const name = at < 0 ? line.trimEnd() : line.slice(0, at);
    if (name === '' || /\s/.test(name)) {
      throw refusedValue(file, 'env-file', `has no NAME=VALUE on line ${index + 1}`);
    }
    const illegal = findIllegalCharacter(line);
    if (illegal !== undefined) {
      // Without its value, which may be secret.
      const why = `has the character ${illegal.shown} on line ${index + 1}, which is not allowed`;
      throw refusedValue(file, 'env-file', why);
    }
    if (at >= 0) return [[name, line.slice(at + 1)]];
    const value = Object.hasOwn(own, name) ? own[name] : undefined;
    refuseChangedVariable(name, value);
    return value === undefined ? [] : [[name, value]];
  });
}
