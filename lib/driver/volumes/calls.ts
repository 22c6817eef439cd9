/** What the methods of Volumes take. */
import { text } from '../../shape/shape';

export const volumesCalls = {
  create: [['name', text]],
  lookup: [['name', text]],
  remove: [['name', text]],
} as const;
