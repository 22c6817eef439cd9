/** Names of volumes that are named without a pool: as Docker's, so that none is taken for a path. Pure. */

const pattern = /^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,254}$/;

/** The rule in words, behind the name. */
export const volumeNameRule =
  "can't be the name of a volume: letters, digits, '_', '.' and '-', with a letter or a digit as the first, 255 at most";

export function isVolumeName(word: string): boolean {
  return pattern.test(word);
}
