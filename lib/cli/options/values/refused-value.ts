/** The error about the value of an option, in virsh's words. Pure. */
import { findIllegalCharacter } from '../../../domain/xml/xml-characters';
import { printable } from '../../../printable';
import { UsageError } from '../../shell/command-error';

/** `'VALUE' for <OPTION> option WHY`: what was typed, and what is allowed. */
export function refusedValue(word: string, option: string, why: string): UsageError {
  return new UsageError(`'${printable(word)}' for <${option}> option ${why}`);
}

/** @throws UsageError for a word with a character that no definition can hold, such as a control character. */
export function checkCharacters(word: string, option: string): void {
  const illegal = findIllegalCharacter(word);
  if (illegal === undefined) return;
  throw refusedValue(word, option, `has the character ${illegal.shown}, which is not allowed`);
}
