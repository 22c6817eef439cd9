/** The failpoints in the order of a pull; TSLXC_IMAGE_FAILPOINT arms one. */
import { reachPoint } from '../host/failpoint';

export const imageFailpoints = [
  'image:after-lock',
  'image:after-draft',
  'image:after-look',
  'image:after-download',
  'image:after-check',
  'image:after-unpack',
  'image:after-layer',
  'image:after-flush',
  'image:before-record',
  'image:after-record',
  'image:after-clean-up',
] as const;

export type ImageFailpoint = (typeof imageFailpoints)[number];

export function reach(point: ImageFailpoint): void {
  reachPoint(
    { variable: 'TSLXC_IMAGE_FAILPOINT', names: imageFailpoints, actions: ['kill', 'fail'] },
    point,
  );
}
