/** The shape of a rate. Its range is checked by whoever sets it. Pure. */
import { number, object, optional } from '../../shape/shape';
import type { Rate } from './definition';

export const rate = object<Rate>({
  average: optional(number),
  peak: optional(number),
  burst: optional(number),
  floor: optional(number),
});
