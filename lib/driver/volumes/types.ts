/** The plain data of the public API about named volumes. */

/** A volume of the storage pool `volumes`. */
export interface VolumeInfo {
  /** Its name. */
  readonly name: string;
  /** Where it is on the host: an absolute path. */
  readonly path: string;
  /** `dir`: a folder, as each that is made for a container; `file`: an image that `vol-create` has made; `block`: a logical volume. */
  readonly type: 'dir' | 'file' | 'block';
  /** The domains that have it, stored or running, by name. Those whose definition can't be read are not among them. */
  readonly users: readonly string[];
}
