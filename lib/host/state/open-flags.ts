/** Flags of open(2) for which Node has no name. */

/** Opens a file as a location only: this needs no permission to read it, and opens no device. */
export const O_PATH = 0o10000000;
