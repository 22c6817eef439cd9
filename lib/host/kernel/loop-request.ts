/** What is asked of a loop device: loop(4). */

/** An image for a loop device: read-only, the device is too. */
export interface LoopRequest {
  readonly number: number;
  readonly image: string;
  readonly access: 'readOnly' | 'readWrite';
}
