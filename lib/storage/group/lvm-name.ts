/** What volume groups and logical volumes may be called. Pure. */

/** Whether LVM takes it as a name. What begins with a dash, which it would not, could be an option of its programs. */
export function isLvmName(name: string): boolean {
  return /^[a-zA-Z0-9+_.][a-zA-Z0-9+_.-]{0,126}$/.test(name) && name !== '.' && name !== '..';
}
