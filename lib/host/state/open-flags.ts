/** Flags of open(2) that Node has no name for. */

/** Only the place, not the file: no permission to read it is needed, and no device is woken up. */
export const O_PATH = 0o10000000;
