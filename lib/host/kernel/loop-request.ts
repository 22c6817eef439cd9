/** What is asked of a loop device: loop(4). */

/** An image for a loop device; if it is read-only, so is the device. */
export interface LoopRequest {
  readonly number: number;
  readonly image: string;
  readonly access: 'readOnly' | 'readWrite';
}
